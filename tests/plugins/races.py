"""Two at once, for races in pairs: the collision happens without the guard, and cannot with it."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any

from django.db import connection


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """The results (or exceptions) of `calls`, each in a thread of its own with its own connection, started together."""
    results: list[Any] = [None] * len(calls)
    barrier = Barrier(len(calls))

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[place] = call()
        except Exception as error:  # the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def errors(results: Sequence[Any]) -> list[Exception]:
    """Those of the results that are exceptions."""
    return [result for result in results if isinstance(result, Exception)]
