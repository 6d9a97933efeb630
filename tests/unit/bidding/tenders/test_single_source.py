"""What the notice of a single source must say, by the procedure and the case of the law."""

from dataclasses import replace

import pytest

from bidding.tenders.domain.single_source import Ground, SingleSource, as_content, lacking, parse
from tests.single_source import single_source
from tests.unit.bidding.tenders.test_rules import profile

SAID = single_source()
GOVERNMENT, ENTERPRISE = "GOV_SINGLE_SOURCE", "SOE_DIRECT"


@pytest.mark.parametrize("code", [GOVERNMENT, ENTERPRISE])
def test_all_that_is_published_lacks_nothing_and_is_stored_as_it_was_said(code: str) -> None:
    assert not list(lacking(SAID, profile(code)))
    assert parse(as_content(SAID)) == SAID
    assert parse({}) == SingleSource()


def test_only_the_case_of_an_only_supplier_asks_for_experts() -> None:
    unsaid = replace(SAID, experts=())

    assert list(lacking(unsaid, profile(GOVERNMENT))) == ["the experts' opinions"]
    assert not list(lacking(replace(unsaid, ground=Ground.URGENT), profile(GOVERNMENT)))


def test_an_expert_without_title_or_employer_is_not_complete() -> None:
    first = replace(SAID.experts[0], employer="")

    assert list(lacking(replace(SAID, experts=(first,)), profile(GOVERNMENT))) == [
        "name, employer, title and opinion of each expert"
    ]


def test_an_enterprise_states_supplier_reason_and_where_objections_go() -> None:
    assert list(lacking(SingleSource(), profile(ENTERPRISE))) == [
        "why one supplier alone is asked",
        "the supplier's address",
        "the address for objections",
    ]
