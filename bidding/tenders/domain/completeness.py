"""The completeness check 形式核对 of a tender: the centre asks whether something is there, never whether it is wise."""

from collections.abc import Mapping
from dataclasses import dataclass

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import Switch
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.parameters.domain.legality import Method

ORDER_39 = "公共资源交易平台管理暂行办法（2016年第39号令）"


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One question of the list and its source; `switch` and `method` say for which procedures it is asked."""

    code: str
    question: str
    source: str
    switch: Switch | None = None
    method: Method | None = None


ITEMS = (
    CheckItem("OWNER", gettext_noop("The owner is named with its unified social credit code."), ORDER_39),
    CheckItem("APPROVAL", gettext_noop("The approval of the project is named with its number."), "招标投标法第九条"),
    CheckItem(
        "BUDGET",
        gettext_noop("A plan with its budget stands behind the tender."),
        "政府采购法第三十三条",
        Switch.BUDGET_LINK,
    ),
    CheckItem(
        "SECTIONS", gettext_noop("Each section has its scope, estimate and kind of price."), "招标投标法第十九条"
    ),
    CheckItem(
        "CEILING",
        gettext_noop("Each section states its ceiling price."),
        "招标投标法实施条例第二十七条",
        Switch.CEILING,
    ),
    CheckItem(
        "DOCUMENT",
        gettext_noop("The tender document has every chapter, and a scoring table where bids are scored."),
        "招标投标法第十九条",
    ),
    CheckItem("TIMES", gettext_noop("Each date is stated and keeps its limit."), "招标投标法第二十四条"),
    CheckItem(
        "FINDINGS", gettext_noop("Every clause that looks discriminatory has a public answer."), "实施条例第三十二条"
    ),
    CheckItem("OFFICERS", gettext_noop("The opening officers are chosen."), "电子招标投标办法第三十条", Switch.SEALED),
    CheckItem(
        "FILING",
        gettext_noop("The filing with the authority has its number."),
        "前期物业管理招标投标管理暂行办法第十一条",
        Switch.FILING,
    ),
    CheckItem(
        "SINGLE_SOURCE",
        gettext_noop("The one supplier is named with its address and the reason, with what else is published of it."),
        "财政部令第74号第三十八条",
        method=Method.SINGLE_SOURCE,
    ),
    CheckItem("CONTACT", gettext_noop("A contact for questions is given."), ORDER_39),
)


class TenderCheckIncomplete(Refusal):
    code = "TENDER_CHECK_INCOMPLETE"
    message = gettext_noop("Not every item was found: %(missing)s. Return the tender with the reasons instead.")


class TenderUnready(Refusal):
    """Said to the owner before the tender leaves the desk."""

    code = "TENDER_UNREADY"
    message = gettext_noop("The tender cannot be handed in yet: %(missing)s.")


def items_for(profile: ProcedureProfile) -> tuple[CheckItem, ...]:
    """The questions that are asked of a procedure."""
    asked = (item for item in ITEMS if item.switch is None or profile.has(item.switch))
    return tuple(item for item in asked if item.method in (None, profile.method))


def require_complete(profile: ProcedureProfile, found: Mapping[str, bool]) -> None:
    """Refuses (`TenderCheckIncomplete`) a pass while an item is missing."""
    lacking = [item.code for item in items_for(profile) if not found.get(item.code)]
    if lacking:
        raise TenderCheckIncomplete(missing=", ".join(lacking))
