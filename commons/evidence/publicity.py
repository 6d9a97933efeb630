"""Which streams anybody may read: each package says it of its own. What nobody speaks for is not public."""

from collections.abc import Callable

from commons.evidence.domain.blinding import BLIND

Visible = Callable[[str], bool]
"""Gets what stands after the colon of the stream's name."""

_STREAMS: dict[str, Visible] = {}


def register(name: str, visible: Visible) -> None:
    """Entries of the stream `name`, or of `name:…`, may be read by everybody while `visible` says so."""
    _STREAMS.setdefault(name, visible)


def always(_: str) -> bool:
    """For streams that hold nothing but what is published, or hashes."""
    return True


def is_public(stream: str) -> bool:
    """Whether everybody may read the entries of `stream`, payloads included."""
    name, _, rest = stream.partition(":")
    visible = _STREAMS.get(name)
    return visible is not None and visible(rest)


register(BLIND.removesuffix(":"), always)
