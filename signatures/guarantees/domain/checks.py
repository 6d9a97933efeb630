"""Does a guarantee cover what its procedure asks? Every difference is named with both sides."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from commons.domain.money import as_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from signatures.guarantees.domain.blinding import commitment
from signatures.guarantees.domain.terms import (
    ClaimGround,
    Disclosure,
    GuaranteeData,
    IssuerStatus,
    Party,
    Procedure,
    Required,
    Upload,
)


class Fault(StrEnum):
    OTHER_APPLICANT = "OTHER_APPLICANT"
    OTHER_BENEFICIARY = "OTHER_BENEFICIARY"
    OTHER_PROJECT = "OTHER_PROJECT"
    OTHER_SECTION = "OTHER_SECTION"
    OTHER_PROCEDURE = "OTHER_PROCEDURE"
    OTHER_ISSUER = "OTHER_ISSUER"
    AMOUNT_SHORT = "AMOUNT_SHORT"
    EXPIRES_EARLY = "EXPIRES_EARLY"
    NOT_YET_EFFECTIVE = "NOT_YET_EFFECTIVE"
    KIND_NOT_ACCEPTED = "KIND_NOT_ACCEPTED"
    GROUND_MISSING = "GROUND_MISSING"
    ISSUER_NOT_LISTED = "ISSUER_NOT_LISTED"
    ISSUER_REVOKED = "ISSUER_REVOKED"
    DUPLICATE = "DUPLICATE"
    SIGNATURE_INVALID = "SIGNATURE_INVALID"


FAULT_TEXTS = {
    Fault.OTHER_APPLICANT: gettext_noop("It stands for %(found)s, not for %(wanted)s."),
    Fault.OTHER_BENEFICIARY: gettext_noop("Its beneficiary is %(found)s; this procedure's is %(wanted)s."),
    Fault.OTHER_PROJECT: gettext_noop("It was issued for project %(found)s; this is project %(wanted)s."),
    Fault.OTHER_SECTION: gettext_noop("It was issued for section %(found)s; this is section %(wanted)s."),
    Fault.OTHER_PROCEDURE: gettext_noop("What the issuer signed belongs to another procedure: %(found)s."),
    Fault.OTHER_ISSUER: gettext_noop("It names the issuer %(found)s; it was asked of %(wanted)s."),
    Fault.AMOUNT_SHORT: gettext_noop("It covers %(found)s yuan; %(wanted)s yuan are needed."),
    Fault.EXPIRES_EARLY: gettext_noop("It ends on %(found)s; it must be valid until %(wanted)s, that day included."),
    Fault.NOT_YET_EFFECTIVE: gettext_noop("It takes effect on %(found)s; it must stand on %(wanted)s."),
    Fault.KIND_NOT_ACCEPTED: gettext_noop("A guarantee of the kind %(found)s is not accepted here."),
    Fault.GROUND_MISSING: gettext_noop(
        "It leaves out a ground on which the beneficiary must be able to claim: %(wanted)s."
    ),
    Fault.ISSUER_NOT_LISTED: gettext_noop("%(found)s is not on the list of issuers."),
    Fault.ISSUER_REVOKED: gettext_noop("The right of %(found)s to issue has been revoked."),
    Fault.DUPLICATE: gettext_noop("The guarantee %(found)s already backs something else; each needs one of its own."),
    Fault.SIGNATURE_INVALID: gettext_noop("The issuer's signature does not hold: %(found)s."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: what stands in the guarantee, and what was wanted."""

    fault: Fault
    found: str = ""
    wanted: str = ""

    @property
    def message(self) -> str:
        """The English message id, to be filled with `found` and `wanted`."""
        return FAULT_TEXTS[self.fault]


class GuaranteeFaulty(Refusal):
    """The guarantee does not cover what is asked; `fault` and both sides of the first difference."""

    code = "GUARANTEE_FAULTY"
    message = gettext_noop("The guarantee does not fit: %(fault)s. Found: %(found)s; needed: %(wanted)s.")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the platform knows beside the guarantee itself."""

    on: date
    issuer: Party
    issuer_status: IssuerStatus | None
    applicant: Party
    duplicate_of: str = ""
    signature_fault: str = ""


def check(
    data: GuaranteeData, disclosure: Disclosure, required: Required, circumstances: Circumstances
) -> tuple[Finding, ...]:
    """Every difference, in the order in which a person would look; empty when the guarantee covers what is asked."""
    return (
        *_signed(circumstances),
        *_parties(data, circumstances),
        *_procedure(data, disclosure, required.procedure),
        *_figures(data, required, circumstances.on),
    )


def check_upload(upload: Upload, required: Required) -> tuple[Finding, ...]:
    """What an applicant states of its own file, against what is asked; the text itself is judged by people."""
    found = []
    if upload.amount < required.amount:
        found.append(Finding(Fault.AMOUNT_SHORT, as_text(upload.amount), as_text(required.amount)))
    if upload.expires_on < required.valid_until:
        found.append(Finding(Fault.EXPIRES_EARLY, upload.expires_on.isoformat(), required.valid_until.isoformat()))
    return tuple(found)


def require(findings: tuple[Finding, ...]) -> None:
    """Raise the first finding as a refusal."""
    for finding in findings:
        raise GuaranteeFaulty(fault=finding.fault.value, found=finding.found, wanted=finding.wanted)


def _signed(circumstances: Circumstances) -> Iterator[Finding]:
    if circumstances.signature_fault:
        yield Finding(Fault.SIGNATURE_INVALID, circumstances.signature_fault)
    name = circumstances.issuer.name
    if circumstances.issuer_status is None:
        yield Finding(Fault.ISSUER_NOT_LISTED, name)
    if circumstances.issuer_status is IssuerStatus.REVOKED:
        yield Finding(Fault.ISSUER_REVOKED, name)
    if circumstances.duplicate_of:
        yield Finding(Fault.DUPLICATE, circumstances.duplicate_of)


def _parties(data: GuaranteeData, circumstances: Circumstances) -> Iterator[Finding]:
    if data.issuer != circumstances.issuer:
        yield Finding(Fault.OTHER_ISSUER, data.issuer.name, circumstances.issuer.name)
    if data.applicant != circumstances.applicant:
        yield Finding(Fault.OTHER_APPLICANT, data.applicant.name, circumstances.applicant.name)


def _procedure(data: GuaranteeData, disclosure: Disclosure, wanted: Procedure) -> Iterator[Finding]:
    found = disclosure.procedure
    if commitment(found, disclosure.salt) != data.procedure_commitment:
        yield Finding(Fault.OTHER_PROCEDURE, data.procedure_commitment)
        return
    if found.beneficiary != wanted.beneficiary:
        yield Finding(Fault.OTHER_BENEFICIARY, found.beneficiary.name, wanted.beneficiary.name)
    if found.project_code != wanted.project_code:
        yield Finding(Fault.OTHER_PROJECT, found.project_code, wanted.project_code)
    elif found.section_code != wanted.section_code:
        yield Finding(Fault.OTHER_SECTION, found.section_code, wanted.section_code)


def _figures(data: GuaranteeData, required: Required, on: date) -> Iterator[Finding]:
    if data.amount < required.amount:
        yield Finding(Fault.AMOUNT_SHORT, as_text(data.amount), as_text(required.amount))
    if data.expires_on < required.valid_until:
        yield Finding(Fault.EXPIRES_EARLY, data.expires_on.isoformat(), required.valid_until.isoformat())
    if data.effective_on > on:
        yield Finding(Fault.NOT_YET_EFFECTIVE, data.effective_on.isoformat(), on.isoformat())
    if data.kind not in required.kinds:
        yield Finding(Fault.KIND_NOT_ACCEPTED, data.kind.value)
    for ground in ClaimGround:  # of the law itself: one that covers fewer is worth nothing where it is needed
        if ground not in data.claim_grounds:
            yield Finding(Fault.GROUND_MISSING, wanted=ground.value)
