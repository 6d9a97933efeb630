"""Which halls moved: a hint to the sockets of this process. Other processes find out by looking (`consumers`)."""

import threading
from collections.abc import Callable

Listener = Callable[[int, int], None]
_listeners: list[Listener] = []
_guard = threading.Lock()


def listen(listener: Listener) -> Callable[[], None]:
    """Call `listener(hall, seq)` for every hint, in whatever thread it comes; gives the way to stop."""
    with _guard:
        _listeners.append(listener)

    def stop() -> None:
        with _guard:
            if listener in _listeners:
                _listeners.remove(listener)

    return stop


def announce(hall_id: int, seq: int) -> None:
    """The hall has reached `seq`, and it is committed."""
    for listener in list(_listeners):
        listener(hall_id, seq)
