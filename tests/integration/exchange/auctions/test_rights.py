"""What a buyer may have: the permit it names, its approved need over all lots, and again at the transfer."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from commons.domain.refusals import NotAllowedNow
from exchange.auctions import services as auctions
from exchange.contracts.models import Deal
from exchange.deposits import queries as deposits
from exchange.deposits.domain.states import MoneyState
from exchange.permits import services as permits
from exchange.permits.domain.permits import Industry, Limit, PermitCommand, PermitFacts
from exchange.permits.domain.restrictions import (
    AboveApprovedNeed,
    AreaMissesTarget,
    OutsideBasin,
    PermitNotInForce,
    PermitNotYours,
)
from exchange.permits.domain.sources import SellerPermitAmbiguous
from exchange.permits.models import HoldingMovement
from exchange.projects import services as projects
from exchange.projects.models import Lot, Project
from tests.cast import actor
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_story import TWO, contracted, hammered, paid

pytestmark = pytest.mark.django_db(transaction=True)


def sold() -> tuple[Lot, Deal, datetime]:
    """A lot whose price is paid: what is left is the registry."""
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    contracted(deal, after + timedelta(hours=1))
    paid(deal, after + timedelta(days=1))
    deal.refresh_from_db()
    return lot, deal, after + timedelta(days=2)


def miss_target(at: datetime) -> None:
    permits.miss_target(
        actor=story.KEEPER,
        region=story.REGION,
        instrument="NH3-N",
        missed_from=at.date(),
        document_ref="粤环1号",
        at=at,
    )


def test_a_buyer_names_a_permit_of_its_own() -> None:
    lot = story.opened_lot("buyer1", "buyer2")
    assert lot.registration_starts_at is not None
    at, buyer = lot.registration_starts_at, actor("buyer1")
    registration_id = auctions.start_registration(actor=buyer, lot_id=lot.pk, at=at, entropy=story.entropy())
    facts = auctions.RegistrationFacts(story.permit_no("buyer2"), Decimal("1.000"), "李工", "0757-11111111")
    auctions.save_registration(actor=buyer, registration_id=registration_id, facts=facts, at=at)

    with pytest.raises(PermitNotYours):
        auctions.submit_registration(actor=buyer, registration_id=registration_id, statements_confirmed=True, at=at)


def test_an_approved_need_is_not_bought_a_second_time_in_another_lot() -> None:
    story.registry("buyer1", "buyer2")
    (first,) = story.publish(story.draft(story.terms()))
    Deal.objects.create(
        lot=first,
        buyer_id=story.company("buyer1").pk,
        alias="123",
        origin="ROOM",
        quantity="1.680",
        price="20000",
        amount="33600",
        hammered_at=story.OPENS,
    )
    later = story.PUBLISHED + timedelta(days=30)
    (second,) = story.publish(story.draft(story.terms(opens_at=later + timedelta(days=20)), at=later), at=later)
    assert second.registration_starts_at is not None
    auctions.advance_due(second.registration_starts_at)

    with pytest.raises(AboveApprovedNeed) as refusal:
        story.register(second, "buyer1", need="1.500")

    assert (refusal.value.fields["bought"], refusal.value.fields["quantity"]) == ("1.680", "3.180")
    story.register(second, "buyer1", need="1.320")


def test_what_is_bought_runs_for_the_term_of_the_notice() -> None:
    _lot, deal, at = sold()

    auctions.transfer_rights(actor=actor("staff"), deal_id=deal.pk, at=at)

    moved = HoldingMovement.objects.get(kind="TRANSFERRED")
    assert (str(moved.valid_from), str(moved.valid_until)) == ("2026-06-19", "2031-06-18")


def test_no_rights_are_moved_into_an_area_that_misses_its_target_since() -> None:
    _lot, deal, at = sold()
    miss_target(at)

    with pytest.raises(AreaMissesTarget):
        auctions.transfer_rights(actor=actor("staff"), deal_id=deal.pk, at=at)

    deal.refresh_from_db()
    assert deal.state == "PAID"
    assert not HoldingMovement.objects.filter(kind="TRANSFERRED").exists()


def test_no_rights_are_moved_to_a_permit_that_was_revoked_since_and_a_decision_ends_the_deal() -> None:
    lot, deal, at = sold()
    permits.decide_permit(
        actor=story.KEEPER, number=story.permit_no("buyer1"), command=PermitCommand.REVOKE, document_ref="撤1号", at=at
    )
    with pytest.raises(PermitNotInForce):
        auctions.transfer_rights(actor=actor("staff"), deal_id=deal.pk, at=at)

    auctions.end_deal(
        actor=actor("staff"),
        deal_id=deal.pk,
        decision=story.decision("佛环函〔2026〕60号", at),
        reason="排污许可证已被撤销",
        at=at,
    )

    lot.refresh_from_db()
    deal.refresh_from_db()
    price = deposits.payment_of(f"deal:{deal.pk}")
    assert (deal.state, lot.state) == ("TERMINATED", "FAILED")
    assert price is not None
    assert price.state is MoneyState.RELEASED
    with pytest.raises(NotAllowedNow):
        auctions.transfer_rights(actor=actor("staff"), deal_id=deal.pk, at=at)


def test_a_seller_with_permits_in_two_basins_chooses_the_one_that_decides_who_may_buy() -> None:
    story.registry("buyer1")
    for number, basin in (("A", "北江"), ("B", "珠江三角洲")):
        facts = PermitFacts(
            number=number,
            organisation_id=story.company("seller").pk,
            region=story.REGION,
            basin=basin,
            industry=Industry.OTHER,
            valid_from=date(2025, 1, 1),
            valid_until=date(2029, 12, 31),
            limits=(Limit("NH3-N", Decimal("60.000")),),
            document_ref="粤佛排许9号",
        )
        permits.record_permit(actor=story.KEEPER, facts=facts, at=story.DRAFTED)

    with pytest.raises(SellerPermitAmbiguous):
        story.draft()
    project = Project.objects.get()
    values = {name: getattr(project, name) for name in projects.ProjectFacts.__slots__}
    facts_with = projects.ProjectFacts(**{**values, "permit_no": "A"})
    seller = actor("seller")
    projects.change_project(
        actor=seller, project_id=project.pk, facts=facts_with, version=project.version, at=story.DRAFTED
    )
    projects.submit_project(actor=seller, project_id=project.pk, at=story.DRAFTED)
    (lot,) = story.publish(project.pk)
    assert lot.registration_starts_at is not None
    auctions.advance_due(lot.registration_starts_at)

    with pytest.raises(OutsideBasin) as refusal:
        story.register(lot, "buyer1", need="1.000")
    assert refusal.value.fields["source"] == "北江"
