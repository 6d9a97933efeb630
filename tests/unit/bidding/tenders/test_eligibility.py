"""Who may bid, and what the secrecy matrix shows."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.tenders.domain.eligibility import Bar, Facts, MayNotBid, eligibility
from bidding.tenders.domain.secrecy import Sight, Stage, Viewer, sight

DEADLINE = datetime(2026, 4, 1, 1, 30, tzinfo=UTC)
FIT = {
    "open": True,
    "deadline": DEADLINE,
    "is_owner": False,
    "needs_invitation": False,
    "invited": False,
    "needs_qualification": False,
    "qualified": False,
    "took_documents": True,
}


def facts(**changes: object) -> Facts:
    return Facts(**{**FIT, **changes})  # type: ignore[arg-type]


def test_whoever_took_the_documents_may_bid_until_the_deadline() -> None:
    assert eligibility(facts(), at=DEADLINE - timedelta(milliseconds=1)).may_bid
    assert eligibility(facts(), at=DEADLINE).bars == (Bar.DEADLINE_PASSED,)


@pytest.mark.parametrize(
    ("changes", "bar"),
    [
        ({"open": False}, Bar.NOT_OPEN),
        ({"is_owner": True}, Bar.IS_OWNER),
        ({"needs_invitation": True}, Bar.NOT_INVITED),
        ({"needs_qualification": True}, Bar.NOT_QUALIFIED),
        ({"took_documents": False}, Bar.DOCUMENTS_NOT_TAKEN),
    ],
)
def test_each_bar_has_its_reason(changes: dict[str, object], bar: Bar) -> None:
    found = eligibility(facts(**changes), at=DEADLINE - timedelta(days=1))

    assert found.bars == (bar,)
    with pytest.raises(MayNotBid):
        found.require()


def test_nobody_sees_takers_or_their_number_before_the_opening() -> None:
    for viewer in Viewer:
        for stage in (Stage.BEFORE, Stage.JUDGING):
            assert not sight(stage, viewer) & (Sight.TAKERS | Sight.COUNT)
    assert sight(Stage.BEFORE, Viewer.STAFF) is Sight.NOTHING
    assert sight(Stage.OPENED, Viewer.BIDDER) is Sight.NOTHING
    assert sight(Stage.OPENED, Viewer.AUDITOR) & Sight.COUNT
