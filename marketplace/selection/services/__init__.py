"""The public face of selections."""

from marketplace.selection.services.advancing import advance_due, pull
from marketplace.selection.services.beginning import begin
from marketplace.selection.services.choosing import hand_in_sheet, name_panel, pick
from marketplace.selection.services.dropping import drop_winner, void
from marketplace.selection.services.notices import due
from marketplace.selection.services.standing import note_credit

__all__ = [
    "advance_due",
    "begin",
    "drop_winner",
    "due",
    "hand_in_sheet",
    "name_panel",
    "note_credit",
    "pick",
    "pull",
    "void",
]
