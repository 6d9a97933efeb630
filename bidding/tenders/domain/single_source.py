"""What is published where one supplier alone is asked 单一来源公示, 直接采购公示. Pure.

财政部令第74号 第38条: the supplier with its address, the reason, the experts' opinions with their names, employers and
titles where the supplier is the only one that can deliver, the period, and whom an objection reaches.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders.domain.additions import Original
from commons.domain.text import gettext_noop


class Ground(StrEnum):
    """By which case of the law a single source may be asked (政府采购法 第31条)."""

    ONLY_SOURCE = "ONLY_SOURCE"
    URGENT = "URGENT"
    ADDITION = "ADDITION"


GROUND_LABELS: Mapping[Ground, str] = {
    Ground.ONLY_SOURCE: gettext_noop("only this supplier can deliver"),
    Ground.URGENT: gettext_noop("an unforeseeable emergency leaves no time for another procedure"),
    Ground.ADDITION: gettext_noop(
        "an addition from the first supplier to keep what was bought of a piece, of at most a tenth of the contract"
    ),
}
GROUND_SOURCES: Mapping[Ground, str] = {
    Ground.ONLY_SOURCE: "政府采购法第三十一条第一项",
    Ground.URGENT: "政府采购法第三十一条第二项",
    Ground.ADDITION: "政府采购法第三十一条第三项",
}


@dataclass(frozen=True, slots=True)
class Expert:
    """Who says that this supplier is the only one, and why."""

    name: str
    employer: str
    title: str
    opinion: str


@dataclass(frozen=True, slots=True)
class Office:
    """Where somebody is reached: a body, its address, a person, a telephone."""

    body: str = ""
    address: str = ""
    contact: str = ""
    phone: str = ""

    @property
    def is_complete(self) -> bool:
        return all((self.body, self.address, self.contact, self.phone))


@dataclass(frozen=True, slots=True)
class SingleSource:
    """What the owner says of the one supplier; its name stands in the invitation."""

    reason: str = ""
    ground: str = ""
    """A name of `Ground`, where the procedure publishes experts' opinions."""
    supplier_address: str = ""
    experts: tuple[Expert, ...] = ()
    owner_address: str = ""
    """Where the owner is reached with an objection; contact and telephone are those of the tender."""
    original: Original = field(default_factory=Original)
    """The contract that is added to, where the case of the law is an addition."""
    authority: Office = Office()
    """The finance department that supervises the purchase."""


def parse(content: Mapping[str, Any]) -> SingleSource:
    """What a tender stores; `as_content` gives it back."""
    experts = tuple(Expert(**row) for row in content.get("experts", ()))
    authority = Office(**content.get("authority", {}))
    texts = {name: str(content.get(name, "")) for name in ("reason", "ground", "supplier_address", "owner_address")}
    original = Original(**content.get("original", {}))
    return SingleSource(**texts, experts=experts, original=original, authority=authority)


def as_content(said: SingleSource) -> dict[str, Any]:
    """As JSON."""
    content = asdict(said)
    return {**content, "experts": list(content["experts"])}


def lacking(said: SingleSource, profile: ProcedureProfile) -> Iterator[str]:
    """What the notice of a single source must still say, as message ids."""
    if not said.reason:
        yield gettext_noop("why one supplier alone is asked")
    if not said.supplier_address:
        yield gettext_noop("the supplier's address")
    if not said.owner_address:
        yield gettext_noop("the address for objections")
    if not profile.has(Switch.EXPERT_OPINIONS):
        return
    if said.ground not in list(Ground):
        yield gettext_noop("by which case of the law one supplier alone is asked")
    if said.ground == Ground.ONLY_SOURCE and not said.experts:
        yield gettext_noop("the experts' opinions")
    if said.ground == Ground.ADDITION and not said.original.is_complete:
        yield gettext_noop("the original contract with its number and amount")
    if not all((one.name and one.employer and one.title and one.opinion) for one in said.experts):
        yield gettext_noop("name, employer, title and opinion of each expert")
    if not said.authority.is_complete:
        yield gettext_noop("the finance department with address, contact and telephone")
