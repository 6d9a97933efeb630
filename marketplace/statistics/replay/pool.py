"""Hands the steps of people to processes; with one process everything runs here, in the same order."""

import multiprocessing
import pickle
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a process of the pool reads this before Django is set up
    from marketplace.statistics.replay.city import City

Task = tuple[str, tuple[Any, ...]]
"""Name of a function and its arguments; a step has the city before them."""


class Pool:
    """So many processes, each with a connection of its own. They learn of the city once it stands."""

    def __init__(self, workers: int) -> None:
        self._city: City | None = None
        self._pool: Any = None
        self._folder = tempfile.TemporaryDirectory()
        self._file = Path(self._folder.name) / "city"
        if workers > 1:
            # Spawned, not forked: a connection to the database must not be shared.
            self._pool = multiprocessing.get_context("spawn").Pool(workers, initializer=_set_up)

    @property
    def city(self) -> "City":
        assert self._city is not None, "the city is built first"
        return self._city

    def build(self, tasks: Sequence[Task]) -> list[Any]:
        """What enters the city, in the order of the tasks."""
        if self._pool is None:
            return [_build(task) for task in tasks]
        return list(self._pool.imap(_build, tasks, chunksize=8))

    def settle(self, city: "City") -> None:
        """The city stands."""
        self._city = city
        self._file.write_bytes(pickle.dumps(city))

    def run(self, tasks: Sequence[Task]) -> list[Any]:
        """The answers in the order of the tasks; the first exception ends the replay."""
        if self._pool is None:
            return [perform(self.city, task) for task in tasks]
        return list(self._pool.imap(_in_process, [(str(self._file), task) for task in tasks], chunksize=1))

    def close(self) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()
        self._folder.cleanup()


def perform(city: "City", task: Task) -> Any:
    """One step."""
    from marketplace.statistics.replay import steps

    name, arguments = task
    return getattr(steps, name)(city, *arguments)


def _build(task: Task) -> Any:
    from marketplace.statistics.replay import city

    name, arguments = task
    return getattr(city, name)(*arguments)


def _set_up() -> None:
    import django

    from marketplace.statistics.replay.process import make_ready

    django.setup()
    make_ready()


def _in_process(sent: tuple[str, Task]) -> Any:
    file, task = sent
    return perform(_city_in(file), task)


@cache
def _city_in(file: str) -> "City":
    found: City = pickle.loads(Path(file).read_bytes())  # noqa: S301  # made by the parent process a moment ago
    return found
