"""A guarantee in the place of the deposit: from the registration to the seller's claim."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from commons.domain.refusals import NotFound
from exchange.auctions import queries as auction_queries
from exchange.auctions import services as auctions
from exchange.auctions.models import Registration
from exchange.projects.models import Lot
from portal.demo.issuers import open_issuers
from signatures.guarantees import queries
from signatures.guarantees.domain.states import GuaranteeState
from signatures.guarantees.domain.terms import GuaranteeKind
from signatures.guarantees.models import Guarantee
from tests.cast import LONG_AGO, actor
from tests.integration.exchange.auctions import story
from tests.integration.signatures.guarantees import story as guarantees
from tests.pki import install_trust

pytestmark = pytest.mark.django_db


def guaranteed_lot() -> tuple[Lot, dict[str, int], str]:
    """buyer1 with a guarantee, buyer2 with money; registration is over and nobody is qualified yet."""
    install_trust()
    bank = open_issuers(at=LONG_AGO)["bank"]
    story.bank("buyer1", "buyer2")
    lot, registrations = story.registered_lot({"buyer1": "1.680", "buyer2": "1.680"})
    assert lot.registration_starts_at is not None
    at = lot.registration_starts_at + timedelta(hours=2)
    ref = auctions.ask_for_guarantee(
        actor=actor("buyer1"),
        registration_id=registrations["buyer1"],
        issuer_id=bank,
        kind=GuaranteeKind.INDEPENDENT,
        note="",
        at=at,
    )
    guarantees.assessed(ref, at=at)
    guarantees.signed(ref, at=at)
    story.pay_deposit(lot, "buyer2", at=lot.registration_starts_at + timedelta(days=1))
    auctions.advance_due(ended(lot))
    lot.refresh_from_db()
    return lot, registrations, ref


def ended(lot: Lot) -> datetime:
    """When the lot's registration is over."""
    assert lot.registration_ends_at is not None
    return lot.registration_ends_at


def test_a_guarantee_stands_in_for_the_deposit_and_the_seller_sees_only_that() -> None:
    lot, registrations, ref = guaranteed_lot()
    (row,) = [row for row in auction_queries.buyers_of(actor("seller"), lot) if row.deposit and row.deposit.guaranteed]
    assert row.deposit is not None
    assert (row.deposit.covered, row.deposit.received) == (True, Decimal(0))
    with pytest.raises(NotFound):
        queries.one(actor("seller"), ref)
    at = ended(lot) + timedelta(minutes=5)
    for registration_id in registrations.values():
        auctions.qualify_buyer(actor=actor("seller"), registration_id=registration_id, at=at)

    assert set(Registration.objects.values_list("state", flat=True)) == {"QUALIFIED"}


def test_the_winners_guarantee_opens_with_the_result_and_the_losers_never() -> None:
    lot, registrations, ref = guaranteed_lot()
    at = ended(lot) + timedelta(minutes=5)
    for registration_id in registrations.values():
        auctions.qualify_buyer(actor=actor("seller"), registration_id=registration_id, at=at)
    auctions.advance_due(at)
    lot.refresh_from_db()
    assert lot.opens_at is not None
    story.bid(lot, "buyer1", "20100.00", at=lot.opens_at + timedelta(minutes=1))
    over = lot.opens_at + timedelta(hours=3)
    story.run_room(lot, over)
    auctions.advance_due(over)
    view = queries.one(actor("seller"), ref)

    assert view.state is GuaranteeState.OPENED
    assert view.dossier.findings == ()


def test_a_withdrawn_registration_takes_its_guarantee_along() -> None:
    install_trust()
    bank = open_issuers(at=LONG_AGO)["bank"]
    story.bank("buyer1")
    lot, registrations = story.registered_lot({"buyer1": "1.680"})
    assert lot.registration_starts_at is not None
    at = lot.registration_starts_at + timedelta(hours=2)
    auctions.ask_for_guarantee(
        actor=actor("buyer1"), registration_id=registrations["buyer1"], issuer_id=bank,
        kind=GuaranteeKind.INDEPENDENT, note="", at=at,
    )  # fmt: skip
    auctions.withdraw_registration(actor=actor("buyer1"), registration_id=registrations["buyer1"], at=at)

    assert Guarantee.objects.get().state == "CANCELLED"
