"""Processes that are forked from one that has loaded the platform: loading it took longer than most live tests.

What runs in them is the command itself, with the settings of its own environment; only its modules are there already.
That the commands start without help is proved by `test_cluster.py`.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.live.loaded"])


class Fork:
    """`python COMMAND…` in a process of its own, with the ways of `subprocess.Popen`."""

    def __init__(
        self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdout: Path | None = None
    ) -> None:
        """`stdout` names the file that gets what the command says; without it, it says it where the tests do."""
        self._process = _FORKS.Process(target=_run, args=(tuple(command), str(cwd), dict(env), stdout), daemon=True)
        self._process.start()

    def poll(self) -> int | None:
        return self._process.exitcode

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    @property
    def pid(self) -> int:
        assert self._process.pid is not None, "it was started"
        return self._process.pid

    def wait(self, timeout: float | None = None) -> int:
        """Raises `subprocess.TimeoutExpired`."""
        self._process.join(timeout)
        if (code := self._process.exitcode) is None:
            raise subprocess.TimeoutExpired("the process", timeout or 0.0)
        return code

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


def _run(command: Sequence[str], cwd: str, env: Mapping[str, str], stdout: Path | None) -> None:
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    if stdout is not None:
        os.dup2(os.open(stdout, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 1)
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", closefd=False)
    sys.path.insert(0, cwd)
    from tests.live.loaded import take_environment  # read before the fork, and in no process that forks nothing

    take_environment()
    if command[0] == "-m":
        sys.argv = list(command[1:])
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(command)
        runpy.run_path(command[0], run_name="__main__")
