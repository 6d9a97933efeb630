"""Real server processes for live tests: they speak to the test's own database over sockets, and can be killed."""

import contextlib
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.live.forks import Fork

ROOT = Path(__file__).resolve().parents[2]
START_S = 40


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**extra: str) -> dict[str, str]:
    """The environment of a server that uses this test's database."""
    return os.environ | {"DATABASE_URL": test_database_url(), "PYTHONUNBUFFERED": "1"} | extra


def test_database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{database['NAME']}"
    return f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"


class Server:
    """A web process. `kill()` is SIGKILL; `restart()` starts it again on the same port."""

    def __init__(self, *command: str, port: int = 0, **extra: str) -> None:
        self.port = port or free_port()
        self._command = command or ("manage.py", "web")
        self._extra = extra
        self.process: Fork | subprocess.Popen[bytes] | None = None

    @property
    def http(self) -> str:
        return f"http://localhost:{self.port}"

    def ws(self, room_id: int) -> str:
        return f"ws://localhost:{self.port}/ws/rooms/{room_id}/?lang=en"

    def start(self) -> "Server":
        services = os.environ.get("LUOCHUI_SERVICES", "")
        public = {"PUBLIC_URL": self.http, "PLATFORM_NAME": settings.PLATFORM_NAME, "LUOCHUI_SERVICES": services}
        self.process = Fork(
            [*self._command, "--skip-checks", "--port", str(self.port)],
            cwd=ROOT,
            env=environment(**public, **self._extra),
        )
        self.wait_until_up()
        return self

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self.process is not None, "start it first"
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}")
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("the server did not come up")

    def kill(self) -> None:
        assert self.process is not None, "start it first"
        self.process.kill()
        self.process.wait()

    def restart(self) -> "Server":
        return self.start()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(self.http + path, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


class Background:
    """A process beside the web servers: the timekeeper."""

    def __init__(self, *command: str, **extra: str) -> None:
        self._command, self._extra = command, extra
        self.process: Fork | None = None

    def start(self) -> "Background":
        with tempfile.TemporaryDirectory() as folder:
            said = Path(folder) / "said"
            self.process = Fork(
                [*self._command, "--skip-checks"], cwd=ROOT, env=environment(**self._extra), stdout=said
            )
            self._wait_until_it_speaks(said)
        return self

    def _wait_until_it_speaks(self, said: Path) -> None:
        assert self.process is not None, "start it first"
        deadline = time.monotonic() + START_S
        while not (said.exists() and said.stat().st_size):
            if self.process.poll() is not None:
                raise RuntimeError(f"the process ended with {self.process.returncode}")
            if time.monotonic() > deadline:
                raise TimeoutError("the process did not begin")
            time.sleep(0.05)

    def kill(self) -> None:
        assert self.process is not None, "start it first"
        self.process.kill()
        self.process.wait(timeout=20)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)


@contextlib.contextmanager
def running(*servers: "Server | Background") -> Iterator[None]:
    """Start `servers`, and stop them in any case."""
    try:
        for server in servers:
            server.start()
        yield
    finally:
        for server in servers:
            server.stop()


def timekeeper() -> Background:
    """A timekeeper that minds rooms and nothing else."""
    return Background("manage.py", "timekeeper", "--only-rooms")
