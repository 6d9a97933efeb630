"""What can be done with entries into the supermarket."""

from marketplace.entry.services.admitting import Admission, admit
from marketplace.entry.services.checking import publish_entry, recheck, return_entry, run_checks, take_entry
from marketplace.entry.services.committing import request_commitment
from marketplace.entry.services.credentials import refresh_credentials, refresh_due
from marketplace.entry.services.drafting import (
    EntryFacts,
    add_practitioner,
    offer_items,
    open_entry,
    remove_practitioner,
    save_entry,
    submit_entry,
)
from marketplace.entry.services.standing import (
    advance_due,
    cancel_entry,
    lift,
    restore,
    restrict,
    suspend,
    take_over_restriction,
)

__all__ = [
    "Admission",
    "EntryFacts",
    "add_practitioner",
    "admit",
    "advance_due",
    "cancel_entry",
    "lift",
    "offer_items",
    "open_entry",
    "publish_entry",
    "recheck",
    "refresh_credentials",
    "refresh_due",
    "remove_practitioner",
    "request_commitment",
    "restore",
    "restrict",
    "return_entry",
    "run_checks",
    "save_entry",
    "submit_entry",
    "suspend",
    "take_entry",
    "take_over_restriction",
]
