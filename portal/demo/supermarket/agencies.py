"""Owner and agencies of the demo supermarket, with what the licence library holds of them; one entry has only begun."""

from dataclasses import dataclass
from datetime import date, datetime

from commons.domain.actor import Actor, Assurance, Role
from commons.domain.codes import make_uscc
from commons.licences.domain import Licence, LicenceKind
from commons.licences.embedded import report
from commons.people import services as people
from marketplace.entry import services as entries
from marketplace.entry.domain.eligibility import Qualification
from marketplace.entry.domain.entrants import CheckKind, EntrantKind
from marketplace.entry.port import list_organisation
from marketplace.entry.services import Admission, EntryFacts
from marketplace.signups import services as signups
from marketplace.signups.domain.signups import SubscriptionFacts
from portal.demo.cast import CLERK, LONG_AGO, ORGANISATIONS, REGION, actor, organisation_id, password_hash, uscc


@dataclass(frozen=True, slots=True)
class House:
    """An invented agency beyond the cast: its name, items, certificates as `code@grade`, the end of their term."""

    number: int
    name: str
    items: tuple[str, ...]
    held: tuple[str, ...]
    until: date = date(2028, 12, 31)


HOUSES = (
    House(1, "佛山岭秀环境科技有限公司", ("ZJ-A-001", "ZJ-A-002"), ("EIA", "WATER@2")),
    House(2, "顺德德勤工程管理有限公司", ("ZJ-C-001", "ZJ-D-001"), ("COST@1", "SUPERVISE@2")),
    House(3, "三水云东测绘服务有限公司", ("ZJ-B-001", "ZJ-B-002"), ("SURVEY@2",)),
    House(4, "高明沧江工程咨询有限公司", ("ZJ-C-001", "ZJ-C-002", "ZJ-C-003"), ("COST@2", "CONSULT@1")),
    House(5, "佛山汾宁消防检测有限公司", ("ZJ-E-001", "ZJ-E-002"), ("FIRE", "LIGHTNING@1")),
    House(6, "南海桂城资产评估事务所", ("ZJ-F-001",), ()),
    House(7, "禅城祖庙造价咨询有限公司", ("ZJ-C-001",), ("COST@2",)),
    House(8, "佛山西樵测绘有限公司", ("ZJ-B-001",), ("SURVEY@2",), date(2026, 6, 30)),
)


def enter_agencies(items: dict[str, int]) -> dict[str, int]:
    """Two agencies of the cast and the invented ones, by their names."""
    made = {}
    for key, codes, held in (
        ("lvyuan", ("ZJ-A-001", "ZJ-A-002", "ZJ-B-001"), ("EIA", "WATER@1", "SURVEY@2")),
        ("zhengheng", ("ZJ-B-001", "ZJ-C-001", "ZJ-C-002", "ZJ-C-003"), ("SURVEY@1", "COST@1", "CONSULT@1")),
    ):
        made[key] = _admit(organisation_id(key), uscc(key), ORGANISATIONS[key].name, codes, held, items)
    for house in HOUSES:
        number = _organisation(house)
        made[f"house{house.number}"] = _admit(
            number, _code(house), house.name, house.items, house.held, items, until=house.until
        )
    return made


def _admit(
    organisation: int,
    code: str,
    name: str,
    codes: tuple[str, ...],
    held: tuple[str, ...],
    items: dict[str, int],
    *,
    until: date = date(2028, 12, 31),
) -> int:
    licences = [_licence(code, name, kind, number, until) for number, kind in enumerate(held, start=1)]
    for licence in (*licences, _business(code, name)):
        report(licence, at=LONG_AGO)
    facts = Admission(
        organisation_id=organisation,
        kind=EntrantKind.AGENCY,
        contact_name="业务部",
        contact_phone="0757-83000000",
        introduction="示范城市的中介服务机构。",
        item_ids=[items[one] for one in codes],
        qualifications=tuple(
            Qualification(one.scope, one.grade, one.number, one.valid_from, one.valid_until) for one in licences
        ),
        licence_number=code,
        licence_until=date(2040, 12, 31),
        document_ref="佛山市网上中介服务超市名录",
    )
    return entries.admit(actor=CLERK, facts=facts, at=LONG_AGO)


def _licence(code: str, name: str, kind: str, number: int, until: date) -> Licence:
    scope, _, grade = kind.partition("@")
    return Licence(
        LicenceKind.QUALIFICATION, f"{scope}-{code[8:14]}-{number}", "示范发证机关", name, code, date(2024, 1, 1),
        until, scope=scope, grade=int(grade or 0),
    )  # fmt: skip


def _business(code: str, name: str) -> Licence:
    return Licence(
        LicenceKind.BUSINESS_LICENCE, code, "佛山市市场监督管理局", name, code, date(2015, 1, 1), date(2040, 12, 31)
    )


def _organisation(house: House) -> int:
    return people.enrol_organisation(
        actor=CLERK,
        uscc=_code(house),
        name=house.name,
        kind="ENTERPRISE",
        region=REGION,
        legal_representative=f"法{house.number}",
        at=LONG_AGO,
    )


def _code(house: House) -> str:
    return make_uscc(authority="9", category="1", region=REGION, organisation8=f"{6607000 + house.number:08d}")


def enter_owner() -> int:
    """The owner of every need."""
    facts = Admission(organisation_id("water"), EntrantKind.OWNER, contact_name="邓办", contact_phone="0757-83000001")
    return entries.admit(actor=CLERK, facts=facts, at=LONG_AGO)


def agency_actor(number: int) -> Actor:
    """Somebody who acts for an invented agency."""
    house = next(one for one in HOUSES if one.number == number)
    username = f"house{number}"
    organisation = _organisation(house)
    person = people.enrol_person(
        actor=CLERK, username=username, name=f"客{number}", password_hash=password_hash(),
        assurance=Assurance.FACE_OR_LICENCE,
        organisation_id=organisation, roles=(Role.AGENCY,), at=LONG_AGO,
    )  # fmt: skip
    return Actor(person, organisation, frozenset({Role.AGENCY}), Assurance.FACE_OR_LICENCE, f"house-{number}")


def begin_an_entry(items: dict[str, int], at: datetime) -> None:
    """agency3 has begun its entry: its licences are in the library, the commitment letter waits for its signature."""
    code, name = uscc("hengxin"), ORGANISATIONS["hengxin"].name
    for licence in (_licence(code, name, "SURVEY@2", 1, date(2029, 6, 30)), _business(code, name)):
        report(licence, at=LONG_AGO)
    list_organisation(
        uscc=uscc("danzao"), kind=CheckKind.ABNORMAL_OPERATION, number="佛市监异〔2026〕18号", since=date(2026, 3, 1)
    )
    who = actor("agency3")
    number = entries.open_entry(actor=who, kind=EntrantKind.AGENCY, at=at)
    entries.save_entry(
        actor=who, entrant_id=number, facts=EntryFacts("关三", "0757-83000333", "测绘与房产面积测量。"), at=at
    )
    entries.offer_items(actor=who, entrant_id=number, item_ids=[items["ZJ-B-001"], items["ZJ-B-002"]], at=at)
    entries.add_practitioner(
        actor=who,
        entrant_id=number,
        name="关信",
        title="注册测绘师",
        certificate="测注440600123",
        valid_until=None,
        at=at,
    )
    entries.refresh_credentials(actor=who, entrant_id=number, at=at)


def subscribe(items: dict[str, int]) -> None:
    """What two agencies want to hear of."""
    for key, item in (("agency1", "ZJ-A-001"), ("agency2", "ZJ-C-001"), ("agency1", "ZJ-B-001")):
        facts = SubscriptionFacts(items[item], REGION)
        signups.subscribe(actor=actor(key), facts=facts, at=LONG_AGO)
