"""Receipts, for their own bidder, and for whoever is shown one."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.domain.time import from_text
from commons.evidence.domain import receipts
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.notes import BadNote
from commons.evidence.domain.receipts import BadReceipt
from commons.evidence.domain.report import Report
from commons.evidence.queries import head_faults, keyring
from signatures import at_rest
from signatures.envelopes.models import EnvelopeReceipt
from signatures.envelopes.sealed_facts import facts_of, own_envelopes


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt as its own bidder sees it. `document` is what can be kept and checked offline."""

    number: str
    kind: str
    commit: str
    size: int
    received_at: datetime
    supersedes: str
    log_index: str
    stream: str
    intake_id: int
    ts_pending: bool
    document: Mapping[str, JSON] | None


def receipt(viewer: Actor, number: str) -> ReceiptView:
    """The viewer's own receipt. Raises `NotFound`, also for everybody else's."""
    row = EnvelopeReceipt.objects.filter(ref=number).first()
    if row is None:
        raise NotFound()
    found = _view(row)
    if viewer.organisation_id is None or str(viewer.organisation_id) != _facts(row)["organisation"]:
        raise NotFound()
    return found


def own_receipts(viewer: Actor, intake_id: int) -> list[ReceiptView]:
    """The viewer's receipts in an intake, the newest first: the first one is what counts."""
    if viewer.organisation_id is None:
        return []
    rows = own_envelopes(intake_id, viewer.organisation_id)
    found: list[ReceiptView] = []
    number = facts_of(rows[-1]).receipt if rows else ""
    while number:
        found.append(receipt(viewer, number))
        number = found[-1].supersedes
    return found


def check_receipt(value: object, *, at: datetime) -> Report:
    """Whether the platform signed this receipt, and whether it is still the last word of its bidder there."""
    report = Report()
    try:
        shown = receipts.from_json(value.get("receipt") if isinstance(value, Mapping) else value)
        report.add(receipts.faults(shown, keyring()))
        report.add(head_faults(shown))
    except (BadReceipt, BadNote) as error:
        report.fault(str(error))
        return report
    row = EnvelopeReceipt.objects.filter(ref=_number(shown.as_json())).first()
    if row is None or _facts(row)["signed"] != shown.as_json():
        report.fault("the platform does not know this receipt")
        return report
    facts = _facts(row)
    rows = own_envelopes(int(str(facts["intake"])), int(str(facts["organisation"])))
    newest = facts_of(rows[-1]).receipt
    report.facts |= {"receipt_id": row.ref, "current": newest == row.ref}
    if newest != row.ref:
        report.fault(f"it was superseded by receipt {newest}")
    return report


def _number(value: JSON) -> str:
    body = value.get("body") if isinstance(value, Mapping) else None
    return str(body.get("receipt_id")) if isinstance(body, Mapping) else ""


def _facts(row: EnvelopeReceipt) -> Mapping[str, JSON]:
    return at_rest.unseal(bytes(row.facts), place=f"receipt:{row.ref}")


def _view(row: EnvelopeReceipt) -> ReceiptView:
    facts = _facts(row)
    core, entry, signed = facts["core"], facts["entry"], facts["signed"]
    assert isinstance(core, Mapping)
    assert isinstance(entry, Mapping)
    body = signed["body"] if isinstance(signed, Mapping) else {}
    return ReceiptView(
        number=row.ref,
        kind=str(core["kind"]),
        commit=str(core["commit"]),
        size=int(str(core["size"])),
        received_at=from_text(str(core["received_at"])),
        supersedes=str(core["supersedes"]),
        log_index=str(body.get("log_index", "")) if isinstance(body, Mapping) else "",
        stream=str(entry["stream"]),
        intake_id=int(str(facts["intake"])),
        ts_pending=row.ts_pending,
        document=_document(row, signed) if signed is not None else None,
    )


def _document(row: EnvelopeReceipt, signed: JSON) -> Mapping[str, JSON]:
    token = base64.b64encode(bytes(row.token)).decode()
    return {"receipt": signed, "ts_pending": row.ts_pending, "tsa_token": token}
