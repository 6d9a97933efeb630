"""The whole way of a lot, from its draft to a certificate that anybody can verify, by the real services."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from commons.domain.actor import Assurance
from commons.evidence import queries as evidence
from commons.evidence.services.sequencing import checkpoint
from exchange.auctions import services as auctions
from exchange.auctions.services.defaulting import LimitNotPassed
from exchange.auctions.services.papers import CONTRACT
from exchange.contracts import queries as contracts
from exchange.contracts.models import Certificate, Deal, Invoice
from exchange.deposits import queries as deposits
from exchange.deposits import services as money
from exchange.notices.models import Notice
from exchange.permits import queries as permits
from exchange.projects.domain.states import LotState
from exchange.projects.models import Lot
from signatures.documents import queries as papers
from signatures.documents import services as documents
from signatures.documents.queries import PaperView
from tests.cast import actor, person
from tests.integration.exchange.auctions import story
from tests.pki import bound, install_trust
from tests.signing import sign_as

pytestmark = pytest.mark.django_db(transaction=True)
TWO = {"buyer1": "1.680", "buyer2": "1.680"}


def hammered(lot: Lot, *, second: str = "20100.00", first: str = "20200.00") -> datetime:
    """Two buyers bid; buyer1 wins at `first`. Gives the instant after the hammer."""
    at = lot.opens_at + timedelta(minutes=1)
    story.run_room(lot, lot.opens_at)
    assert story.bid(lot, "buyer2", second, at=at) == ""
    assert story.bid(lot, "buyer1", first, at=at + timedelta(seconds=10)) == ""
    over = lot.opens_at + timedelta(hours=1)
    story.run_room(lot, over)
    auctions.advance_due(over)
    lot.refresh_from_db()
    return over


def contracted(deal: Deal, at: datetime, *, buyer: str = "buyer1") -> None:
    """Both sides confirm, the contract is drawn up and sealed, both sign it."""
    for key in ("seller", buyer):
        sign_as(key, auctions.request_confirmation(actor=actor(key), deal_id=deal.pk, at=at), at=at)
    auctions.advance_due(at)
    signed(f"deal:{deal.pk}", CONTRACT, {"buyer": buyer, "seller": "seller"}, at=at)


def signed(subject: str, kind: str, signers: Mapping[str, str], *, at: datetime) -> PaperView:
    """The platform seals the newest paper of that kind, and each side signs it; the paper as it is then."""
    install_trust()
    paper = newest(subject, kind)
    assert documents.certify(paper_id=paper.id, at=at)
    for field, key in signers.items():
        bound(key)
        sign_as(key, documents.ask(actor=actor(key), paper_id=paper.id, field=field, return_url="/", at=at), at=at)
    return newest(subject, kind)


def newest(subject: str, kind: str) -> PaperView:
    found = papers.newest(subject, kind)
    assert found is not None
    return found


def paid(deal: Deal, at: datetime) -> None:
    """The rest of the price arrives, the treasury records its voucher."""
    payment = deposits.payment_of(f"deal:{deal.pk}")
    assert payment is not None
    story.pay(payment, "buyer1", at=at)
    money.record_voucher(
        actor=actor("treasury"),
        subject=f"deal:{deal.pk}",
        number="粤财票2026-001",
        amount=payment.amount,
        document_id=None,
        at=at,
    )
    auctions.advance_due(at)


def certified(deal: Deal, at: datetime) -> str:
    auctions.transfer_rights(actor=actor("staff"), deal_id=deal.pk, at=at)
    return auctions.issue_certificate(actor=actor("staff"), deal_id=deal.pk, at=at)


def test_a_lot_goes_from_its_draft_to_a_certificate_that_anybody_can_verify() -> None:
    lot = story.qualified_lot(TWO)
    assert (lot.state, lot.method) == (LotState.METHOD_DECIDED, "ROOM")

    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    assert lot.state == LotState.NOTICED
    assert (deal.price, deal.amount) == (Decimal("20200.00"), Decimal("33936.00"))

    contracted(deal, after + timedelta(hours=1))
    paid(deal, after + timedelta(days=1))
    lot.refresh_from_db()
    assert lot.state == LotState.PAID

    code = certified(deal, after + timedelta(days=1, hours=1))
    checkpoint(at=after + timedelta(days=1, hours=2))
    lot.refresh_from_db()
    found = contracts.certificate(code)
    assert found is not None
    verification = contracts.verify(found)
    assert lot.state == LotState.CLOSED
    assert (verification.intact, verification.registered, verification.current) == (True, True, True)
    assert verification.in_public_log is True
    assert found.facts["amount_in_capitals"] == "叁万叁仟玖佰叁拾陆元整"
    (bought,) = [
        row for row in permits.holdings_of(actor("buyer1"), story.company("buyer1").pk) if row.instrument == "NH3-N"
    ]
    assert bought.purchased == Decimal("1.680")
    assert {notice.kind for notice in Notice.objects.filter(lot=lot)} == {"METHOD", "RESULT"}
    assert evidence.verify_database().holds
    assert not Invoice.objects.exists()  # the rules of Foshan ask for no fee


def test_the_loser_gets_its_deposit_back_and_the_winners_counts_towards_the_price() -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)

    loser = deposits.deposit_of(lot.pk, story.company("buyer2").pk)
    contracted(deal, after + timedelta(hours=1))

    payment = deposits.payment_of(f"deal:{deal.pk}")
    assert loser is not None
    assert (loser.state, loser.refund_due_on is not None) == ("RELEASED", True)
    assert payment is not None
    assert payment.applied_deposit == Decimal("6720.00")


def test_a_price_without_the_treasurys_voucher_is_not_paid() -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    contracted(deal, after + timedelta(hours=1))
    payment = deposits.payment_of(f"deal:{deal.pk}")
    assert payment is not None

    story.pay(payment, "buyer1", at=after + timedelta(days=1))
    auctions.advance_due(after + timedelta(days=1))

    deal.refresh_from_db()
    assert deal.state == "CONTRACTED"


def test_a_buyer_who_does_not_sign_loses_the_deposit_and_the_next_bidder_takes_its_place() -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    assert deal.contract_due_on is not None
    late = after + timedelta(days=7)
    order = {"actor": actor("staff"), "deal_id": deal.pk, "reason": "逾期未签订合同", "take_next": True}

    with pytest.raises(LimitNotPassed):
        auctions.record_default(**order, decision=story.decision("佛环函〔2026〕20号", after), at=after)  # type: ignore[arg-type]  # mixed values
    auctions.record_default(**order, decision=story.decision("佛环函〔2026〕20号", late), at=late)  # type: ignore[arg-type]  # mixed values
    auctions.advance_due(late)

    first, second = Deal.objects.filter(lot=lot).order_by("id")
    forfeited = deposits.deposit_of(lot.pk, story.company("buyer1").pk)
    assert (first.state, second.state, second.origin) == ("DEFAULTED", "AWARDED", "NEXT_BIDDER")
    assert (second.buyer_id, second.price) == (story.company("buyer2").pk, Decimal("20100.00"))
    assert forfeited is not None
    assert forfeited.decision_no == "佛环函〔2026〕20号"
    lot.refresh_from_db()
    assert lot.state == LotState.NOTICED


def test_one_qualified_buyer_negotiates_at_the_start_price_or_above() -> None:
    lot = story.qualified_lot({"buyer1": "1.200"})
    at = lot.qualification_ends_at
    assert at is not None
    assert (lot.state, lot.method, lot.room_id) == (LotState.METHOD_DECIDED, "NEGOTIATION", None)

    quantity = Decimal("1.200")
    auctions.make_offer(actor=actor("seller"), lot_id=lot.pk, price=Decimal("21000.00"), quantity=quantity, at=at)
    offer = auctions.make_offer(
        actor=actor("buyer1"), lot_id=lot.pk, price=Decimal("20500.00"), quantity=quantity, at=at
    )
    auctions.answer_offer(actor=actor("seller"), lot_id=lot.pk, offer_id=offer, accept=True, at=at)
    auctions.advance_due(at)

    deal = Deal.objects.get(lot=lot)
    lot.refresh_from_db()
    assert lot.state == LotState.NOTICED
    assert (deal.origin, deal.amount) == ("NEGOTIATION", Decimal("24600.00"))


def test_a_lot_without_buyers_fails_and_can_be_offered_again() -> None:
    story.bank()
    lot = story.opened_lot()
    assert lot.registration_ends_at is not None

    auctions.advance_due(lot.registration_ends_at)
    auctions.advance_due(lot.registration_ends_at)

    lot.refresh_from_db()
    assert lot.state == LotState.FAILED
    assert Notice.objects.filter(lot=lot, kind="FAILURE").exists()


def test_a_tampered_file_and_a_revoked_certificate_are_told_apart() -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    contracted(deal, after + timedelta(hours=1))
    paid(deal, after + timedelta(days=1))
    code = certified(deal, after + timedelta(days=1))

    auctions.revoke_certificate(
        actor=actor("staff"),
        code=code,
        decision=story.decision("佛环函〔2026〕30号", after),
        at=after + timedelta(days=2),
    )
    Certificate.objects.filter(code=code).update(facts={"code": code, "amount": "1.00"})

    found = contracts.certificate(code)
    assert found is not None
    verification = contracts.verify(found)
    assert verification.document_intact
    assert not verification.facts_intact
    assert verification.registered
    assert not verification.current
    assert not verification.good


def test_a_divisible_lot_goes_on_only_as_fast_as_the_slowest_of_its_buyers() -> None:
    lot = story.qualified_lot({"buyer1": "1.000", "buyer2": "1.680"}, profile="NINGXIA_2025")
    at = lot.opens_at + timedelta(minutes=1)
    story.run_room(lot, lot.opens_at)
    assert story.bid(lot, "buyer2", "20100.00", quantity="1.680", at=at) == ""
    assert story.bid(lot, "buyer1", "20200.00", quantity="1.000", at=at + timedelta(seconds=10)) == ""
    over = lot.opens_at + timedelta(hours=1)
    story.run_room(lot, over)
    auctions.advance_due(over)

    deals = {deal.buyer_id: deal for deal in Deal.objects.filter(lot=lot)}
    first, second = deals[story.company("buyer1").pk], deals[story.company("buyer2").pk]
    contracted(first, over)
    lot.refresh_from_db()
    after_one = lot.state
    contracted(second, over, buyer="buyer2")
    lot.refresh_from_db()

    assert (first.quantity, second.quantity) == (Decimal("1.000"), Decimal("0.680"))
    assert (first.price, second.price) == (Decimal("20200.00"), Decimal("20100.00"))
    assert (after_one, lot.state) == (LotState.NOTICED, LotState.CONTRACTED)


def test_a_certificate_is_replaced_and_both_public_pages_say_so(client: Client, settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    contracted(deal, after + timedelta(hours=1))
    paid(deal, after + timedelta(days=1))
    code = certified(deal, after + timedelta(days=1))
    client.force_login(person("staff"), backend="allauth.account.auth_backends.AuthenticationBackend")
    form = {
        "action": "supersede",
        "decision_body": "佛山市公共资源交易中心",
        "decision_no": "佛交函〔2026〕31号",
        "reason": "原件登记的年限有误，按登记簿更正。",
    }

    def sent(address: str, **changes: str) -> Any:
        file = SimpleUploadedFile("decision.pdf", story.PDF, content_type="application/pdf")
        return client.post(address, {**form, **changes, "document": file})

    answer = sent(f"/centre/certificates/{code}/")

    new = Certificate.objects.get(superseded_by__isnull=True).code
    assert answer.headers["Location"] == f"/verify/certificate/{new}/"
    public = Client()
    old_page = public.get(f"/verify/certificate/{code}/").content.decode()
    new_page = public.get(f"/verify/certificate/{new}/").content.decode()
    assert f"/verify/certificate/{new}/" in old_page
    assert "原件登记的年限有误" in new_page
    assert (contracts.verify(certificate(code)).current, contracts.verify(certificate(new)).good) == (False, True)
    assert sent(f"/centre/certificates/{code}/").status_code == 404, "what was replaced is replaced once"
    revoked = sent(f"/centre/certificates/{new}/", action="revoke", decision_no="佛环函〔2026〕32号")
    assert revoked.status_code == 302
    assert "佛环函〔2026〕32号" in public.get(f"/verify/certificate/{new}/").content.decode()


def certificate(code: str) -> Certificate:
    found = contracts.certificate(code)
    assert found is not None
    return found
