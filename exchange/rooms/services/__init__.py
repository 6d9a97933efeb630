"""What can be done with rooms."""

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
    "create_room",
    "enter_room",
    "notice_before_resuming",
    "pause",
    "pause_by_decision",
    "request_entry",
    "resume",
    "resume_by_decision",
    "void",
]
