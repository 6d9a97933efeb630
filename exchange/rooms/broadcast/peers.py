"""One open socket as the hub sees it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from exchange.rooms.broadcast.outlets import Outlet


class Viewer(StrEnum):
    """Who looks: what is masked depends on this and the room, on nothing else."""

    BIDDER = "BIDDER"
    WATCHER = "WATCHER"
    STAFF = "STAFF"


@dataclass(slots=True, eq=False, weakref_slot=True)
class Peer:
    """A socket that was let in, with the little the loop must know of it. Everything else stands in its ticket."""

    outlet: Outlet
    room_id: int
    viewer: Viewer
    alias: str = ""
    person_id: int | None = None
    epoch: int = 0
    """The person's socket epoch when its ticket was issued."""
    language: str = "zh-hans"
    close_code: int = 0
    """Set when the server decided to close; the endpoint hears of it through `closing`."""
    slow_since: float = 0.0
    closing: Callable[[int], None] | None = field(default=None, repr=False)
    """Called with a close code when the server ends the connection."""

    def write(self, frame: bytes) -> None:
        """Send what must not be skipped: verdicts, answers."""
        if not self.close_code:
            self.outlet.write(frame)

    def write_together(self, frames: Sequence[bytes]) -> None:
        """Send several such frames in one go."""
        if not self.close_code:
            self.outlet.write_together(frames)

    def close(self, code: int) -> None:
        """End the connection with `code`; harmless to repeat."""
        if not self.close_code:
            self.close_code = code
            if self.closing is not None:
                self.closing(code)
