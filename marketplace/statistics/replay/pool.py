"""Hands the steps of people to processes; with one process everything runs here, in the same order."""

import multiprocessing
import pickle
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a process of the pool reads this before Django is set up
    from marketplace.statistics.replay.city import City

Task = tuple[str, tuple[Any, ...]]
"""Name of a step and what follows the city in its arguments."""

_city: "City | None" = None


class Pool:
    """So many processes, each with a connection of its own."""

    def __init__(self, city: "City", workers: int) -> None:
        self.city = city
        self._pool: Any = None
        if workers > 1:
            # Spawned, not forked: a connection to the database must not be shared.
            context = multiprocessing.get_context("spawn")
            self._pool = context.Pool(workers, initializer=_set_up, initargs=(pickle.dumps(city),))

    def run(self, tasks: Sequence[Task]) -> list[Any]:
        """The answers in the order of the tasks; the first exception ends the replay."""
        if self._pool is None:
            return [perform(self.city, task) for task in tasks]
        return list(self._pool.imap(_in_process, tasks, chunksize=1))

    def close(self) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()


def perform(city: "City", task: Task) -> Any:
    """One step."""
    from marketplace.statistics.replay import steps

    name, arguments = task
    return getattr(steps, name)(city, *arguments)


def _set_up(pickled: bytes) -> None:
    import django

    from marketplace.statistics.replay.process import make_ready

    global _city  # what every task of this process needs
    django.setup()
    make_ready()
    _city = pickle.loads(pickled)  # noqa: S301  # made by the parent process a moment ago


def _in_process(task: Task) -> Any:
    assert _city is not None, "the process is set up"
    return perform(_city, task)
