"""The supermarket of the demo city: its catalogue, owners and agencies, and needs in every stage of the sign-up."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from commons.domain.actor import Actor, Assurance, Role
from commons.domain.codes import make_uscc
from commons.intake import services as intake
from commons.intake.domain import Case
from commons.licences.domain import Licence, LicenceKind
from commons.licences.embedded import report
from commons.people import services as people
from marketplace.catalogue import services as catalogues
from marketplace.catalogue.domain.items import ItemFacts, Matter, PriceGuidance
from marketplace.catalogue.domain.requirements import parse
from marketplace.entry import services as entries
from marketplace.entry.domain.eligibility import Qualification
from marketplace.entry.domain.entrants import CheckKind, EntrantKind
from marketplace.entry.port import list_organisation
from marketplace.entry.services import Admission, EntryFacts
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.methods import FundSource, Method, QuoteKind
from marketplace.procurement.domain.needs import Criterion, NeedFacts
from marketplace.signups import services as signups
from marketplace.signups.domain.signups import SubscriptionFacts
from portal.demo.cast import (
    CLERK,
    LONG_AGO,
    ORGANISATIONS,
    REGION,
    actor,
    organisation_id,
    password_hash,
    person_id,
    uscc,
)

GRADES = ("甲级", "乙级", "丙级")
QUALIFICATIONS = {
    "SURVEY": ("测绘资质", GRADES[:2]),
    "COST": ("工程造价咨询资质", GRADES[:2]),
    "CONSULT": ("工程咨询资信", GRADES[:2]),
    "SUPERVISE": ("工程监理资质", GRADES),
    "EIA": ("环境影响评价信用平台登记", ()),
    "WATER": ("水土保持方案编制水平评价", ("五星", "四星", "三星")),
    "FIRE": ("消防设施检测资格", ()),
    "LIGHTNING": ("雷电防护装置检测资质", GRADES[:2]),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the demo catalogue."""

    code: str
    name: str
    kind: str
    requirement: str
    matter: Matter
    basis: str
    high: str | None = None


CATALOGUE = (
    Line(
        "ZJ-A-001",
        "环境影响报告书编制",
        "环保服务",
        "EIA",
        Matter("SP-0101", "建设项目环境影响评价文件审批", "市生态环境局"),
        "环境影响评价法第十六条、第十九条",
        "350000",
    ),
    Line(
        "ZJ-A-002",
        "水土保持方案编制",
        "水利服务",
        "WATER@3",
        Matter("SP-0201", "生产建设项目水土保持方案审批", "市水利局"),
        "水土保持法第二十五条",
        "120000",
    ),
    Line(
        "ZJ-B-001",
        "建设工程规划放线测量",
        "测绘服务",
        "SURVEY@2",
        Matter("SP-0301", "建设工程规划许可证核发", "市自然资源局"),
        "城乡规划法第四十条；测绘法第二十七条",
        "80000",
    ),
    Line(
        "ZJ-B-002",
        "房产面积测绘",
        "测绘服务",
        "SURVEY@2",
        Matter("SP-0302", "不动产首次登记", "市自然资源局"),
        "不动产登记暂行条例第十六条",
    ),
    Line(
        "ZJ-C-001",
        "工程造价咨询",
        "工程咨询",
        "COST@2",
        Matter("SP-0401", "政府投资项目概算审批", "市发展改革局"),
        "政府投资条例第十条",
        "260000",
    ),
    Line(
        "ZJ-C-002",
        "可行性研究报告编制",
        "工程咨询",
        "CONSULT@2",
        Matter("SP-0402", "政府投资项目可行性研究报告审批", "市发展改革局"),
        "政府投资条例第九条",
        "400000",
    ),
    Line(
        "ZJ-C-003",
        "项目可行性研究报告评估",
        "工程咨询",
        "CONSULT@1 & (COST | SUPERVISE@2)",
        Matter("SP-0402", "政府投资项目可行性研究报告审批", "市发展改革局"),
        "政府投资条例第十一条",
    ),
    Line(
        "ZJ-D-001",
        "施工监理",
        "工程监理",
        "SUPERVISE@2",
        Matter("SP-0501", "建筑工程施工许可证核发", "市住房城乡建设局"),
        "建筑法第三十条",
        "600000",
    ),
    Line(
        "ZJ-E-001",
        "消防设施检测",
        "检测服务",
        "FIRE",
        Matter("SP-0601", "建设工程消防验收", "市住房城乡建设局"),
        "消防法第十三条、第三十四条",
    ),
    Line(
        "ZJ-E-002",
        "雷电防护装置检测",
        "检测服务",
        "LIGHTNING@2",
        Matter("SP-0602", "雷电防护装置竣工验收", "市气象局"),
        "气象灾害防御条例第二十四条",
    ),
    Line("ZJ-F-001", "资产评估", "评估服务", "", Matter("SP-0701", "国有资产处置核准", "市财政局"), "资产评估法第三条"),
)


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


@dataclass(frozen=True, slots=True)
class Supermarket:
    """What was built, by name, for whoever goes on from here."""

    items: dict[str, int]
    agencies: dict[str, int]
    owner_id: int
    needs: dict[str, int]


def build(*, at: datetime) -> Supermarket:
    """Fill the supermarket as of `at`: a catalogue, ten agencies, one owner, one entry to check, and its needs."""
    items = _catalogue()
    agencies = _agencies(items)
    owner = entries.admit(actor=CLERK, facts=_owner(), at=LONG_AGO)
    _newcomer(items, at)
    _subscriptions(items)
    needs = _needs(items, at)
    return Supermarket(items, agencies, owner, needs)


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


def _catalogue() -> dict[str, int]:
    for code, (name, grades) in QUALIFICATIONS.items():
        catalogues.enter_qualification(actor=CLERK, code=code, name=name, grades=grades, at=LONG_AGO)
    return {line.code: catalogues.enter_item(actor=CLERK, facts=_item(line), at=LONG_AGO) for line in CATALOGUE}


def _item(line: Line) -> ItemFacts:
    price = (
        PriceGuidance(high=Decimal(line.high), basis="佛山市中介服务收费参考（示范）") if line.high else PriceGuidance()
    )
    return ItemFacts(
        code=line.code,
        name=line.name,
        service_type=line.kind,
        legal_basis=line.basis,
        requirement=parse(line.requirement),
        matters=(line.matter,),
        price=price,
    )


def _agencies(items: dict[str, int]) -> dict[str, int]:
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


def _owner() -> Admission:
    return Admission(organisation_id("water"), EntrantKind.OWNER, contact_name="邓办", contact_phone="0757-83000001")


def _newcomer(items: dict[str, int], at: datetime) -> None:
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


def _subscriptions(items: dict[str, int]) -> None:
    for key, item in (("agency1", "ZJ-A-001"), ("agency2", "ZJ-C-001"), ("agency1", "ZJ-B-001")):
        facts = SubscriptionFacts(items[item], REGION)
        signups.subscribe(actor=actor(key), facts=facts, at=LONG_AGO)


def _needs(items: dict[str, int], at: datetime) -> dict[str, int]:
    """Open ones in each method, one to audit, one in the owner's chain, a draft, a failed round, and a waiting case."""
    base = base_need(items)
    priced = replace(
        base, title="季华路改造工程规划放线测量", item_id=items["ZJ-B-001"], method=Method.LOWEST_PRICE,
        requirement=parse("SURVEY@2"), floor_price=Decimal("40000.00"), ceiling_price=Decimal("80000.00"),
    )  # fmt: skip
    report_need = replace(
        base, title="城区污水处理厂三期环境影响报告书编制", item_id=items["ZJ-A-001"], method=Method.PROPOSAL_MERIT,
        requirement=parse("EIA"), ceiling_price=Decimal("320000.00"),
        criteria=(Criterion("技术方案", 50), Criterion("项目负责人业绩", 20), Criterion("报价", 30)),
    )  # fmt: skip
    rated = replace(
        base, title="东平水道堤岸加固工程造价咨询", item_id=items["ZJ-C-001"], method=Method.BEST_PRICE,
        requirement=parse("COST@2"), quote_kind=QuoteKind.DISCOUNT_RATE, floor_price=Decimal("180000.00"),
        ceiling_price=Decimal("260000.00"),
    )  # fmt: skip
    drawn = replace(
        base, title="南海桂城泵站雷电防护装置检测", item_id=items["ZJ-E-002"], requirement=parse("LIGHTNING@2"),
        ceiling_price=Decimal("28000.00"),
    )  # fmt: skip
    yesterday = at - timedelta(hours=20)
    made = {
        "priced": _publish(priced, at=yesterday),
        "report": _publish(report_need, at=yesterday),
        "rated": _publish(rated, at=yesterday),
        "failed": _publish(drawn, at=at - timedelta(days=20)),
    }
    for who, quote in ((actor("agency2"), "62000.00"), (agency_actor(3), "59800.00")):
        signups.sign_up(
            actor=who, procurement_id=made["priced"], at=at - timedelta(hours=1), key="demo", quote=Decimal(quote)
        )
    signups.advance_due(at)
    live = replace(
        priced, title="澜石大桥引桥沉降测量", method=Method.LIVE_BIDDING, bid_step=Decimal("500.00"),
        ceiling_price=Decimal("60000.00"),
    )  # fmt: skip
    made["audit"] = procurements.start_draft(actor=actor("owner1"), need=live, at=yesterday)
    procurements.submit(actor=actor("owner1"), procurement_id=made["audit"], at=yesterday)
    chain = [("科室负责人", person_id("owner2"))]
    procurements.set_chain(actor=actor("owner1"), steps=chain, at=at)
    credit = replace(
        base, title="城区泵站群可行性研究报告编制", item_id=items["ZJ-C-002"], method=Method.CREDIT_MERIT,
        requirement=parse("CONSULT@2"), ceiling_price=Decimal("240000.00"), big_list=6, small_list=3,
    )  # fmt: skip
    made["chain"] = procurements.start_draft(actor=actor("owner1"), need=credit, at=at)
    procurements.submit(actor=actor("owner1"), procurement_id=made["chain"], at=at)
    made["draft"] = procurements.start_draft(
        actor=actor("owner1"),
        need=replace(base, title="第二水厂资产评估", item_id=items["ZJ-F-001"], content=""),
        at=at,
    )
    case = Case("GDFS-2026-000123", "水土保持方案编制", ORGANISATIONS["water"].name, uscc("water"), date(2026, 12, 31))
    intake.receive_case(actor=CLERK, case=case, at=at)
    return made


def base_need(items: dict[str, int]) -> NeedFacts:
    return NeedFacts(
        title="…",
        item_id=items["ZJ-F-001"],
        region=REGION,
        fund=FundSource.FISCAL,
        method=Method.LOTTERY,
        scale="投资约1,800万元",
        content="按国家和行业规范完成本事项的全部中介服务，提交成果文件并配合审批部门审查。",
        service_time="合同签订后30日内",
        contact_name="邓办",
        contact_phone="0757-83000001",
        complaint_phone="0757-83000009",
    )


def _publish(need: NeedFacts, *, at: datetime) -> int:
    made = procurements.start_draft(actor=actor("owner1"), need=need, at=at)
    procurements.submit(actor=actor("owner1"), procurement_id=made, at=at)
    procurements.publish(actor=actor("staff"), procurement_id=made, at=at)
    return made
