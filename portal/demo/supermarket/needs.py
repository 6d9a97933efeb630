"""Needs of the demo supermarket in every stage: drafts, in the owner's chain, to audit, open, failed."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from commons.intake import services as intake
from commons.intake.domain import Case
from marketplace.catalogue.domain.requirements import parse
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.methods import FundSource, Method, QuoteKind
from marketplace.procurement.domain.needs import Criterion, NeedFacts
from marketplace.signups import services as signups
from portal.demo.cast import CLERK, ORGANISATIONS, REGION, actor, person_id, uscc
from portal.demo.supermarket.agencies import agency_actor


def enter_needs(items: dict[str, int], at: datetime) -> dict[str, int]:
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
    _ask(made, yesterday)
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


def _ask(made: dict[str, int], at: datetime) -> None:
    """One question with its answer, and one that waits for owner1."""
    asked = (
        ("agency2", "priced", "成果报告需要提交几份纸质件？"),
        ("agency1", "report", "现有厂区监测数据能否提供？"),
    )
    first, _ = (
        procurements.ask_question(
            actor=actor(who), procurement_id=made[need], text=words, at=at + timedelta(hours=2 + place)
        )
        for place, (who, need, words) in enumerate(asked)
    )
    answer = "纸质件一式四份，另附电子版一份。"
    procurements.answer_question(actor=actor("owner1"), question_id=first, answer=answer, at=at + timedelta(hours=4))


def base_need(items: dict[str, int]) -> NeedFacts:
    """What the needs have in common."""
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
