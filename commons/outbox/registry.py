"""Who handles which topic. Handlers live in `<package>/handlers.py` and are idempotent: a message may come twice."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.utils.module_loading import autodiscover_modules

from commons.outbox.domain.delivery import Message

HandlerFunction = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """`transactional`: runs inside the transaction that marks the message delivered, so its rows are written once.

    A handler that speaks to another system must not hold a transaction meanwhile; it says `transactional=False`.
    """

    function: HandlerFunction
    transactional: bool


_HANDLERS: dict[str, Handler] = {}


class NoHandler(LookupError):
    """Nobody handles the topic; the message waits, and dies visibly when nobody ever does."""


def handles(topic: str, *, transactional: bool = True) -> Callable[[HandlerFunction], HandlerFunction]:
    """Register the decorated function as the handler of `topic`."""

    def register(function: HandlerFunction) -> HandlerFunction:
        known = _HANDLERS.setdefault(topic, Handler(function, transactional))
        same = (known.function.__module__, known.function.__qualname__) == (function.__module__, function.__qualname__)
        assert same, f"two handlers for {topic}"
        return function

    return register


def handler_of(topic: str) -> Handler:
    """The handler of `topic`; raises `NoHandler`."""
    _load()
    try:
        return _HANDLERS[topic]
    except KeyError:
        raise NoHandler(f"no handler is registered for “{topic}”") from None


@cache
def _load() -> None:
    autodiscover_modules("handlers")
