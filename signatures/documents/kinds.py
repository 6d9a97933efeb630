"""Kinds of papers: each package registers its own when it is loaded, with who may sign and what follows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from commons.domain.actor import Actor, Decision


@dataclass(frozen=True, slots=True)
class SignedPart:
    """One party's signature, for the package that drew the paper."""

    paper_id: int
    kind: str
    subject: str
    field: str
    complete: bool
    """Nobody is left to sign."""
    document_id: int
    sha256: str
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperKind:
    """One kind of paper."""

    name: str
    label: str
    """An English message id."""
    may_sign: Callable[[Actor, str, str], Decision]
    """For an actor, the paper's subject and the party's field."""
    may_read: Callable[[Actor, str], Decision]
    """For an actor and the paper's subject; public papers are read by anybody."""
    signed: Callable[[SignedPart], None]
    """Called inside the transaction of each signature; what it raises undoes the signature."""


class UnknownPaperKind(LookupError):
    """Nobody registered the kind: a mistake in the code, not of the user."""


_KINDS: dict[str, PaperKind] = {}


def register_paper_kind(kind: PaperKind) -> PaperKind:
    """Make `kind.name` a kind of paper. Registering the same name again is harmless while the label is the same."""
    known = _KINDS.setdefault(kind.name, kind)
    assert known.label == kind.label, f"two kinds of papers are called {kind.name}"
    return known


def paper_kind(name: str) -> PaperKind:
    """The registered kind; raises `UnknownPaperKind`."""
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownPaperKind(f"register the kind of paper “{name}” with register_paper_kind") from None


def label_of(name: str) -> str:
    """The message id of a kind; its bare name when the package that knew it is gone."""
    return _KINDS[name].label if name in _KINDS else name
