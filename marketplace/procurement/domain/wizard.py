"""The way through a need, step by step: which fields stand in which step, and what each still lacks. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from marketplace.procurement.domain.methods import Method
from marketplace.procurement.domain.needs import Gap, NeedFacts


class WizardStep(StrEnum):
    WHAT = "WHAT"
    MONEY = "MONEY"
    METHOD = "METHOD"
    DETAILS = "DETAILS"
    """What the chosen method asks for besides; most ask for nothing."""
    AGENCIES = "AGENCIES"
    CONTACTS = "CONTACTS"

    @property
    def slug(self) -> str:
        """As addresses spell it."""
        return self.value.lower()


_FIELDS: Mapping[WizardStep, tuple[str, ...]] = {
    WizardStep.WHAT: (
        "title", "item", "region", "scale", "content", "service_time", "case_number", "investment_approval",
    ),
    WizardStep.MONEY: ("fund", "exemption", "amount_defined", "ceiling_price", "floor_price"),
    WizardStep.METHOD: ("method", "quote_kind"),
    WizardStep.AGENCIES: ("requirement", "avoided", "avoidance_reason", "sign_up_days", "urgent", "urgent_reason"),
    WizardStep.CONTACTS: ("contact_name", "contact_phone", "complaint_phone", "disclose_price", "disclose_contract"),
}  # fmt: skip
_DETAILS: Mapping[Method, tuple[str, ...]] = {
    Method.LIVE_BIDDING: ("bid_step",),
    Method.CREDIT_MERIT: ("big_list", "small_list"),
    Method.PROPOSAL_MERIT: ("criteria",),
    Method.DIRECT: ("named_agency", "direct_reason"),
}


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step of a need with what is missing in it."""

    step: WizardStep
    gaps: tuple[Gap, ...]


def fields_of(step: WizardStep, method: Method) -> tuple[str, ...]:
    """The fields of a step; those of the details follow from the method."""
    return _DETAILS.get(method, ()) if step is WizardStep.DETAILS else _FIELDS[step]


def steps_of(need: NeedFacts) -> tuple[StepTaken, ...]:
    """The steps that this need goes through, in order; every gap stands in one of them."""
    gaps = need.gaps()
    walked = [step for step in WizardStep if fields_of(step, need.method)]
    return tuple(
        StepTaken(step, tuple(gap for gap in gaps if gap.field in fields_of(step, need.method))) for step in walked
    )


def step_after(step: WizardStep, need: NeedFacts) -> WizardStep | None:
    """The next step; None after the last."""
    walked = [one.step for one in steps_of(need)]
    later = [one for one in walked if list(WizardStep).index(one) > list(WizardStep).index(step)]
    return later[0] if later else None
