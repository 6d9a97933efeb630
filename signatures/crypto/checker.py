"""A process that checks raw signatures for another one: `python -m signatures.crypto.checker FD`.

FD is its end of a pair of sockets that keep messages apart. A question is what `question` makes, an answer one byte a
check, 1 where the signature holds; answers come in the order of the questions. It says so when it is ready, ends when
the other side is gone, and keeps nothing but the keys that it has read.
"""

import marshal
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache

from asn1crypto import keys

from signatures.crypto import national
from signatures.crypto.suites import UnknownSuite, provider_for

Check = tuple[bytes, bytes, bytes]
"""The key (SubjectPublicKeyInfo, DER), the message, and the signature r‖s over it."""
READY = b"ready"
LARGEST_BYTES = 1 << 20
MOST_KEYS = 20_000


def question(checks: Sequence[Check]) -> bytes:
    """The message that asks for all of them."""
    return marshal.dumps(list(checks))


def answer(asked: bytes) -> bytes:
    """What holds of a question."""
    return bytes(_holds(*check) for check in marshal.loads(asked))  # noqa: S302  # the process that started this one


def _holds(spki: bytes, message: bytes, signature: bytes) -> bool:
    verify = _verifier(spki)
    return verify is not None and verify(message, signature)


@lru_cache(maxsize=MOST_KEYS)
def _verifier(spki: bytes) -> Callable[[bytes, bytes], bool] | None:
    try:
        return provider_for(keys.PublicKeyInfo.load(spki, strict=True)).raw_verifier(spki)
    except (UnknownSuite, ValueError, TypeError):
        return None  # no key that signs: nothing holds


def serve(line: socket.socket) -> None:
    """Answer until the other side is gone."""
    try:
        line.send(READY)
        while asked := line.recv(LARGEST_BYTES):
            line.send(answer(asked))
    except (BrokenPipeError, ConnectionResetError):
        pass


def main() -> None:
    """Whoever started this process ends it, by letting go of the line: Ctrl-C on a terminal reaches both."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    national.install()
    serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
