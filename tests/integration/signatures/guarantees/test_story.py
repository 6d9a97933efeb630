"""From the application to the claim, by the real services, with real certificates of the embedded authority."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from commons.domain.money import Money
from commons.domain.refusals import NotFound, NotPermitted
from commons.inbox.models import InboxMessage
from commons.inbox.queries import receiver
from signatures.guarantees import queries
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain import chain
from signatures.guarantees.domain.refusals import (
    ClaimTooLarge,
    CreditExceeded,
    CreditMissing,
    DeadlinePassed,
    GuaranteeExists,
    GuaranteeOver,
    NotAssessed,
    SameHands,
)
from signatures.guarantees.domain.terms import ClaimGround, RefusalGround
from tests.cast import actor, organisation
from tests.integration.signatures.guarantees import story
from tests.plugins.races import at_once, errors

pytestmark = pytest.mark.django_db


def test_the_whole_way_from_the_application_to_the_payment(bank: int) -> None:
    ref = story.issued(bank)
    assert story.state_of(ref) == "SEALED"
    (opened,) = story.unseal()
    assert (opened.covers, opened.findings, opened.ref) == (True, (), ref)
    guarantees.claim(
        actor=actor("seller"),
        ref=ref,
        ground=ClaimGround.REFUSED_TO_SIGN,
        amount=Money(Decimal("6720.00")),
        statement="竞得人拒签合同。",
        at=story.later(1),
    )
    view = queries.one(actor("manager"), ref)
    assert view.dossier.claim is not None
    assert view.dossier.claim.due_on == date(2026, 6, 26), "five working days after Friday, 19 June, a holiday"
    guarantees.pay(actor=actor("manager"), ref=ref, payment_ref="TX-1", at=story.later(2))

    assert story.state_of(ref) == "PAID"
    entries = queries.chain_of(view.dossier.anchor)
    assert list(chain.faults(entries, anchor=view.dossier.anchor, trusted=story.published())) == []
    assert len(entries) == 4


def test_a_refused_claim_can_be_made_again_while_the_guarantee_is_valid(bank: int) -> None:
    ref = story.opened(bank)
    story.claim(ref, amount="100.00", at=story.later(1))
    guarantees.refuse(
        actor=actor("manager"), ref=ref, ground=RefusalGround.DOCUMENTS_DIFFER, note="缺少处罚决定", at=story.later(2)
    )
    assert story.state_of(ref) == "REFUSED"
    assert queries.one(actor("seller"), ref).dossier.claims[0].refusal_note == "缺少处罚决定"
    story.claim(ref, amount="100.00", at=story.later(3))

    assert story.state_of(ref) == "CLAIMED"


def test_a_claim_is_bounded_by_amount_and_time(bank: int) -> None:
    ref = story.opened(bank)
    with pytest.raises(ClaimTooLarge):
        story.claim(ref, amount="6720.01", at=story.later(1))
    with pytest.raises(GuaranteeOver):
        story.claim(ref, at=datetime.fromisoformat("2026-09-15T16:00:00+00:00"))
    story.claim(ref, at=datetime.fromisoformat("2026-09-15T15:59:59+00:00"))


def test_a_procedure_that_forfeits_claims_the_whole_amount_and_the_applicant_learns_of_it(bank: int) -> None:
    ref, applicant = story.opened(bank), organisation("jinma").pk

    def forfeited(at: datetime) -> bool:
        return guarantees.claim_for_procedure(
            actor=actor("host"),
            subject="lot:901",
            organisation_id=applicant,
            ground=ClaimGround.REFUSED_TO_SIGN,
            decision_no="佛交〔2026〕7号",
            reason="拒签合同",
            at=at,
        )

    assert not forfeited(datetime.fromisoformat("2026-09-15T16:00:00+00:00")), "its last day is over"
    assert forfeited(story.later(1))

    claim = queries.one(actor("buyer1"), ref).dossier.claim
    assert claim is not None
    assert (claim.amount, claim.document_ref) == (Decimal("6720.00"), "佛交〔2026〕7号")
    told = InboxMessage.objects.filter(party=receiver(applicant))
    assert [one.fields for one in told if "beneficiary claims" in one.subject_msgid] == [{"amount": "6720.00"}]


def test_only_the_beneficiary_claims_and_only_its_issuers_manager_answers(bank: int) -> None:
    ref = story.opened(bank)
    for key in ("buyer1", "staff", "manager", "regulator"):
        with pytest.raises(NotPermitted):
            story.claim(ref, by=key, at=story.later(1))
    story.claim(ref, at=story.later(1))
    for key in ("underwriter", "manager2", "seller", "buyer1"):
        with pytest.raises(NotPermitted):
            guarantees.pay(actor=actor(key), ref=ref, payment_ref="TX", at=story.later(2))


def test_who_assessed_does_not_sign(bank: int) -> None:
    ref = story.ask(bank)
    guarantees.take_up(actor=actor("manager"), ref=ref, at=story.ASKED)
    with pytest.raises(NotAssessed):
        guarantees.prepare(actor=actor("manager"), ref=ref, at=story.ASKED)
    guarantees.assess(actor=actor("manager"), ref=ref, number="BH", note="", at=story.ASKED)
    with pytest.raises(SameHands):
        guarantees.prepare(actor=actor("manager"), ref=ref, at=story.ASKED)


def test_an_underwriter_of_another_issuer_does_not_even_find_it(bank: int) -> None:
    ref = story.ask(bank)

    with pytest.raises(NotFound):
        queries.one(actor("underwriter2"), ref)
    with pytest.raises(NotPermitted):
        guarantees.take_up(actor=actor("underwriter2"), ref=ref, at=story.ASKED)


def test_one_guarantee_for_one_procedure(bank: int) -> None:
    ref = story.ask(bank)
    with pytest.raises(GuaranteeExists):
        story.ask(bank)
    guarantees.cancel(actor=actor("buyer1"), ref=ref, reason="改用现金", at=story.ASKED)

    assert story.ask(bank) != ref


def test_it_can_be_cancelled_until_the_deadline_and_not_after(bank: int) -> None:
    ref = story.issued(bank)
    with pytest.raises(DeadlinePassed):
        guarantees.cancel(actor=actor("buyer1"), ref=ref, reason="反悔", at=story.DEADLINE)
    guarantees.cancel(actor=actor("buyer1"), ref=ref, reason="反悔", at=story.DEADLINE - timedelta(seconds=1))

    assert story.state_of(ref) == "CANCELLED"
    assert story.unseal() == []


def test_nothing_is_asked_for_or_issued_after_the_deadline(bank: int) -> None:
    with pytest.raises(DeadlinePassed):
        story.ask(bank, at=story.DEADLINE)
    ref = story.ask(bank)
    story.assessed(ref)
    with pytest.raises(DeadlinePassed):
        story.signed(ref, at=story.DEADLINE)


def test_the_credit_line_holds_across_projects(bank: int) -> None:
    guarantees.grant_credit(
        actor=actor("manager"),
        issuer_id=bank,
        organisation_id=organisation("jinma").pk,
        limit=Money(Decimal("10000.00")),
        valid_until=date(2027, 1, 1),
        at=story.ASKED,
    )
    story.issued(bank)
    second = story.ask(bank, subject="tender:7")
    guarantees.take_up(actor=actor("underwriter"), ref=second, at=story.ASKED)
    with pytest.raises(CreditExceeded) as refusal:
        guarantees.assess(actor=actor("underwriter"), ref=second, number="BH-2", note="", at=story.ASKED)
    assert refusal.value.fields == {"free": "3280.00", "amount": "6720.00"}
    guarantees.release(
        actor=actor("host"), subject="lot:901", organisation_id=organisation("jinma").pk, reason="流标", at=story.ASKED
    )
    guarantees.assess(actor=actor("underwriter"), ref=second, number="BH-2", note="", at=story.ASKED)


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_do_not_exceed_one_credit_line(bank: int) -> None:
    guarantees.grant_credit(
        actor=actor("manager"),
        issuer_id=bank,
        organisation_id=organisation("jinma").pk,
        limit=Money(Decimal("10000.00")),
        valid_until=date(2027, 1, 1),
        at=story.ASKED,
    )
    refs = [story.ask(bank, subject=subject) for subject in ("lot:901", "tender:7")]
    for number, ref in enumerate(refs):
        story.assessed(ref, number=f"BH-{number}")

    results = at_once(*(partial(story.signed, ref) for ref in refs))

    (refused,) = errors(results)
    assert isinstance(refused, CreditExceeded), refused
    assert sorted(map(story.state_of, refs)) == ["SEALED", "UNDERWRITING"]


def test_without_a_credit_line_nothing_is_issued(bank: int) -> None:
    ref = story.ask(bank, key="robot1")
    guarantees.take_up(actor=actor("underwriter"), ref=ref, at=story.ASKED)
    with pytest.raises(CreditMissing):
        guarantees.assess(actor=actor("underwriter"), ref=ref, number="BH", note="", at=story.ASKED)
