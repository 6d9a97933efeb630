"""The city of a replay: items, owners and agencies with their people, entered through the services."""

from dataclasses import dataclass
from datetime import date, datetime

from commons.domain.actor import Actor, Assurance, Role, system_actor
from commons.domain.codes import make_uscc
from commons.people import services as people
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.domain.items import ItemFacts
from marketplace.catalogue.domain.requirements import parse
from marketplace.entry import services as entry
from marketplace.entry.domain.eligibility import Qualification
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.entry.services import Admission
from marketplace.statistics.replay.plan import profession_of_item, professions
from marketplace.statistics.replay.profiles import Profile

CLERK = system_actor("replay")
NO_PASSWORD = "!"  # noqa: S105  # nobody signs in
KINDS = ("工程造价", "工程监理", "测绘", "环境影响评价", "水土保持", "地质勘察", "安全评价", "节能评估")
PLACES = ("禅城", "南海", "顺德", "三水", "高明", "湘桥", "潮安", "饶平")


@dataclass(frozen=True, slots=True)
class Member:
    """Who acts for an organisation of the replay."""

    organisation_id: int
    person_id: int
    entrant_id: int

    def actor(self, role: Role) -> Actor:
        return Actor(self.person_id, self.organisation_id, frozenset({role}), Assurance.FACE_OR_LICENCE)


@dataclass(frozen=True, slots=True)
class City:
    """Everything that exists before the year begins, by the numbers of the plan."""

    profile: Profile
    items: tuple[int, ...]
    owners: tuple[Member, ...]
    agencies: tuple[Member, ...]
    auditor: Member

    @property
    def staff(self) -> Actor:
        return self.auditor.actor(Role.STAFF)


def enter_items(profile: Profile, at: datetime) -> tuple[int, ...]:
    """The service items with the qualification that each asks for."""
    for profession in range(professions(profile)):
        name = f"{KINDS[profession % len(KINDS)]}资质（第{profession + 1}类）"
        catalogue.enter_qualification(
            actor=CLERK, code=f"R{profession:02d}", name=name, grades=["甲级", "乙级", "丙级"], at=at
        )
    return tuple(_item(number, profile, at) for number in range(profile.items))


def _item(number: int, profile: Profile, at: datetime) -> int:
    profession = profession_of_item(number, profile)
    kind = KINDS[profession % len(KINDS)]
    facts = ItemFacts(
        code=f"{profile.name[:2].upper()}{number:04d}",
        name=f"{kind}服务（事项{number + 1}）",
        service_type=f"{kind}服务",
        legal_basis="中介服务事项清单",
        requirement=parse(f"R{profession:02d}@3"),
    )
    return catalogue.enter_item(actor=CLERK, facts=facts, at=at, provenance="replay")


def enter_owner(profile: Profile, number: int, at: datetime) -> Member:
    """One owner with its delegate."""
    name = f"{PLACES[number % len(PLACES)]}项目业主{number + 1:04d}"
    organisation_id, person_id = _body(profile, "1", "2", 40_000_000 + number, name, Role.OWNER, at)
    facts = Admission(organisation_id, EntrantKind.OWNER, contact_name="采购受托人", contact_phone="0757-82000000")
    return Member(organisation_id, person_id, entry.admit(actor=CLERK, facts=facts, at=at, provenance="replay"))


def enter_agency(profile: Profile, number: int, items: tuple[int, ...], at: datetime) -> Member:
    """One agency that offers the items of its profession."""
    profession = number % professions(profile)
    name = f"{PLACES[number % len(PLACES)]}{KINDS[profession % len(KINDS)]}机构{number + 1:04d}"
    organisation_id, person_id = _body(profile, "9", "1", 60_000_000 + number, name, Role.AGENCY, at)
    certificate = Qualification(
        f"R{profession:02d}", 1 + number % 3, f"证{number:06d}", date(2010, 1, 1), date(2035, 12, 31)
    )
    facts = Admission(
        organisation_id,
        EntrantKind.AGENCY,
        item_ids=items[profession :: professions(profile)],
        qualifications=(certificate,),
        licence_number=f"营{number:06d}",
        licence_until=date(2040, 12, 31),
        recheck_due_on=date(profile.year + 2, 12, 31),
    )
    return Member(organisation_id, person_id, entry.admit(actor=CLERK, facts=facts, at=at, provenance="replay"))


def enter_staff(profile: Profile, at: datetime) -> Member:
    """Who audits and publishes."""
    organisation_id, person_id = _body(profile, "1", "1", 30_000_000, "交易中心（重演）", Role.STAFF, at)
    return Member(organisation_id, person_id, 0)


def _body(
    profile: Profile, authority: str, category: str, number: int, name: str, role: Role, at: datetime
) -> tuple[int, int]:
    code = make_uscc(authority=authority, category=category, region=profile.region, organisation8=f"{number:08d}")
    organisation_id = people.enrol_organisation(
        actor=CLERK, uscc=code, name=name, kind="ENTERPRISE", region=profile.region, at=at,
        legal_representative=f"代表{number}",
    )  # fmt: skip
    person_id = people.enrol_person(
        actor=CLERK, username=f"replay-{number}", name=f"经办{number}", password_hash=NO_PASSWORD,
        assurance=Assurance.FACE_OR_LICENCE, organisation_id=organisation_id, roles=(role,), at=at,
    )  # fmt: skip
    return organisation_id, person_id
