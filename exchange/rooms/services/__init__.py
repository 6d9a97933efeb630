"""What can be done with rooms."""

from exchange.rooms.services.bidders import (
    call_off,
    has_begun,
    readmit_bidder,
    suspend_bidder,
    suspended_bidders,
)
from exchange.rooms.services.conducting import (
    PAUSE_KIND,
    RESUME_KIND,
    notice_before_resuming,
    pause,
    pause_by_decision,
    resume,
    resume_by_decision,
    void,
)
from exchange.rooms.services.creating import ParticipantSpec, create_room
from exchange.rooms.services.entering import (
    Admission,
    Entry,
    EntryNeedsCertificate,
    admission,
    admit,
    enter_room,
    request_entry,
)

__all__ = [
    "PAUSE_KIND",
    "RESUME_KIND",
    "Admission",
    "Entry",
    "EntryNeedsCertificate",
    "ParticipantSpec",
    "admission",
    "admit",
    "call_off",
    "create_room",
    "enter_room",
    "has_begun",
    "notice_before_resuming",
    "pause",
    "pause_by_decision",
    "readmit_bidder",
    "request_entry",
    "resume",
    "resume_by_decision",
    "suspend_bidder",
    "suspended_bidders",
    "void",
]
