"""What can be done with the catalogue."""

from marketplace.catalogue.services.keeping import enter_item, enter_qualification, revise_item, withdraw_item

__all__ = ["enter_item", "enter_qualification", "revise_item", "withdraw_item"]
