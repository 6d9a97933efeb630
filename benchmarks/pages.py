"""Ordinary pages: our threads under Daphne against gunicorn's sync workers, one process each."""

import contextlib
import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

from benchmarks import stage
from benchmarks.figures import Line, Rounds, at_least, spread

ADDRESSES = ("/", "/account/login/", "/rooms/")
CLIENTS = 8


def pages(rounds: Rounds) -> Iterator[Line]:
    """requests a second of public pages, against the same pages under one gunicorn sync worker"""
    with stage.serving() as (ours_port, _), gunicorn() as theirs_port:
        for address in ADDRESSES:
            if _status(ours_port, address) >= 400:
                continue
            ours, theirs = [], []
            for _ in range(rounds.count):
                theirs.append(_rate(theirs_port, address, rounds.seconds))
                ours.append(_rate(ours_port, address, rounds.seconds))
            ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
            detail = f"{spread(ours, '/s')} against {spread(theirs, '/s')}"
            yield at_least(address, ratios, 0.65, detail)


@contextlib.contextmanager
def gunicorn() -> Iterator[int]:
    port = stage.free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--workers",
        "1",
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen([*command, "portal.wsgi:application"], cwd=stage.ROOT, env=os.environ)
    try:
        stage._wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _status(port: int, address: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", address, headers={"Host": "localhost"})
    return connection.getresponse().status


def _rate(port: int, address: str, seconds: float) -> float:
    """Requests a second of a few clients, each with a connection per request as gunicorn's sync workers answer."""
    done = [0] * CLIENTS
    end = time.perf_counter() + seconds

    def ask(place: int) -> None:
        while time.perf_counter() < end:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", address, headers={"Host": "localhost", "Connection": "close"})
            connection.getresponse().read()
            connection.close()
            done[place] += 1

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


BENCHMARKS: dict[str, Callable[[Rounds], Iterator[Line]]] = {"pages": pages}
