"""Guarantees that do not cover, and attacks on their issue: other data, other hands, other signatures."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Unpack

import pytest

from commons.domain.money import Money
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain.checks import Fault, GuaranteeFaulty
from signatures.guarantees.domain.refusals import (
    DataChanged,
    IssuerNotTaking,
)
from signatures.guarantees.domain.terms import IssuerStatus
from tests.cast import actor
from tests.integration.signatures.guarantees import story
from tests.pki import authority, sign

pytestmark = pytest.mark.django_db


def first_fault(bank: int, *, number: str = "BH-2026-1", **changes: Unpack[story.Terms]) -> str:
    """A guarantee issued for something else than what the procedure asks at the opening: what its check says first."""
    story.issued(bank, number=number, **changes)
    (opened,) = story.unseal()
    assert not opened.covers
    return opened.findings[0].fault.value


def test_one_for_another_tender_is_told_at_the_opening(bank: int) -> None:
    other = story.required().procedure
    changed = type(other)(other.beneficiary, "F01440600260608000999", "F01440600260608000999001", other.title)

    assert first_fault(bank, procedure=changed) == Fault.OTHER_PROJECT


def test_one_for_another_section_is_told_at_the_opening(bank: int) -> None:
    other = story.required().procedure
    changed = type(other)(other.beneficiary, other.project_code, other.project_code + "002", other.title)

    assert first_fault(bank, procedure=changed) == Fault.OTHER_SECTION


def test_a_fen_short_is_told_at_the_opening(bank: int) -> None:
    assert first_fault(bank, amount=Money(Decimal("6719.99"))) == Fault.AMOUNT_SHORT


def test_a_day_short_is_told_at_the_opening(bank: int) -> None:
    assert first_fault(bank, valid_until=date(2026, 9, 14)) == Fault.EXPIRES_EARLY


def test_an_issuer_that_was_revoked_meanwhile_no_longer_covers(bank: int) -> None:
    story.issued(bank)
    revoke(bank)
    (opened,) = story.unseal()

    assert [one.fault for one in opened.findings] == [Fault.ISSUER_REVOKED]


def revoke(bank: int) -> None:
    guarantees.set_status(
        actor=actor("staff"),
        issuer_id=bank,
        status=IssuerStatus.REVOKED,
        decision_no="佛金监〔2026〕31号",
        at=story.ASKED,
    )


def test_a_revoked_issuer_is_not_asked_and_does_not_issue(bank: int) -> None:
    ref = story.ask(bank)
    story.assessed(ref)
    revoke(bank)
    with pytest.raises(IssuerNotTaking):
        story.ask(bank, key="buyer2")
    with pytest.raises(GuaranteeFaulty) as refusal:
        story.signed(ref)
    assert refusal.value.fields["fault"] == "ISSUER_REVOKED"


def test_one_number_backs_one_procedure(bank: int) -> None:
    story.issued(bank)
    second = story.ask(bank, key="buyer2")
    story.assessed(second, number="BH-2026-1")
    with pytest.raises(GuaranteeFaulty) as refusal:
        story.signed(second)
    assert refusal.value.fields["fault"] == "DUPLICATE"


def test_another_amount_than_was_prepared_is_refused(bank: int) -> None:
    ref = story.ask(bank)
    story.assessed(ref)
    prepared = guarantees.prepare(actor=actor("manager"), ref=ref, at=story.ASKED)
    changed = prepared.data.replace(b'"6720.00"', b'"9999.00"')
    with pytest.raises(DataChanged):
        guarantees.issue(
            actor=actor("manager"),
            ref=ref,
            data=changed,
            signature=sign("manager", changed, at=story.ASKED),
            pdf=story.PDF,
            at=story.ASKED,
        )


@pytest.mark.parametrize("signer", ["manager2", "buyer1", "expired", "rogue"])
def test_a_signature_of_anybody_else_is_refused(bank: int, signer: str) -> None:
    ref = story.ask(bank)
    story.assessed(ref)
    prepared = guarantees.prepare(actor=actor("manager"), ref=ref, at=story.ASKED)
    with pytest.raises(GuaranteeFaulty) as refusal:
        guarantees.issue(
            actor=actor("manager"),
            ref=ref,
            data=prepared.data,
            signature=sign(signer, prepared.data, at=story.ASKED),
            pdf=story.PDF,
            at=story.ASKED,
        )
    assert refusal.value.fields["fault"] == "SIGNATURE_INVALID"


def test_a_revoked_certificate_signs_nothing(bank: int) -> None:
    ref = story.ask(bank)
    story.assessed(ref)
    authority().revoke("manager", at=story.ASKED - timedelta(days=1))
    try:
        with pytest.raises(GuaranteeFaulty) as refusal:
            story.signed(ref)
    finally:
        authority().restore("manager")
    assert refusal.value.fields["fault"] == "SIGNATURE_INVALID"


def test_a_signature_of_another_guarantee_cannot_be_transplanted(bank: int) -> None:
    first, second = story.ask(bank), story.ask(bank, key="buyer2")
    story.assessed(first)
    story.assessed(second, number="BH-2026-2")
    one = guarantees.prepare(actor=actor("manager"), ref=first, at=story.ASKED)
    two = guarantees.prepare(actor=actor("manager"), ref=second, at=story.ASKED)
    with pytest.raises(GuaranteeFaulty):
        guarantees.issue(
            actor=actor("manager"),
            ref=second,
            data=two.data,
            signature=sign("manager", one.data, at=story.ASKED),
            pdf=story.PDF,
            at=story.ASKED,
        )
    with pytest.raises(DataChanged):
        guarantees.issue(
            actor=actor("manager"),
            ref=second,
            data=one.data,
            signature=sign("manager", one.data, at=story.ASKED),
            pdf=story.PDF,
            at=story.ASKED,
        )


def test_the_same_issue_again_is_harmless(bank: int) -> None:
    ref = story.ask(bank)
    story.assessed(ref)
    prepared = guarantees.prepare(actor=actor("manager"), ref=ref, at=story.ASKED)
    signature = sign("manager", prepared.data, at=story.ASKED)

    def issue() -> str:
        return guarantees.issue(
            actor=actor("manager"), ref=ref, data=prepared.data, signature=signature, pdf=story.PDF, at=story.ASKED
        )

    assert issue() == issue()
