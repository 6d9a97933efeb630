"""The inside of the cage: `python -m commons.uploads.child DESCRIPTOR MEMORY`. Started by `commons.uploads.limited`.

For several files the libraries are loaded once, by a process that reads none of them; each file then gets a fork of it
with a cage of its own: what one file does to its reader, the next never meets.
"""

import json
import os
import resource
import signal
import sys
from importlib import import_module
from typing import Any, NoReturn

from commons.uploads.domain import UploadTooCostly, UploadUnreadable, UploadUnsafe

ANSWER_BYTES = 8 * 2**20
LOADING_CPU_S = 20
"""Processor time that loading the libraries may take before the file gets its own."""

FORBIDDEN = frozenset(
    {
        "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "os.kill", "os.remove",
        "os.rename",
        "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "pty.spawn",
    }
)  # fmt: skip
"""What no look at a file needs, by the names of Python's audit events."""


def main() -> int:
    """Read the request, load, close the cage, look, answer."""
    memory = int(sys.argv[2])
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, ANSWER_BYTES + 1)
    _limit(resource.RLIMIT_CPU, LOADING_CPU_S)
    with os.fdopen(int(sys.argv[1]), "rb") as asked:
        request = json.load(asked)
    module, name = request["job"].split(":")
    job = getattr(import_module(module), name)
    if "each" in request:
        return _each(job, request)
    _close_cage(request["cpu_s"])
    _tell(_answer(job, request["arguments"]))
    return 0


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())
    sys.stdout.flush()


def _each(job: Any, request: dict[str, Any]) -> int:
    """One fork for each file, one after the other; how each ended is written as a list of exit codes."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    codes = []
    for one in request["each"]:
        pid = os.fork()
        if pid == 0:
            _alone(job, one, request["cpu_s"])
        codes.append(_ended(pid, request["wall_s"]))
    sys.stdout.buffer.write(json.dumps(codes).encode())
    sys.stdout.flush()
    return 0


def _alone(job: Any, one: dict[str, Any], cpu_s: int) -> NoReturn:
    """The look at one file: its descriptors become the standard ones, those of the other files are closed."""
    code = 1
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        os.dup2(one["file"], 0)
        os.dup2(one["answer"], 1)
        os.closerange(3, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") > 0 else 4096)
        _close_cage(cpu_s)
        _tell(_answer(job, one["arguments"]))
        code = 0
    finally:
        os._exit(code)


def _ended(pid: int, wall_s: float) -> int:
    """The exit code of a fork, killed when its time by the clock is over; a signal as its negative number."""
    if signal.sigtimedwait({signal.SIGCHLD}, wall_s) is None:
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _answer(job: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": job(sys.stdin.buffer, arguments)}
    except UploadUnsafe as refusal:
        return {"refused": refusal.code, "fields": refusal.fields}
    except (MemoryError, RecursionError):
        return {"refused": UploadTooCostly.code}
    except Exception:
        # Whatever the file did to its reader: it is refused, and the reader is no server error.
        return {"refused": UploadUnreadable.code}


def _close_cage(cpu_s: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + cpu_s)
    sys.addaudithook(_forbid)


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        _refuse(event)
    if event == "open" and _is_writing(arguments):
        _refuse(event)


def _is_writing(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    return bool((flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) or (isinstance(mode, str) and "r" not in mode)


def _refuse(event: str) -> NoReturn:
    raise PermissionError(f"{event} is not for readers of foreign files")


def _limit(which: int, soft: int) -> None:
    hard = resource.getrlimit(which)[1]
    wanted = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(which, (wanted, wanted))


if __name__ == "__main__":
    sys.exit(main())
