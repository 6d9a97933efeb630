"""The platform's web process with a hole in it: it kills itself at a named point when a magic bid comes by.

    python -m tests.live.faulty POINT --port N        (before_commit, after_commit, after_answer)

The holes are cut from outside, by wrapping; production code has no such door.
"""

import os
import signal
import sys
from typing import Any

MAGIC = b'"price":"66600.00"'


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def cut_before_commit() -> None:
    from exchange.rooms.services.engine import Attempt

    values = Attempt.values

    def dying(self: Any) -> Any:
        if any(MAGIC in link.payload for link in self.links):
            die()
        return values(self)

    Attempt.values = dying  # type: ignore[method-assign]


def cut_after_commit() -> None:
    from exchange.rooms.services.engine import Engine

    settle = Engine.settle

    def dying(self: Any, attempt: Any) -> Any:
        if any(MAGIC in link.payload for link in attempt.links):
            die()
        return settle(self, attempt)

    Engine.settle = dying  # type: ignore[method-assign]


def cut_after_answer() -> None:
    from exchange.rooms.services.runtime import Runtime

    told = Runtime._moved

    def dying(self: Any, moves: Any) -> None:
        if any(
            getattr(getattr(event, "bid", None), "price", "") == "66600.00" for move in moves for event in move.events
        ):
            die()
        told(self, moves)

    Runtime._moved = dying  # type: ignore[method-assign]


POINTS = {"before_commit": cut_before_commit, "after_commit": cut_after_commit, "after_answer": cut_after_answer}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import portal.asgi  # noqa: F401  # sets Django up
    from portal import serving

    POINTS[sys.argv[1]]()
    serving.run_daphne("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1]))
