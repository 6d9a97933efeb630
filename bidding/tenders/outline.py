"""What a tender document begins with: clauses and scoring table of the sector, with the profile's numbers in place."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import OWNERS, LimitName, OwnerKind, Sector, Switch, ThresholdName
from bidding.tenders.domain.document import CHAPTERS, TenderDocument, parse
from commons.domain.deadlines import Unit
from commons.domain.money import normal_text

FOLDER = Path(__file__).with_name("outlines")
_UNITS = {Unit.DAY: "日", Unit.WORKING_DAY: "个工作日", Unit.HOUR: "小时", Unit.MINUTE: "分钟"}
_NONE = "规定时间"


def template_of(profile: ProcedureProfile) -> TenderDocument:
    """The document that a procedure's owner begins with; it is Chinese, as what is published is."""
    common, sectors = _data("common.toml"), _data("sectors.toml")
    own = sectors[profile.sector.value]
    words = _words(profile)
    rows = {(row["chapter"], row["number"]): row for row in common["clause"] if _asked(row, profile)}
    rows |= {(row["chapter"], row["number"]): row for row in own.get("clause", [])}
    clauses = [
        {**row, "title": row["title"].format_map(words), "text": row["text"].format_map(words)} for row in rows.values()
    ]
    clauses.sort(key=lambda row: CHAPTERS.index(row["chapter"]))
    return parse({"clauses": clauses, "scoring": own["scoring"]})


def _asked(row: Mapping[str, Any], profile: ProcedureProfile) -> bool:
    return "switch" not in row or profile.has(Switch(row["switch"]))


_TENDER = {
    "activity": "招标",
    "joining": "投标",
    "bidding": "投标",
    "bidder": "投标人",
    "document": "招标文件",
    "bid": "投标文件",
    "deadline": "投标截止时间",
    "committee": "评标委员会",
    "winner": "中标人",
    "result": "中标",
    "rejection": "否决投标",
    "rejected": "否决其投标",
}
_PURCHASE = {
    "activity": "采购",
    "joining": "的采购活动",
    "bidding": "响应",
    "bidder": "供应商",
    "document": "采购文件",
    "bid": "响应文件",
    "deadline": "响应截止时间",
    "committee": "评审小组",
    "winner": "成交供应商",
    "result": "成交",
    "rejection": "响应无效",
    "rejected": "其响应无效",
}
_ENGAGED = {
    **_PURCHASE,
    "activity": "选聘",
    "joining": "的选聘活动",
    "bidder": "物业服务企业",
    "document": "选聘文件",
    "winner": "成交企业",
}
_FRAMEWORK = {**_PURCHASE, "winner": "入围供应商", "result": "入围"}
"""How the law calls what happens in a tender, in another way of buying, and on the way into a framework."""


def _called(profile: ProcedureProfile) -> Mapping[str, str]:
    """The two sides, their papers, and what bounds a price."""
    is_right = profile.sector is Sector.LAND
    kind = _FRAMEWORK if profile.has(Switch.FRAMEWORK) else _TENDER if profile.is_tender else _PURCHASE
    if profile.owner_kind is OwnerKind.DEVELOPER:
        kind = _ENGAGED
    return {
        **kind,
        "owner": OWNERS[profile.owner_kind],
        "taker": "受让方" if profile.owner_kind is OwnerKind.TRANSFEROR else "受让人",
        "limit": "起始价" if is_right else "最高限价",
        "beyond": "低于起始价或者高于最高限价" if is_right else "高于最高限价",
        "sealing": "、加密" if profile.has(Switch.SEALED) else "",
    }


def _words(profile: ProcedureProfile) -> Mapping[str, str]:
    performance, sme = (
        profile.threshold(ThresholdName.PERFORMANCE_SHARE),
        profile.threshold(ThresholdName.SME_DEDUCTION),
    )
    clarified = profile.limit(LimitName.CLARIFICATION) is not None
    return {
        **_called(profile),
        "documents": "、".join(part.label_zh for part in profile.documents if part.stage == "BID"),
        "clarification": f"至少{_limit(profile, LimitName.CLARIFICATION)}" if clarified else "",
        "decryption": _limit(profile, LimitName.DECRYPTION),
        "objection": _limit(profile, LimitName.OBJECTION_DOCUMENTS),
        "answer": _limit(profile, LimitName.OBJECTION_ANSWER),
        "contract": _limit(profile, LimitName.CONTRACT),
        "candidates": normal_text(profile.threshold(ThresholdName.CANDIDATES_MAXIMUM) or Decimal(3)),
        "performance": f"{normal_text(performance * 100)}%" if performance else "10%",
        "sme": f"{normal_text(sme * 100)}%" if sme else "—",
    }


def _limit(profile: ProcedureProfile, name: LimitName) -> str:
    found = profile.limit(name)
    return f"{found.count}{_UNITS[found.unit]}" if found else _NONE


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
