"""The pure rules of the supermarket: scope, split needs, quotes, minima, eligibility, times."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from commons.domain.calendar import DayMark, WorkingDays
from marketplace.catalogue.domain.requirements import parse
from marketplace.entry.domain.checks import Findings, Listing, failed, run
from marketplace.entry.domain.eligibility import AgencyFacts, Bar, Control, Demand, Qualification, assess
from marketplace.entry.domain.entrants import CheckKind, EntrantKind, EntrantState
from marketplace.procurement.domain.methods import FundSource, Method, QuoteKind, may_change_method, minimum_sign_ups
from marketplace.procurement.domain.needs import Criterion, NeedFacts
from marketplace.procurement.domain.quotes import QuoteOutOfRange, QuoteRule, price_of
from marketplace.procurement.domain.scope import Exemption, Limit, ScopeFacts, ScopeLimits, ScopeVerdict, decide_scope
from marketplace.procurement.domain.splitting import EarlierNeed, look_for_split
from marketplace.procurement.domain.timetable import SignUpTooShort, timetable
from marketplace.signups.domain.signups import Commitment, SubscriptionFacts

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
GUANGDONG = ScopeLimits(
    Limit(Decimal(1_000_000), "集中采购目录及标准"), Limit(Decimal(4_000_000), "集中采购目录及标准")
)
FISCAL = ScopeFacts(FundSource.FISCAL, Decimal(200_000), on_list=True, in_central_catalogue=False)
VERDICTS = [
    (FISCAL, ScopeVerdict.MUST),
    (replace(FISCAL, amount=Decimal("999999.99")), ScopeVerdict.MUST),
    (replace(FISCAL, amount=Decimal(1_000_000)), ScopeVerdict.MUST_NOT),
    (replace(FISCAL, amount=Decimal(4_000_000)), ScopeVerdict.MUST_NOT),
    (replace(FISCAL, amount=None), ScopeVerdict.MUST),
    (replace(FISCAL, on_list=False), ScopeVerdict.MAY),
    (replace(FISCAL, in_central_catalogue=True), ScopeVerdict.MUST_NOT),
    (replace(FISCAL, fund=FundSource.SOCIAL, amount=Decimal(9_000_000)), ScopeVerdict.MAY),
    (replace(FISCAL, exemption=Exemption.DISASTER), ScopeVerdict.MAY),
    (replace(FISCAL, exemption=Exemption.STATE_SECRET, fund=FundSource.SOCIAL), ScopeVerdict.MUST_NOT),
]


@pytest.mark.parametrize(("facts", "verdict"), VERDICTS)
def test_the_scope_is_decided_and_every_step_names_its_source(facts, verdict):
    decision = decide_scope(facts, GUANGDONG)

    assert decision.verdict is verdict
    assert all(reason.source for reason in decision.reasons)


def test_needs_that_reach_the_limit_only_together_raise_an_alert():
    earlier = [EarlierNeed(1, "F03…1", "一期", Decimal(600_000), date(2026, 3, 1))]
    limit = Decimal(1_000_000)

    alert = look_for_split(Decimal(400_000), earlier, limit=limit, months=12)

    assert alert is not None
    assert alert.total == limit
    assert look_for_split(Decimal("399999.99"), earlier, limit=limit, months=12) is None
    assert look_for_split(Decimal(1_200_000), earlier, limit=limit, months=12) is None
    assert look_for_split(Decimal(400_000), earlier, limit=None, months=12) is None


NUMBERS = {
    "supermarket.minimum_sign_ups": 3,
    "supermarket.minimum_merit_sign_ups": 2,
    "supermarket.minimum_social_sign_ups": 1,
    "supermarket.failed_rounds_for_method_change": 2,
}


@pytest.mark.parametrize(
    ("method", "fund", "least"),
    [(Method.LOTTERY, FundSource.FISCAL, 3), (Method.LOWEST_PRICE, FundSource.STATE, 3),
     (Method.BEST_PRICE, FundSource.SOCIAL, 1), (Method.AVERAGE_PRICE, FundSource.SOCIAL, 3),
     (Method.CREDIT_MERIT, FundSource.FISCAL, 2), (Method.DIRECT, FundSource.FISCAL, 0)],
)  # fmt: skip
def test_how_many_must_sign_up_depends_on_method_and_money(method, fund, least):
    assert minimum_sign_ups(method, fund, NUMBERS).number == least


def test_the_method_may_change_after_two_failed_rounds():
    assert [may_change_method(failed_rounds, NUMBERS) for failed_rounds in (0, 1, 2, 3)] == [False, False, True, True]


def test_discounts_are_percent_off_the_ceiling_and_end_at_the_floor():
    rule = QuoteRule(Method.BEST_PRICE, QuoteKind.DISCOUNT_RATE, Decimal(180_000), Decimal(260_000))

    assert rule.span() == (Decimal(0), Decimal("30.77"))
    assert rule.check(Decimal("12.5")) == Decimal("12.50")
    assert price_of(Decimal("12.5"), QuoteKind.DISCOUNT_RATE, Decimal(260_000)) == Decimal("227500.00")
    with pytest.raises(QuoteOutOfRange):
        rule.check(Decimal("30.78"))


HELD = Qualification("SURVEY", 2, "N1", date(2024, 1, 1), date(2026, 11, 23))
AGENCY = AgencyFacts(
    agency_id=1, organisation_id=1, state=EntrantState.PUBLISHED, recheck_due_on=date(2027, 1, 1),
    licence_until=date(2030, 1, 1), restricted_until=None, item_ids=frozenset({7}), qualifications=(HELD,),
    control=Control("A", "张三", ""),
)  # fmt: skip
DEMAND = Demand(7, parse("SURVEY@2"), Control("B", "李四", ""))
TOMORROW = AT + timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "demand", "at", "bars"),
    [(AGENCY, DEMAND, AT, []),
     (AGENCY, DEMAND, TOMORROW, [Bar.QUALIFICATION_EXPIRED]),
     (replace(AGENCY, qualifications=(replace(HELD, revoked=True),)), DEMAND, AT, [Bar.QUALIFICATION_EXPIRED]),
     (replace(AGENCY, qualifications=()), DEMAND, AT, [Bar.QUALIFICATION_MISSING]),
     (replace(AGENCY, recheck_due_on=date(2026, 11, 22)), DEMAND, AT, [Bar.RECHECK_OVERDUE]),
     (replace(AGENCY, state=EntrantState.SUSPENDED), DEMAND, AT, [Bar.NOT_PUBLISHED]),
     (replace(AGENCY, restricted_until=TOMORROW), DEMAND, AT, [Bar.RESTRICTED]),
     (replace(AGENCY, licence_until=date(2026, 1, 1)), DEMAND, AT, [Bar.LICENCE_EXPIRED]),
     (AGENCY, replace(DEMAND, item_id=8), AT, [Bar.NOT_OFFERED]),
     (AGENCY, replace(DEMAND, owner=Control("B", "张三")), AT, [Bar.RELATED]),
     (AGENCY, replace(DEMAND, owner=Control("B", "李四", "A")), AT, [Bar.RELATED]),
     (replace(AGENCY, control=Control("A", "", "H")), replace(DEMAND, owner=Control("B", "", "H")), AT, [Bar.RELATED]),
     (AGENCY, replace(DEMAND, avoided=("A",)), AT, [Bar.AVOIDED])],
)  # fmt: skip
def test_every_reason_that_keeps_an_agency_out_is_found(facts, demand, at, bars):
    assert [one.bar for one in assess(facts, demand, at=at).bars] == bars


def test_an_owner_without_legal_representative_is_nobody_s_relative():
    assert not Control("A").related_to(Control("B"))


def test_a_listed_organisation_fails_its_check_and_an_ended_entry_does_not_count():
    on = date(2026, 11, 23)
    clean = Findings(EntrantKind.OWNER, "914403001922038216", None, (), (), committed=False, restricted=False,
                     asks_for_qualification=False)  # fmt: skip
    ended = Listing(CheckKind.DISHONESTY, "X", date(2020, 1, 1), date(2021, 1, 1))
    listed = Listing(CheckKind.ABNORMAL_OPERATION, "Y", date(2026, 1, 1))

    assert failed(run(replace(clean, listings=(ended,)), on=on)) is None
    bad = failed(run(replace(clean, listings=(ended, listed)), on=on))
    assert bad is not None
    assert bad.kind is CheckKind.ABNORMAL_OPERATION
    agency = failed(run(replace(clean, kind=EntrantKind.AGENCY), on=on))
    assert agency is not None
    assert agency.kind is CheckKind.LICENCE


NEED = NeedFacts("T", 1, "440600", FundSource.SOCIAL, Method.LOTTERY, content="c", service_time="t",
                 ceiling_price=Decimal(1), contact_name="n", contact_phone="p", complaint_phone="q")  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [({}, None), ({"content": " "}, "content"), ({"ceiling_price": None}, "ceiling_price"),
     ({"urgent": True}, "urgent_reason"), ({"avoided": ("A",)}, "avoidance_reason"),
     ({"method": Method.DIRECT}, "named_agency"), ({"method": Method.CREDIT_MERIT}, "big_list"),
     ({"method": Method.CREDIT_MERIT, "big_list": 2, "small_list": 3}, "big_list"),
     ({"method": Method.PROPOSAL_MERIT, "criteria": (Criterion("a", 99),)}, "criteria"),
     ({"method": Method.LIVE_BIDDING}, "bid_step"), ({"quote_kind": QuoteKind.DISCOUNT_RATE}, "quote_kind"),
     ({"investment_approval": True}, "case_number"), ({"floor_price": Decimal(2)}, "floor_price")],
)  # fmt: skip
def test_what_is_still_to_be_said_is_named(changes, field):
    gaps = replace(NEED, **changes).gaps()

    assert [gap.field for gap in gaps][:1] == ([field] if field else [])


def test_the_round_ends_with_a_working_day_and_selects_on_the_next():
    holiday = WorkingDays({date(2026, 11, 25): DayMark(False, "示范假日")}, frozenset({2026}))

    found = timetable(published_at=AT, days=0, least=3, calendar=holiday)

    assert found.sign_up_until == datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert found.selection_at == datetime(2026, 11, 30, 2, tzinfo=UTC)
    with pytest.raises(SignUpTooShort):
        timetable(published_at=AT, days=2, least=3, calendar=holiday)


def test_a_commitment_changes_with_everything_that_it_says():
    said = Commitment("F03", 1, "A", "2026-11-23T02:00:00.000Z", Decimal("1.00"), "", "ab" * 16)
    changes: list[dict[str, Any]] = [{"procurement": "F04"}, {"version": 2}, {"agency": "B"}, {"signed_up_at": "…"},
               {"quote": Decimal("1.01")}, {"quote": None}, {"proposal_sha256": "ff"}, {"salt": "cd" * 16}]  # fmt: skip

    assert len({replace(said, **change).digest() for change in changes} | {said.digest()}) == 9


def test_a_subscription_reaches_down_its_region_and_up_from_its_price():
    wants = SubscriptionFacts(None, "440600", Decimal(100))

    assert wants.wants(item_id=1, region="440604", ceiling=Decimal(100))
    assert not wants.wants(item_id=1, region="440100", ceiling=Decimal(100))
    assert not wants.wants(item_id=1, region="440600", ceiling=Decimal("99.99"))
    assert not SubscriptionFacts(2).wants(item_id=1, region="440600", ceiling=None)
