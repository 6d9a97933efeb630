"""A selection begins: qualification is checked again at this moment, quotes are opened, agencies get their numbers."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.time import to_text
from commons.repeated import insert
from marketplace.procurement.policies import can_select
from marketplace.selection import queries
from marketplace.selection.domain.case import Case, Entrant, case_json
from marketplace.selection.domain.states import NotYetDue, Wait
from marketplace.selection.models import Selection, SelectionEntrant
from marketplace.selection.services import notices
from marketplace.selection.services.common import record
from marketplace.selection.services.going_on import go_on
from marketplace.selection.services.notices import Notice, Signed
from marketplace.selection.services.rooming import open_room


@transaction.atomic
def begin(*, actor: Actor, procurement_id: int, at: datetime) -> int:
    """Begin the selection of a procurement whose sign-up is over; the selection's number.

    By the platform at the announced time, or by a member of staff who did not publish the notice. Refuses `NotFound`,
    `NotPermitted`, `AuditedByYourself`, `NotYetDue`, `NotAllowedNow`.
    """
    notice = notices.take(procurement_id, actor=actor, at=at)
    can_select(actor, audited_by=notice.view.audited_by).require()
    due_at = notice.view.selection_at
    if due_at is not None and at < due_at:
        raise NotYetDue(selection_at=to_text(due_at))
    signed = notices.sign_ups(notice, at=at)
    case = _case(notice, signed)
    selection = _stored(notice, case, signed, actor=actor, at=at)
    payload = {
        "procurement": f"procurement:{procurement_id}",
        "way": notice.terms.way.value,
        "entrants": str(len(signed)),
        "barred": str(sum(1 for one in signed if one.barred)),
        "case_sha256": case.sha256(),
    }
    record(selection, "SelectionBegun", actor=actor, payload=payload, at=at)
    if notice.live and sum(1 for one in signed if not one.barred) >= notice.terms.minimum:
        open_room(selection, notice, at=at)
    else:
        go_on(selection, at=at)
    return selection.pk


def _case(notice: Notice, signed: Sequence[Signed]) -> Case:
    width = max(2, len(str(len(signed))))
    credit = queries.credits([one.organisation_id for one in signed])
    entrants = tuple(
        Entrant(
            number=f"{place:0{width}d}",
            name=one.name,
            code=one.code,
            signed_up_at=to_text(one.signed_up_at),
            credit=credit.get(one.organisation_id, notice.credit_start).quantize(Decimal("0.01")),
            quote=one.quote,
            barred=one.barred,
        )
        for place, one in enumerate(signed, start=1)
    )
    return Case(procurement=notice.view.code, terms=notice.terms, entrants=entrants, live=notice.live)


def _stored(notice: Notice, case: Case, signed: Sequence[Signed], *, actor: Actor, at: datetime) -> Selection:
    selection = Selection(
        procurement_id=notice.procurement_id,
        round=notice.view.round,
        way=notice.terms.way.value,
        live=notice.live,
        wait=Wait.NOTHING.value,
        case=case_json(case),
        ceiling=notice.terms.ceiling,
        begun_at=at,
        begun_by=actor.ref,
    )
    insert(selection)
    selection.notice = notice.view
    SelectionEntrant.objects.bulk_create(
        [
            SelectionEntrant(
                selection=selection,
                number=entrant.number,
                agency_id=one.agency_id,
                organisation_id=one.organisation_id,
                barred=one.barred,
            )
            for entrant, one in zip(case.entrants, signed, strict=True)
        ]
    )
    return selection
