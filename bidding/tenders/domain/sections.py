"""What a section may ask: estimate, ceiling, bond, grades, number of awards and how a framework is called off."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import Sector, Switch, ThresholdName
from bidding.tenders.domain.grades import grade_of
from bidding.tenders.domain.rights import Right, check_right
from commons.domain.money import normal_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class CallOffMethod(StrEnum):
    """How the supplier of each purchase under a framework is found (财政部令第110号 第32条)."""

    DIRECT = "DIRECT"
    """直接选定: the rule, where the documents say nothing else."""
    COMPETITION = "COMPETITION"
    """二次竞价: sealed quotes below the agreed prices, the lowest supplies (第33条)."""
    ROTATION = "ROTATION"
    """顺序轮候: each in turn, in the order of the first stage (第34条)."""


CALL_OFF_METHODS = {
    CallOffMethod.DIRECT: gettext_noop("chosen by the owner"),
    CallOffMethod.COMPETITION: gettext_noop("second competition by sealed quotes"),
    CallOffMethod.ROTATION: gettext_noop("in turn, in the order of the first stage"),
}
CALL_OFF_SOURCES = {
    CallOffMethod.DIRECT: "财政部令第110号第三十二条",
    CallOffMethod.COMPETITION: "财政部令第110号第三十三条",
    CallOffMethod.ROTATION: "财政部令第110号第三十四条",
}


class SectionInvalid(Refusal):
    code = "SECTION_INVALID"
    message = gettext_noop("The section cannot be kept: %(reason)s.")
    status = 400


class BondTooHigh(Refusal):
    """招标投标法实施条例 第26条: at most 2 % of the estimate, and what the trade's rules cap."""

    code = "BOND_TOO_HIGH"
    message = gettext_noop("The bond of %(bond)s yuan is above %(cap)s yuan (%(source)s). Lower it.")
    status = 400


class BudgetExceeded(Refusal):
    """政府采购法 第6条, 第36条: purchases keep to the budget."""

    code = "BUDGET_EXCEEDED"
    message = gettext_noop("The sections together (%(total)s yuan) exceed the budget of %(budget)s yuan.")


@dataclass(frozen=True, slots=True)
class SectionTermsDraft:
    """What the owner says of one section."""

    title: str
    scope: str
    kind: str
    estimate: Decimal
    price_kind: str
    ceiling: Decimal | None
    bond: Decimal | None
    awards: int = 1
    alternatives: tuple[tuple[str, Decimal], ...] = ()
    call_offs: str = CallOffMethod.DIRECT
    """A name of `CallOffMethod`; of weight in a framework alone."""
    grades: tuple[str, ...] = ()
    """The least grade 资质等级 in each specialty, as a licence spells it: 市政公用工程施工总承包二级."""
    right: Right | None = None
    """What is granted, where the kind is RIGHTS."""


def kinds_of(sector: Sector) -> tuple[str, ...]:
    """What a section of the sector can be: what is bought, or what is granted (国土资源部令第39号)."""
    return ("RIGHTS",) if sector is Sector.LAND else ("WORKS", "GOODS", "SERVICES")


def bond_cap(profile: ProcedureProfile, estimate: Decimal) -> tuple[Decimal, str] | None:
    """The highest bond for an estimate, and its law; None where the procedure knows no bond."""
    caps = []
    if share := profile.thresholds.get(ThresholdName.BOND_SHARE):
        caps.append(((share.value * estimate).quantize(Decimal("0.01")), share.source))
    if cap := profile.thresholds.get(ThresholdName.BOND_CAP):
        caps.append((cap.value, cap.source))
    return min(caps) if caps and profile.has(Switch.BOND) else None


def check_section(draft: SectionTermsDraft, profile: ProcedureProfile) -> None:
    """Refuses what no section of the procedure may ask."""
    if draft.estimate <= 0:
        raise SectionInvalid(reason=gettext_noop("the estimate must be above zero"))
    if draft.kind not in kinds_of(profile.sector):
        raise SectionInvalid(reason=gettext_noop("it is works, goods or services, or a right that is granted"))
    if draft.price_kind not in profile.price_kinds:
        raise SectionInvalid(reason=gettext_noop("this procedure does not take prices of that kind"))
    if draft.price_kind == "DISCOUNT_RATE" and draft.ceiling is None:
        raise SectionInvalid(reason=gettext_noop("a discount rate needs the ceiling that it discounts"))
    if draft.ceiling is not None and draft.ceiling <= 0:
        raise SectionInvalid(reason=gettext_noop("the ceiling must be above zero"))
    if draft.alternatives and not profile.has(Switch.ALTERNATIVE_CEILINGS):
        raise SectionInvalid(reason=gettext_noop("this procedure has one ceiling for each section"))
    _check_alternatives(draft)
    if draft.awards < 1 or (draft.awards > 1 and not profile.has(Switch.FRAMEWORK)):
        raise SectionInvalid(reason=gettext_noop("only a framework is awarded to several"))
    _check_call_offs(draft)
    _check_grades(draft)
    _check_bond(draft, profile)
    _check_right(draft, profile)


def _check_right(draft: SectionTermsDraft, profile: ProcedureProfile) -> None:
    if (draft.kind == "RIGHTS") is (draft.right is None):
        raise SectionInvalid(reason=gettext_noop("a right, and it alone, states its use, area, term and start price"))
    if draft.right is not None:
        check_right(draft.right, profile, ceiling=draft.ceiling, bond=draft.bond)


def _check_alternatives(draft: SectionTermsDraft) -> None:
    if not draft.alternatives:
        return
    if draft.ceiling is None or draft.price_kind != "AMOUNT":
        raise SectionInvalid(reason=gettext_noop("alternative maxima stand beside a ceiling in yuan"))
    if any(not label or ceiling <= 0 for label, ceiling in draft.alternatives):
        raise SectionInvalid(reason=gettext_noop("each alternative maximum has a name and is above zero"))
    if len({label for label, _ceiling in draft.alternatives}) != len(draft.alternatives):
        raise SectionInvalid(reason=gettext_noop("two alternative maxima have one name"))


def _check_call_offs(draft: SectionTermsDraft) -> None:
    if draft.call_offs not in list(CallOffMethod):
        raise SectionInvalid(reason=gettext_noop("call-offs are chosen, competed for or taken in turn"))
    if draft.call_offs != CallOffMethod.DIRECT and draft.awards < 2:
        raise SectionInvalid(reason=gettext_noop("only several suppliers compete or take turns"))


def _check_grades(draft: SectionTermsDraft) -> None:
    found = [grade_of(text) for text in draft.grades]
    if not all(found):
        raise SectionInvalid(reason=gettext_noop("each grade names a specialty and its grade, as a licence does"))
    if len({grade.specialty for grade in found if grade}) != len(found):
        raise SectionInvalid(reason=gettext_noop("a specialty has one least grade"))


def _check_bond(draft: SectionTermsDraft, profile: ProcedureProfile) -> None:
    if draft.bond is None:
        return
    found = bond_cap(profile, draft.estimate)
    if found is None or draft.bond < 0:
        raise SectionInvalid(reason=gettext_noop("this procedure asks for no bond"))
    cap, source = found
    if draft.bond > cap:
        raise BondTooHigh(bond=normal_text(draft.bond), cap=normal_text(cap), source=source)
