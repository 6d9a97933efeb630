"""Moving a procurement: a locked row, a conditional update, its evidence; and the notices that are posted."""

from collections.abc import Mapping
from datetime import datetime

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import Entry, append
from commons.inbox import services as inbox
from commons.repeated import Repeated, insert, update
from marketplace.procurement.domain.notices import ProcurementNoticeKind
from marketplace.procurement.domain.states import PROCUREMENT, ProcurementCommand, ProcurementState
from marketplace.procurement.models import Procurement, ProcurementNotice
from marketplace.procurement.services.cases import WITHOUT_RESULT, hand_back_case

_LOCKED: Repeated[Procurement] = Repeated(
    lambda number: (
        Procurement.objects.select_for_update(of=("self",))
        .select_related("owner__organisation", "item")
        .filter(pk=number)
    )
)


def locked_procurement(procurement_id: int) -> Procurement:
    """The procurement with its owner and item, its row locked until the transaction ends. Refuses (`NotFound`)."""
    row = _LOCKED.first(procurement_id)
    if row is None:
        raise NotFound()
    return row


def move_procurement(
    row: Procurement,
    command: ProcurementCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: Mapping[str, JSON] | None = None,
    **changes: object,
) -> Entry:
    """Fire `command` on a locked row; `changes` are columns. Refuses (`NotAllowedNow`). Two statements and evidence."""
    step = PROCUREMENT.fire(ProcurementState(row.state), command)
    values = {"state": step.target.value, **changes}
    if update(Procurement, values, pk=row.pk, state=step.source.value) != 1:
        raise NotAllowedNow(command=command.value, state=row.state)
    for name, value in values.items():
        setattr(row, name, value)
    entry = record(row, step.event, actor=actor, at=at, payload=payload)
    if row.case_number and step.target in WITHOUT_RESULT:
        hand_back_case(row, result=WITHOUT_RESULT[step.target], at=at)
    return entry


def record(
    row: Procurement, event: str, *, actor: Actor, at: datetime, payload: Mapping[str, JSON] | None = None
) -> Entry:
    """A row of evidence in the stream of the procurement."""
    return append(stream=f"procurement:{row.pk}", type=event, actor=actor, payload=dict(payload or {}), decided_at=at)


def post_notice(
    row: Procurement,
    kind: ProcurementNoticeKind,
    body: Mapping[str, JSON],
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
) -> ProcurementNotice:
    """Publish a text under the procurement, with the evidence of its hash."""
    sha256 = canonical.digest(canonical.encode(body))
    payload: dict[str, JSON] = {
        "kind": kind.value,
        "version": str(row.version),
        "round": str(row.round),
        "sha256": sha256,
    }
    entry = record(row, "NoticePublished", actor=actor, at=at, payload=payload)
    notice = ProcurementNotice(
        procurement=row,
        kind=kind.value,
        version=row.version,
        round=row.round,
        reason=reason,
        body=dict(body),
        sha256=sha256,
        evidence_hash=entry.hash.hex(),
        published_at=at,
    )
    return insert(notice)


def tell(row: Procurement, organisation_id: int, subject: str, *, at: datetime, key: str, **fields: str) -> None:
    """A message about the procurement, once per `key`."""
    inbox.deliver(
        organisation_id=organisation_id,
        subject_msgid=subject,
        fields={"title": row.title, **fields},
        link=f"/supermarket/notices/{row.pk}/",
        at=at,
        key=f"procurement:{row.pk}:{key}:{organisation_id}",
    )
