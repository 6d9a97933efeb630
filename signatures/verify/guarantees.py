"""A guarantee with its status (`luochui-guarantee-bundle/v1`), and the feed, as another city's platform checks them."""

import base64
import binascii
import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time

from cryptography import x509

from commons.domain.refusals import Malformed
from commons.domain.time import SHANGHAI
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.report import Report
from commons.evidence.domain.trust import Keyring
from signatures.guarantees.domain import chain
from signatures.guarantees.domain.blinding import commitment
from signatures.guarantees.domain.terms import GuaranteeData, Procedure
from signatures.verify import signed_data
from signatures.verify.signed_data import BadSignedData

FORMAT = "luochui-guarantee-bundle/v1"
_ORGANISATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")


class NoBundle(ValueError):
    """The file is no guarantee; the sentence says why."""


def check(value: object, *, trusted: Keyring | None, authorities: Sequence[x509.Certificate] | None) -> Report:
    """Versions, signatures, disclosure and status, each fault in a sentence. Raises `NoBundle`."""
    if not isinstance(value, Mapping) or value.get("format") != FORMAT:
        raise NoBundle(f"the file is no {FORMAT}")
    versions, entries = value.get("versions"), value.get("status")
    if not isinstance(versions, list) or not versions or not isinstance(entries, list):
        raise NoBundle("the file holds no version, or no list of statuses")
    report = Report()
    facts = [_check_version(report, number, one, authorities) for number, one in enumerate(versions, start=1)]
    _check_succession(report, facts)
    _check_disclosure(report, value.get("disclosure"), facts[0])
    _check_status(report, entries, facts, trusted)
    standing = facts[-1]
    report.facts |= {
        "number": standing.number,
        "issuer": standing.issuer.uscc,
        "amount": format(standing.amount, "f"),
        "expires_on": standing.expires_on.isoformat(),
        "anchor": facts[0].anchor,
        "keys_trusted": trusted is not None,
        "issuer_trusted": authorities is not None,
    }
    return report


def check_feed(value: object, *, trusted: Keyring | None) -> Report:
    """What another city fetched of the status feed from its beginning: one page, or a list of them in their order.

    Each guarantee's entries must be whole, in order, and signed by the platform. Raises `NoBundle`.
    """
    chains: dict[str, list[chain.Entry]] = {}
    for entry in _fed(value):
        body = canonical.decode(entry.body)
        assert isinstance(body, Mapping), "parsed as an object"
        chains.setdefault(str(body.get("anchor")), []).append(entry)
    report, statuses = Report(), dict[str, JSON]()
    for anchor, entries in chains.items():
        report.add(f"{anchor}: {fault}" for fault in chain.faults(entries, anchor=anchor, trusted=trusted))
        last = canonical.decode(entries[-1].body)
        assert isinstance(last, Mapping), "parsed as an object"
        statuses[anchor] = str(last.get("status"))
    report.facts |= {"guarantees": statuses, "keys_trusted": trusted is not None}
    return report


def _fed(value: object) -> Iterator[chain.Entry]:
    for page in value if isinstance(value, list) else [value]:
        if not isinstance(page, Mapping) or not isinstance(page.get("items"), list):
            raise NoBundle("a page of the feed is an object that holds items")
        for number, item in enumerate(page["items"], start=1):
            try:
                yield chain.Entry.parse(item)
            except ValueError as error:
                raise NoBundle(f"item {number} of a page cannot be read: {error}") from None


def _check_version(
    report: Report, number: int, value: object, authorities: Sequence[x509.Certificate] | None
) -> GuaranteeData:
    if not isinstance(value, Mapping):
        raise NoBundle(f"version {number} is no object")
    try:
        data = canonical.encode(value.get("data"))
        facts = GuaranteeData.parse(data)
        signature = base64.b64decode(str(value.get("signature")), validate=True)
    except (canonical.NotCanonical, Malformed, binascii.Error) as error:
        raise NoBundle(f"version {number} cannot be read: {error}") from None
    where = f"version {number}"
    try:
        leaf, others = signed_data.signer_of(data, signature)
    except BadSignedData as error:
        report.fault(f"{where}: the issuer's signature does not hold: {error}")
        return facts
    held = _organisation(leaf)
    if held != facts.issuer.uscc:
        report.fault(f"{where} is signed for {held or 'nobody'} and not for its issuer {facts.issuer.uscc}")
    if authorities is not None:
        at = datetime.combine(facts.issued_on, time(12), tzinfo=SHANGHAI).astimezone(UTC)
        if fault := signed_data.chain_fault(leaf, others, authorities, at):
            report.fault(f"{where}: {fault}")
    return facts


def _organisation(certificate: x509.Certificate) -> str:
    """The credit code in the subject's organisation identifier (`NTRCN-…`)."""
    names = certificate.subject.get_attributes_for_oid(_ORGANISATION_IDENTIFIER)
    return str(names[0].value).removeprefix("NTRCN-") if names else ""


def _check_succession(report: Report, facts: Sequence[GuaranteeData]) -> None:
    if facts[0].version != 1 or facts[0].supersedes:
        report.fault("version 1 is not the first")
    for earlier, later in itertools.pairwise(facts):
        if later.supersedes != earlier.anchor or later.version != earlier.version + 1:
            report.fault(f"version {later.version} does not follow the one before")
        same = (later.number, later.issuer, later.applicant, later.procedure_commitment, later.amount, later.kind)
        if same != (
            earlier.number,
            earlier.issuer,
            earlier.applicant,
            earlier.procedure_commitment,
            earlier.amount,
            earlier.kind,
        ):
            report.fault(f"version {later.version} changes more than the validity")


def _check_disclosure(report: Report, value: object, facts: GuaranteeData) -> None:
    if value is None:
        report.facts["disclosed"] = False
        return
    if not isinstance(value, Mapping) or not isinstance(value.get("procedure"), Mapping):
        raise NoBundle("the disclosure is no object with a procedure")
    try:
        procedure = Procedure.parse(value["procedure"])
    except Malformed as error:
        raise NoBundle(f"the disclosure cannot be read: {error}") from None
    if commitment(procedure, str(value.get("salt"))) != facts.procedure_commitment:
        report.fault("the disclosed procedure is not the one that the issuer signed")
    report.facts |= {
        "disclosed": True,
        "beneficiary": procedure.beneficiary.uscc,
        "project": procedure.project_code,
        "section": procedure.section_code,
    }


def _check_status(
    report: Report, values: Sequence[object], facts: Sequence[GuaranteeData], trusted: Keyring | None
) -> None:
    try:
        entries = [chain.Entry.parse(one) for one in values]
    except ValueError as error:
        raise NoBundle(f"a status cannot be read: {error}") from None
    report.add(f"status: {fault}" for fault in chain.faults(entries, anchor=facts[0].anchor, trusted=trusted))
    if not entries:
        return
    last = canonical.decode(entries[-1].body)
    assert isinstance(last, Mapping), "parsed as an object"
    if last.get("version") != facts[-1].anchor:
        report.fault("the newest status speaks of another version than the last one here")
    report.facts["status"] = str(last.get("status"))
    report.facts["platform"] = str(last.get("platform"))
