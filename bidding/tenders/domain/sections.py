"""What a section may ask: estimate, ceiling, bond, number of awards."""

from dataclasses import dataclass
from decimal import Decimal

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import Switch, ThresholdName
from commons.domain.money import normal_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


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
    if draft.kind not in ("WORKS", "GOODS", "SERVICES"):
        raise SectionInvalid(reason=gettext_noop("it is works, goods or services"))
    if draft.price_kind not in profile.price_kinds:
        raise SectionInvalid(reason=gettext_noop("this procedure does not take prices of that kind"))
    if draft.price_kind == "DISCOUNT_RATE" and draft.ceiling is None:
        raise SectionInvalid(reason=gettext_noop("a discount rate needs the ceiling that it discounts"))
    if draft.ceiling is not None and draft.ceiling <= 0:
        raise SectionInvalid(reason=gettext_noop("the ceiling must be above zero"))
    if draft.alternatives and not profile.has(Switch.ALTERNATIVE_CEILINGS):
        raise SectionInvalid(reason=gettext_noop("this procedure has one ceiling for each section"))
    if draft.awards < 1 or (draft.awards > 1 and not profile.has(Switch.FRAMEWORK)):
        raise SectionInvalid(reason=gettext_noop("only a framework is awarded to several"))
    _check_bond(draft, profile)


def _check_bond(draft: SectionTermsDraft, profile: ProcedureProfile) -> None:
    if draft.bond is None:
        return
    found = bond_cap(profile, draft.estimate)
    if found is None or draft.bond < 0:
        raise SectionInvalid(reason=gettext_noop("this procedure asks for no bond"))
    cap, source = found
    if draft.bond > cap:
        raise BondTooHigh(bond=normal_text(draft.bond), cap=normal_text(cap), source=source)
