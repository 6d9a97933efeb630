"""A child process with little time, little memory and no way out, for one look at one foreign file.

The parent never reads the file: the child gets it as its standard input, writes one JSON answer and ends. It may use
the processor and the memory of its `Cage`, writes no file larger than an answer, opens no connection and starts no
program; by the clock it is killed with everything in its process group.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, BinaryIO, cast

from commons.domain.refusals import Refusal
from commons.evidence.domain.canonical import JSON
from commons.uploads.domain import Cage, UploadTooCostly, UploadUnreadable, UploadUnsafe

ANSWER_BYTES = 8 * 2**20
"""The largest answer that is read."""
ROOT = Path(__file__).resolve().parent.parent.parent
_COPY = 256 * 1024


def run(job: str, file: BinaryIO, arguments: Mapping[str, JSON] | None = None, *, cage: Cage | None = None) -> JSON:
    """The answer of `job` (`module:function`, called as `function(file, arguments)`) about a seekable file.

    Raises the `UploadUnsafe` that the job raised, `UploadTooCostly` when a limit ended it, and `UploadUnreadable`
    when it failed in any other way: whatever a file does to its reader, it is refused.
    """
    cage = cage or Cage()
    with TemporaryFile() as asked, TemporaryFile() as answered, _on_disk(file) as content:
        asked.write(json.dumps({"job": job, "arguments": dict(arguments or {}), "cpu_s": cage.cpu_s}).encode())
        asked.seek(0)
        code = _wait(_start(content, asked, answered, cage), cage.wall_s)
        answered.seek(0)
        return _read(code, answered.read(ANSWER_BYTES + 1))


def run_each(
    job: str, files: Sequence[tuple[BinaryIO, Mapping[str, JSON]]], *, cage: Cage | None = None
) -> "list[JSON | Refusal]":
    """The answers of `job` about several files with their arguments, in order; the refusal where `run` would raise it.

    Each file has a process and a cage of its own, as with `run`; only the loading of the libraries is shared.
    """
    cage = cage or Cage()
    with ExitStack() as stack:
        contents = [stack.enter_context(_on_disk(file)) for file, _ in files]
        answers = [stack.enter_context(TemporaryFile()) for _ in files]
        asked, ended = stack.enter_context(TemporaryFile()), stack.enter_context(TemporaryFile())
        nothing = stack.enter_context(TemporaryFile())
        each = [
            {"file": content.fileno(), "answer": answer.fileno(), "arguments": dict(arguments)}
            for content, answer, (_, arguments) in zip(contents, answers, files, strict=True)
        ]
        order = {"job": job, "each": each, "cpu_s": cage.cpu_s, "wall_s": cage.wall_s}
        asked.write(json.dumps(order).encode())
        asked.seek(0)
        given = [one.fileno() for one in (*contents, *answers)]
        _wait(_start(nothing, asked, ended, cage, given), cage.wall_s * (len(files) + 1))
        codes = _codes(ended, len(files))
        return [_outcome(code, answer) for code, answer in zip(codes, answers, strict=True)]


def _codes(ended: IO[bytes], count: int) -> list[int]:
    """How each look ended; all as killed when the process that began them was."""
    ended.seek(0)
    try:
        codes = json.loads(ended.read(ANSWER_BYTES))
    except ValueError:
        return [-signal.SIGKILL] * count
    return [int(code) for code in codes]


def _outcome(code: int, answered: IO[bytes]) -> "JSON | Refusal":
    answered.seek(0)
    try:
        return _read(code, answered.read(ANSWER_BYTES + 1))
    except UploadUnsafe as refusal:
        return refusal


def _start(
    content: IO[bytes], asked: IO[bytes], answered: IO[bytes], cage: Cage, given: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # our own interpreter and module; the file is only its standard input
        [sys.executable, "-E", "-m", "commons.uploads.child", str(asked.fileno()), str(cage.memory_bytes)],
        stdin=content.fileno(),
        stdout=answered.fileno(),
        stderr=subprocess.DEVNULL,
        pass_fds=[asked.fileno(), *given],
        cwd=ROOT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"},
        start_new_session=True,
    )


def _wait(child: subprocess.Popen[bytes], wall_s: float) -> int:
    try:
        return child.wait(timeout=wall_s)
    except subprocess.TimeoutExpired:
        return -signal.SIGKILL
    finally:
        _kill(child)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it might have started; harmless when all of it is gone."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


_KILLED = {-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGXFSZ, -signal.SIGSEGV, -signal.SIGABRT}


def _read(code: int, answer: bytes) -> JSON:
    if code in _KILLED or len(answer) > ANSWER_BYTES:
        raise UploadTooCostly()
    try:
        value = json.loads(answer)
        refused, fields = value.get("refused"), value.get("fields", {})
    except (ValueError, AttributeError, RecursionError):
        raise UploadUnreadable() from None
    if refused is not None:
        raise _refusal(refused, fields)
    return cast(JSON, value.get("result"))


def _refusal(code: str, fields: dict[str, str]) -> Refusal:
    known = Refusal.registry.get(code, UploadUnreadable)
    return known(**fields) if issubclass(known, UploadUnsafe) else UploadUnreadable()


@contextmanager
def _on_disk(file: BinaryIO) -> Iterator[IO[bytes]]:
    """The file as one with a descriptor; what only lies in memory is copied. It is handed back at its start."""
    file.seek(0)
    try:
        if _has_descriptor(file):
            os.lseek(file.fileno(), 0, os.SEEK_SET)
            yield file
            return
        with TemporaryFile() as copied:
            while chunk := file.read(_COPY):
                copied.write(chunk)
            copied.flush()
            os.lseek(copied.fileno(), 0, os.SEEK_SET)
            yield copied
    finally:
        file.seek(0)


def _has_descriptor(file: BinaryIO) -> bool:
    if isinstance(file, SpooledTemporaryFile):
        return False  # it would give itself one, and the buffer of what is still in memory would be lost to the child
    try:
        file.flush()
        return file.fileno() >= 0
    except (OSError, AttributeError, ValueError):
        return False
