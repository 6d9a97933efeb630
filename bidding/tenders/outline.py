"""What a tender document begins with: clauses and scoring table of the sector, with the profile's numbers in place."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import LimitName, ThresholdName
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
    clauses = [{**row, "text": row["text"].format_map(words)} for row in [*common["clause"], *own.get("clause", [])]]
    clauses.sort(key=lambda row: CHAPTERS.index(row["chapter"]))
    return parse({"clauses": clauses, "scoring": own["scoring"]})


def _words(profile: ProcedureProfile) -> Mapping[str, str]:
    performance, sme = (
        profile.threshold(ThresholdName.PERFORMANCE_SHARE),
        profile.threshold(ThresholdName.SME_DEDUCTION),
    )
    return {
        "documents": "、".join(part.label_zh for part in profile.documents if part.stage == "BID"),
        "clarification": _limit(profile, LimitName.CLARIFICATION),
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
