"""The credit score, ratings, lists and leaderboards by their published rules."""

from datetime import date
from decimal import Decimal

import pytest

from marketplace.credit.domain.boards import Contract, board
from marketplace.credit.domain.listing import HearingFirst, require_heard
from marketplace.credit.domain.ratings import RatingNeedsEvidence, Side, Stars, StarsWrong
from marketplace.credit.domain.scoring import Event, EventKind, Rules, score

RULES = Rules(
    start=Decimal(80),
    maximum=Decimal(100),
    alert_below=Decimal(60),
    good_rating=Decimal(1),
    poor_rating=Decimal(3),
    ratings_per_owner=2,
)
DAY, LATER = date(2026, 3, 2), date(2028, 3, 2)


def rating(number, stars="5", **facts):
    return Event(number, EventKind.RATING, DAY, LATER, stars=Decimal(stars), **{"owner_id": 1, **facts})


def loss(number, points, kind=EventKind.GAVE_UP, **facts):
    return Event(number, kind, DAY, LATER, points=Decimal(points), **facts)


def test_a_score_adds_what_counts_and_says_why_the_rest_does_not():
    events = [
        rating(1), rating(2), rating(3), rating(4, owner_id=2, linked=True), rating(5, owner_id=3, by_rule=True),
        rating(6, "2.50", owner_id=4), loss(7, "-10"), loss(8, "-40", repaired_by="佛数〔2026〕1号"),
    ]  # fmt: skip

    result = score(events, RULES, on=DAY)

    assert result.points == Decimal("80") + 1 + 1 - 3 - 10
    assert [item.reason for item in result.items] == [
        "COUNTS", "COUNTS", "SAME_OWNER", "LINKED", "BY_RULE", "COUNTS", "COUNTS", "REPAIRED",
    ]  # fmt: skip


def test_a_score_stays_within_its_bounds_warns_and_forgets():
    assert score([loss(1, "-90")], RULES, on=DAY).points == 0
    assert score([loss(1, "-21")], RULES, on=DAY).alert
    assert score([loss(1, "-21")], RULES, on=date(2028, 3, 3)).points == 80
    assert score([rating(n, owner_id=n) for n in range(30)], RULES, on=DAY).points == 100


def test_few_stars_need_a_reason():
    stars = Stars(Side.OWNER, {"QUALITY": 2, "TIME": 5, "ATTITUDE": 4, "CHARGES": 4})

    assert stars.mean == Decimal("3.75")
    with pytest.raises(RatingNeedsEvidence):
        stars.check(most=5, words=" ", has_document=False)
    with pytest.raises(StarsWrong):
        Stars(Side.OWNER, {"QUALITY": 6, "TIME": 5, "ATTITUDE": 4, "CHARGES": 4}).check(
            most=5, words="", has_document=True
        )


def test_nobody_is_banned_unheard():
    require_heard(statement="我们的陈述", until=DAY, today=DAY)
    require_heard(statement="", until=DAY, today=date(2026, 3, 3))
    with pytest.raises(HearingFirst):
        require_heard(statement="", until=DAY, today=DAY)


def test_splitting_and_self_dealing_climb_no_board():
    honest = [Contract(1, owner, Decimal("50000"), linked=False) for owner in (1, 2)]
    split = [Contract(2, 9, Decimal("90000"), linked=False) for _ in range(20)]
    selfish = [Contract(3, owner, Decimal("900000"), linked=True) for owner in range(10, 20)]

    ranked = board([*split, *selfish, *honest], cap_per_owner=Decimal("100000"))

    assert [one.agency_id for one in ranked] == [1, 2, 3]
    assert (ranked[1].owners, ranked[1].contracts, ranked[1].amount) == (1, 20, Decimal("100000"))
    assert (ranked[2].owners, ranked[2].linked) == (0, 10)
