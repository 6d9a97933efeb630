"""What can be done with rooms."""

from exchange.rooms.services.conducting import PAUSE_KIND, RESUME_KIND, pause, resume, void
from exchange.rooms.services.creating import ParticipantSpec, create_room
from exchange.rooms.services.entering import Admission, Entry, admit, enter_room, request_entry

__all__ = [
    "PAUSE_KIND",
    "RESUME_KIND",
    "Admission",
    "Entry",
    "ParticipantSpec",
    "admit",
    "create_room",
    "enter_room",
    "pause",
    "request_entry",
    "resume",
    "void",
]
