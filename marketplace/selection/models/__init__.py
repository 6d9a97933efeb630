from marketplace.selection.models.selection import AgencyCredit, PanelMember, Selection, SelectionEntrant

__all__ = ["AgencyCredit", "PanelMember", "Selection", "SelectionEntrant"]
