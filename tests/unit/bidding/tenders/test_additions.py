"""An addition from the first supplier: at most a tenth of the original contract, everything before it counted."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bidding.tenders.domain.additions import AdditionTooLarge, Original, reckon
from bidding.tenders.domain.single_source import Ground, as_content, lacking, parse
from tests.single_source import single_source
from tests.unit.bidding.tenders.test_rules import profile

D = Decimal
SOURCE = "政府采购法第三十一条第三项"


def test_all_additions_together_may_reach_a_tenth_and_not_a_fen_more() -> None:
    reached = reckon(D("1000000"), before=D("60000"), asked=D("40000"), share=D("0.1"), source=SOURCE)
    reached.require()
    assert reached.as_json() == {
        "original": "1000000.00", "before": "60000.00", "asked": "40000.00", "total": "100000.00",
        "most": "100000.00", "source": SOURCE,
    }  # fmt: skip
    with pytest.raises(AdditionTooLarge):
        replace(reached, asked=D("40000.01")).require()


def test_the_most_is_never_rounded_up() -> None:
    assert reckon(D("100.09"), before=D(0), asked=D(1), share=D("0.1"), source=SOURCE).most == D("10.00")
    assert reckon(D("100.10"), before=D(0), asked=D(1), share=D("0.1"), source=SOURCE).most == D("10.01")


def test_an_addition_names_its_original_contract_and_no_other_case_does() -> None:
    procedure = profile("GOV_SINGLE_SOURCE")
    said = replace(single_source(), ground=Ground.ADDITION, experts=())
    assert list(lacking(said, procedure)) == ["the original contract with its number and amount"]
    stated = replace(said, original=Original("HT-2026-8", "1000000.00", "0.00"))
    assert not list(lacking(stated, procedure))
    assert not list(lacking(replace(said, ground=Ground.URGENT), procedure))
    assert parse(as_content(stated)) == stated
