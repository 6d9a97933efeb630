"""Selections as pages and other subjects see them, and the record from which anybody computes one again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.evidence import queries as log
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.exports import Proven, entry_json
from marketplace.selection.domain.case import Case, case_from
from marketplace.selection.domain.deciding import decide
from marketplace.selection.domain.outcome import Outcome
from marketplace.selection.domain.record import FORMAT
from marketplace.selection.domain.states import SelectionState, Wait
from marketplace.selection.models import AgencyCredit, PanelMember, Selection, SelectionEntrant
from signatures.draws import queries as draws

FINISHED = (SelectionState.DECIDED.value, SelectionState.FAILED.value, SelectionState.VOIDED.value)


@dataclass(frozen=True, slots=True)
class SelectionView:
    """A selection; `case` and `outcome` are for the public only when it is finished."""

    id: int
    procurement_id: int
    way: str
    live: bool
    state: SelectionState
    wait: Wait
    draw_id: UUID | None
    room_id: int | None
    case: Case
    outcome: Outcome
    winner_organisation_id: int | None
    winner_agency_id: int | None
    amount: Decimal | None
    failure: str
    begun_at: datetime
    decided_at: datetime | None

    @property
    def finished(self) -> bool:
        return self.state.value in FINISHED


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member of the panel."""

    id: int
    person_id: int
    name: str
    handed_in_at: datetime | None


def selection(selection_id: int) -> SelectionView:
    """The selection. Raises `NotFound`. Who may see its figures, the caller decides by `finished`."""
    row = Selection.objects.select_related("winner").filter(pk=selection_id).first()
    if row is None:
        raise NotFound()
    return view(row)


def of_procurement(procurement_id: int) -> SelectionView | None:
    """The selection of a procurement's newest round."""
    rows = Selection.objects.select_related("winner").filter(procurement_id=procurement_id)
    row = rows.order_by("-round").first()
    return view(row) if row else None


def view(row: Selection) -> SelectionView:
    """The row as a value."""
    case = case_from(row.case)
    return SelectionView(
        id=row.pk,
        procurement_id=row.procurement_id,
        way=row.way,
        live=row.live,
        state=SelectionState(row.state),
        wait=Wait(row.wait),
        draw_id=row.draw_id,
        room_id=row.room_id,
        case=case,
        outcome=decide(case),
        winner_organisation_id=row.winner.organisation_id if row.winner else None,
        winner_agency_id=row.winner.agency_id if row.winner else None,
        amount=row.amount,
        failure=row.failure,
        begun_at=row.begun_at,
        decided_at=row.decided_at,
    )


def panel(selection_id: int) -> list[MemberView]:
    """Who scores, and who has handed in."""
    rows = PanelMember.objects.filter(selection_id=selection_id).order_by("id")
    return [MemberView(row.pk, row.person_id, row.name, row.handed_in_at) for row in rows]


def to_score(viewer: Actor) -> list[int]:
    """Selections that wait for the viewer's score sheet."""
    if viewer.person_id is None:
        return []
    rows = PanelMember.objects.filter(
        person_id=viewer.person_id, handed_in_at__isnull=True, selection__wait=Wait.SCORES.value
    )
    return list(rows.order_by("selection_id").values_list("selection_id", flat=True))


def entrant_organisations(selection_id: int) -> dict[str, int]:
    """Number to organisation."""
    rows = SelectionEntrant.objects.filter(selection_id=selection_id)
    return dict(rows.values_list("number", "organisation_id"))


def credits(organisation_ids: Iterable[int]) -> dict[int, Decimal]:
    """The scores that were written; who has none stands at the start value."""
    rows = AgencyCredit.objects.filter(organisation_id__in=list(organisation_ids))
    return dict(rows.values_list("organisation_id", "points"))


def record(selection_id: int) -> dict[str, JSON]:
    """`luochui-selection/v1`: case, outcome, draws and the log's entries. Raises `NotFound`, also while it runs."""
    row = Selection.objects.filter(pk=selection_id, state__in=FINISHED).first()
    if row is None:
        raise NotFound()
    links = log.entries(row.stream)
    newest = log.latest_checkpoint()
    proofs = log.inclusions(row.stream, [link.seq for link in links], size=newest.size if newest else 0)
    places = {proof.seq: (proof.index, proof.path) for proof in proofs}
    case: dict[str, Any] = row.case
    return {
        "format": FORMAT,
        "selection_id": str(row.pk),
        "case": case,
        "outcome": row.outcome,
        "draws": [draws.record(UUID(drawn["draw_id"])) for drawn in case["draws"]],
        "entries": [entry_json(Proven(link, *places.get(link.seq, (None, ())))) for link in links],
        "checkpoint": newest.note if newest else None,
        "keys": log.published_keys(),
    }
