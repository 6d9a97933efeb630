"""Who belongs together: the same controller or legal representative (招标投标法实施条例 第34条)."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Control:
    """Who stands behind an organisation. Empty text: not known, and no tie to others of whom it is not known."""

    organisation_id: int
    uscc: str
    legal_representative: str
    controller_uscc: str


def related(organisations: Iterable[Control]) -> dict[int, str]:
    """A name of the group for each organisation that is tied, over any number of steps, to another one of the list.

    The name is that of the smallest number in the group, so the same list always gives the same names.
    """
    listed = sorted(organisations, key=lambda item: item.organisation_id)
    root = {item.organisation_id: item.organisation_id for item in listed}
    first: dict[str, int] = {}
    for item in listed:
        for tie in _ties(item):
            _join(root, first.setdefault(tie, item.organisation_id), item.organisation_id)
    groups: dict[int, list[int]] = {}
    for item in listed:
        groups.setdefault(_find(root, item.organisation_id), []).append(item.organisation_id)
    return {member: f"g{min(members)}" for members in groups.values() if len(members) > 1 for member in members}


def _ties(item: Control) -> Iterable[str]:
    # A company is tied to its controller itself as well as to the controller's other companies.
    yield f"company:{item.uscc}"
    if item.controller_uscc:
        yield f"company:{item.controller_uscc}"
    if item.legal_representative.strip():
        yield f"person:{item.legal_representative.strip()}"


def _find(root: dict[int, int], member: int) -> int:
    while root[member] != member:
        root[member] = root[root[member]]
        member = root[member]
    return member


def _join(root: dict[int, int], one: int, other: int) -> None:
    first, second = sorted((_find(root, one), _find(root, other)))
    root[second] = first
