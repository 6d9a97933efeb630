"""Attacks on guarantees: each difference is found, named with both sides, and nothing else is said."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from commons.domain.money import Money
from commons.domain.refusals import Malformed
from signatures.guarantees.domain import checks
from signatures.guarantees.domain.blinding import commitment
from signatures.guarantees.domain.checks import Circumstances, Fault, Finding, GuaranteeFaulty
from signatures.guarantees.domain.terms import (
    ClaimGround,
    Disclosure,
    GuaranteeData,
    GuaranteeKind,
    IssuerKind,
    IssuerStatus,
    Party,
    Procedure,
    Required,
)

SELLER = Party("12440600456077815N", "储备中心")
BANK = Party("91440600560778200A", "示例银行")
BUYER = Party("91440600560778210B", "金马")
PROCEDURE = Procedure(SELLER, "F01440600260608000123", "F01440600260608000123001", "出让")
SALT = "5a" * 32
REQUIRED = Required(PROCEDURE, Money(Decimal("6720.00")), date(2026, 9, 15))
DISCLOSURE = Disclosure(PROCEDURE, SALT)
AROUND = Circumstances(date(2026, 6, 15), BANK, IssuerStatus.LISTED, BUYER)
GOOD = GuaranteeData(
    number="BH-2026-1",
    issuer=BANK,
    issuer_kind=IssuerKind.BANK,
    applicant=BUYER,
    procedure_commitment=commitment(PROCEDURE, SALT),
    amount=Money(Decimal("6720.00")),
    kind=GuaranteeKind.INDEPENDENT,
    issued_on=date(2026, 6, 10),
    effective_on=date(2026, 6, 10),
    expires_on=date(2026, 9, 15),
    claim_grounds=tuple(ClaimGround),
    verify_url="/verify/guarantee/",
)


def found(data: GuaranteeData = GOOD, disclosure: Disclosure = DISCLOSURE, around: Circumstances = AROUND):
    return checks.check(data, disclosure, REQUIRED, around)


def bound_to(procedure: Procedure) -> tuple[GuaranteeData, Disclosure]:
    """A guarantee that an issuer honestly gave for another procedure."""
    return replace(GOOD, procedure_commitment=commitment(procedure, SALT)), Disclosure(procedure, SALT)


def test_a_guarantee_that_covers_exactly_what_is_asked_has_no_fault() -> None:
    assert found() == ()


def test_more_and_longer_than_asked_is_no_fault() -> None:
    assert found(replace(GOOD, amount=Money(Decimal("9000.00")), expires_on=date(2027, 1, 1))) == ()


def test_one_that_leaves_out_a_ground_of_the_law_cannot_be_claimed_when_it_is_needed() -> None:
    kept = (ClaimGround.REFUSED_TO_SIGN, ClaimGround.NO_PERFORMANCE_BOND)
    missing = ("WITHDRAWN_AFTER_DEADLINE", "COLLUSION")

    assert found(replace(GOOD, claim_grounds=kept)) == tuple(
        Finding(Fault.GROUND_MISSING, wanted=ground) for ground in missing
    )


def test_a_fen_short_is_short() -> None:
    assert found(replace(GOOD, amount=Money(Decimal("6719.99")))) == (
        Finding(Fault.AMOUNT_SHORT, "6719.99", "6720.00"),
    )


def test_a_day_short_is_short() -> None:
    assert found(replace(GOOD, expires_on=date(2026, 9, 14))) == (
        Finding(Fault.EXPIRES_EARLY, "2026-09-14", "2026-09-15"),
    )


def test_one_that_begins_too_late_does_not_stand_at_the_opening() -> None:
    late = replace(GOOD, effective_on=AROUND.on + timedelta(days=1))

    assert found(late) == (Finding(Fault.NOT_YET_EFFECTIVE, "2026-06-16", "2026-06-15"),)


def test_one_for_another_tender_is_named_with_both_codes() -> None:
    other = replace(PROCEDURE, project_code="F01440600260608000999", section_code="F01440600260608000999001")

    assert found(*bound_to(other)) == (Finding(Fault.OTHER_PROJECT, other.project_code, PROCEDURE.project_code),)


def test_one_for_another_section_of_the_same_tender_is_named_with_both_codes() -> None:
    other = replace(PROCEDURE, section_code="F01440600260608000123002")

    assert found(*bound_to(other)) == (Finding(Fault.OTHER_SECTION, other.section_code, PROCEDURE.section_code),)


def test_one_for_another_beneficiary_is_named() -> None:
    other = replace(PROCEDURE, beneficiary=Party("12440600456077999X", "别人"))

    assert found(*bound_to(other)) == (Finding(Fault.OTHER_BENEFICIARY, "别人", "储备中心"),)


def test_a_disclosure_that_does_not_open_the_commitment_is_another_procedure() -> None:
    """The platform, or a thief of the database, cannot make a guarantee speak for a procedure it was not given for."""
    data, _ = bound_to(replace(PROCEDURE, section_code="F01440600260608000123002"))

    assert found(data, DISCLOSURE) == (Finding(Fault.OTHER_PROCEDURE, data.procedure_commitment),)
    assert found(GOOD, Disclosure(PROCEDURE, "00" * 32))[0].fault is Fault.OTHER_PROCEDURE


@pytest.mark.parametrize(
    ("around", "fault"),
    [
        (replace(AROUND, issuer_status=IssuerStatus.REVOKED), Fault.ISSUER_REVOKED),
        (replace(AROUND, issuer_status=None), Fault.ISSUER_NOT_LISTED),
        (replace(AROUND, duplicate_of="BH-2026-1"), Fault.DUPLICATE),
        (replace(AROUND, signature_fault="CERTIFICATE_REVOKED"), Fault.SIGNATURE_INVALID),
        (replace(AROUND, issuer=Party("91440600560778200A", "别的银行")), Fault.OTHER_ISSUER),
        (replace(AROUND, applicant=Party("91440600560778210B", "别家")), Fault.OTHER_APPLICANT),
    ],
)
def test_who_stands_behind_it_counts(around: Circumstances, fault: Fault) -> None:
    assert [finding.fault for finding in found(around=around)] == [fault]


def test_a_suspended_issuer_still_stands_by_what_it_issued() -> None:
    assert found(around=replace(AROUND, issuer_status=IssuerStatus.SUSPENDED)) == ()


def test_a_kind_that_is_not_accepted_is_a_fault() -> None:
    required = replace(REQUIRED, kinds=frozenset({GuaranteeKind.INDEPENDENT}))

    assert checks.check(replace(GOOD, kind=GuaranteeKind.CONDITIONAL), DISCLOSURE, required, AROUND) == (
        Finding(Fault.KIND_NOT_ACCEPTED, "CONDITIONAL"),
    )


def test_all_differences_are_found_at_once_and_the_first_is_refused() -> None:
    short = replace(GOOD, amount=Money(Decimal("1.00")), expires_on=date(2026, 7, 1))

    assert [one.fault for one in found(short)] == [Fault.AMOUNT_SHORT, Fault.EXPIRES_EARLY]
    with pytest.raises(GuaranteeFaulty) as refusal:
        checks.require(found(short))
    assert refusal.value.fields == {"fault": "AMOUNT_SHORT", "found": "1.00", "wanted": "6720.00"}


def test_every_fault_has_words_that_can_be_filled() -> None:
    for fault in Fault:
        assert Finding(fault).message % {"found": "a", "wanted": "b"}


def test_what_was_signed_is_read_back_exactly() -> None:
    assert GuaranteeData.parse(GOOD.as_bytes()) == GOOD


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"6720.00"', "6720.00"),
        lambda text: text.replace('"CNY"', '"USD"'),
        lambda text: text.replace('"kind":"INDEPENDENT"', '"kind":"ORAL"'),
        lambda text: text.replace('"2026-09-15"', '"2026-13-15"'),
        lambda text: text.replace("{", '{"also":"void if it rains",', 1),
        lambda text: text.replace('"version":"1"', '"version":"01"'),
        lambda text: text + " ",
        lambda _: "[]",
    ],
)
def test_what_is_not_exactly_a_guarantee_is_refused(change) -> None:
    with pytest.raises(Malformed):
        GuaranteeData.parse(change(GOOD.as_bytes().decode()).encode())


def test_two_applications_for_one_lot_have_unrelated_references() -> None:
    assert commitment(PROCEDURE, SALT) != commitment(PROCEDURE, "5b" * 32)
