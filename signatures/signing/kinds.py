"""What can be signed, and what follows: each package registers its own kinds when it is loaded."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from commons.domain.actor import Actor
from signatures.crypto.authorities import Purpose
from signatures.signing.domain.sessions import Signer


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be signed, as those see it who prepare and finish signatures."""

    id: int
    kind: str
    subject: str
    title: str
    role: str
    amount: Decimal | None
    content: bytes
    digest: str
    context: Mapping[str, Any]
    purpose: Purpose
    signer: Signer
    certificate: bytes = b""
    """Set from the preparation on, DER; `chain` holds the authorities between it and its root."""
    chain: tuple[bytes, ...] = ()
    attributes: bytes = b""
    prepared: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the browser gets to sign: DER of the signed attributes over a content, and the SHA-256 that names it.

    The attributes hold the digest of the holder's suite, which need not be SHA-256.
    """

    attributes: bytes
    digest: str
    ranges: tuple[tuple[int, int], ...] = ()
    """The parts of the content, (offset, length), that the digest covers; none: all of it."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """What `finish` needs again; JSON."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A signature that was found valid: the detached CMS, or nothing where it lies inside a document."""

    cms: bytes = b""
    result: Mapping[str, str] = field(default_factory=dict)
    """For the record, for example the hash of the signed document; JSON."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A valid signature, for whoever asked: called inside the transaction that stores it."""

    order: Order
    finished: Finished
    actor: Actor
    at: datetime
    session: str
    """The session as evidence names it: `signing:7`."""


class Form(Protocol):
    """How a kind of content is signed. Both steps run outside a transaction: they may take their time."""

    def prepare(self, order: Order, *, at: datetime) -> Prepared:
        """The attributes for the certificate in `order`, which was found usable."""
        ...

    def finish(self, order: Order, signature: bytes, *, at: datetime) -> Finished:
        """The complete signature, validated. Raises a refusal unless it is valid: nothing invalid is stored."""
        ...

    def content(self, order: Order) -> Iterable[bytes]:
        """What the browser hashes again and the signer may read."""
        ...


@dataclass(frozen=True, slots=True)
class Shown:
    """What the dialogue says of a content that its session does not keep: read anew for the signer each time."""

    title: str
    amount: Decimal | None
    facts: tuple[tuple[str, str], ...]
    """English message id and value, as `Fact`."""


@dataclass(frozen=True, slots=True)
class SigningKind:
    """One kind of thing that people sign."""

    name: str
    label: str
    """An English message id."""
    done: Callable[[Signed], None]
    form: Form | None
    """None: canonical JSON, signed as detached CMS."""
    media_type: str
    secret: bool
    """Whether the log's entries stay unreadable until somebody reveals them: who signs tells what is not public yet."""
    shown: Callable[[Mapping[str, Any]], Shown] | None = None
    """From the session's context to what its signer reads, where the session itself may not tell it."""


class UnknownKind(LookupError):
    """Nobody registered the kind: a mistake in the code, not of the user."""


_KINDS: dict[str, SigningKind] = {}


def register_kind(
    name: str,
    *,
    label: str,
    done: Callable[[Signed], None],
    form: Form | None = None,
    media_type: str = "application/json",
    secret: bool = False,
    shown: Callable[[Mapping[str, Any]], Shown] | None = None,
) -> SigningKind:
    """Make `name` a kind of signing session; `done` is called with each valid signature, in its transaction.

    What `done` raises undoes the signature. Registering the same again is harmless.
    """
    kind = SigningKind(name, label, done, form, media_type, secret, shown)
    known = _KINDS.setdefault(name, kind)
    assert (known.label, known.media_type) == (label, media_type), f"two kinds of signing are called {name}"
    return known


def kind_of(name: str) -> SigningKind:
    """The registered kind; raises `UnknownKind`."""
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownKind(f"register the kind “{name}” with signatures.signing.kinds.register_kind") from None


def label_of(name: str) -> str:
    """The message id of a kind; its bare name when the package that knew it is gone."""
    return _KINDS[name].label if name in _KINDS else name
