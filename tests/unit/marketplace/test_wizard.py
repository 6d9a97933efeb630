"""The steps of a need: every field in one of them, every gap named where it can be filled."""

from dataclasses import replace

import pytest

from marketplace.procurement.domain.methods import FundSource, Method
from marketplace.procurement.domain.needs import NeedFacts
from marketplace.procurement.domain.wizard import WizardStep, fields_of, step_after, steps_of
from marketplace.procurement.forms import NeedForm

EMPTY = NeedFacts(
    title="", item_id=1, region="440600", fund=FundSource.SOCIAL, method=Method.LOTTERY, urgent=True,
    avoided=("914403001922038216",), investment_approval=True,
)  # fmt: skip


def test_every_field_of_the_form_stands_in_one_step() -> None:
    common = [name for step in WizardStep if step is not WizardStep.DETAILS for name in fields_of(step, Method.LOTTERY)]
    details = [name for method in Method for name in fields_of(WizardStep.DETAILS, method)]

    assert sorted(common + details) == sorted(NeedForm.base_fields)


@pytest.mark.parametrize("method", Method)
def test_every_gap_is_named_in_a_step(method: Method) -> None:
    need = replace(EMPTY, method=method)

    named = [gap for one in steps_of(need) for gap in one.gaps]

    assert sorted(gap.field for gap in named) == sorted(gap.field for gap in need.gaps())


def test_only_methods_that_ask_for_more_have_a_step_for_it() -> None:
    longer = {method for method in Method if len(steps_of(replace(EMPTY, method=method))) == len(WizardStep)}

    assert longer == {Method.LIVE_BIDDING, Method.CREDIT_MERIT, Method.PROPOSAL_MERIT, Method.DIRECT}
    assert step_after(WizardStep.METHOD, EMPTY) is WizardStep.AGENCIES
    assert step_after(WizardStep.METHOD, replace(EMPTY, method=Method.DIRECT)) is WizardStep.DETAILS
    assert step_after(WizardStep.CONTACTS, EMPTY) is None
