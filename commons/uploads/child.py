"""The inside of the cage: `python -m commons.uploads.child DESCRIPTOR MEMORY`. Started by `commons.uploads.limited`."""

import json
import os
import resource
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
    _close_cage(request["cpu_s"])
    answer = json.dumps(_answer(job, request["arguments"]), ensure_ascii=False).encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.flush()
    return 0


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
