"""What can be approved, by whom: each package registers its own kinds when it is loaded."""

from dataclasses import dataclass
from datetime import timedelta

from commons.domain.actor import Assurance, Role


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """A kind of decision that needs two persons."""

    name: str
    request_roles: frozenset[Role]
    approve_roles: frozenset[Role]
    valid_for: timedelta
    """From the request to its use."""
    assurance: Assurance
    label: str
    """An English message id, for people."""
    same_house: bool = False
    """Whether only people of the asker's own organisation approve, and read it: the two persons of an owner."""
    overseen: bool = True
    """Whether regulators and auditors read every request; not where one names who pays before a room opens."""


class UnknownKind(LookupError):
    """Nobody registered the kind: a mistake in the code, not of the user."""


_KINDS: dict[str, ApprovalKind] = {}


def register_kind(
    name: str,
    *,
    request: tuple[Role, ...],
    approve: tuple[Role, ...],
    valid_for: timedelta = timedelta(days=1),
    assurance: Assurance = Assurance.REAL_NAME,
    label: str = "",
    overseen: bool = True,
    same_house: bool = False,
) -> ApprovalKind:
    """Make `name` a kind that a `request` role asks for and another person with an `approve` role approves."""
    kind = ApprovalKind(
        name,
        frozenset(request),
        frozenset(approve),
        valid_for,
        assurance,
        label or name,
        overseen=overseen,
        same_house=same_house,
    )
    assert _KINDS.setdefault(name, kind) == kind, f"two kinds of approval are called {name}"
    return kind


def kind_of(name: str) -> ApprovalKind:
    """The registered kind; raises `UnknownKind`."""
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownKind(f"register the approval kind “{name}” with commons.approvals.kinds.register_kind") from None


def is_known(name: str) -> bool:
    """Whether some package still registers the kind."""
    return name in _KINDS


def label_of(name: str) -> str:
    """The message id of a kind; its bare name when the package that knew it is gone."""
    return _KINDS[name].label if is_known(name) else name


def kinds_not_overseen() -> list[str]:
    """The kinds that are hidden from regulators and auditors."""
    return sorted(kind.name for kind in _KINDS.values() if not kind.overseen)


def kinds_of_one_house() -> list[str]:
    """The kinds that stay inside the organisation of the one who asked."""
    return sorted(kind.name for kind in _KINDS.values() if kind.same_house)


def kinds_approved_by(roles: frozenset[Role]) -> list[str]:
    """The kinds that somebody with `roles` may approve."""
    return sorted(kind.name for kind in _KINDS.values() if kind.approve_roles & roles)
