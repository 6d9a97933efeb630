"""From one step of a selection to the next: the case says what it needs, and gets it."""

from dataclasses import replace
from datetime import datetime, timedelta

from commons.domain.text import gettext_noop
from commons.inbox import services as inbox
from marketplace.selection.domain.case import Case, Cause, Dropped
from marketplace.selection.domain.deciding import decide
from marketplace.selection.domain.outcome import End, Need, Outcome
from marketplace.selection.domain.states import SelectionCommand, Wait
from marketplace.selection.models import Selection, SelectionEntrant
from marketplace.selection.services import notices
from marketplace.selection.services.common import PLATFORM, keep, move, record
from signatures.draws import services as draws


def go_on(selection: Selection, *, at: datetime) -> None:
    """Compute the case; store what it came to or ask for what it needs. The caller holds the selection's lock."""
    case = selection.as_case()
    outcome = decide(case)
    while outcome.end is End.WINNER and (barred := notices.bar_of(selection, outcome.winner, at=at)):
        case = _without(selection, case, outcome.winner, barred, at=at)
        outcome = decide(case)
    keep(selection, case, wait=Wait.NOTHING.value)
    if outcome.end is End.WINNER:
        _decided(selection, case, outcome, at=at)
    elif outcome.end is End.FAILED:
        _failed(selection, case, outcome, at=at)
    elif outcome.need is not None:
        _announce(selection, outcome.need, at=at)
    else:
        _ask(selection, outcome, at=at)


def _without(selection: Selection, case: Case, number: str, barred: str, *, at: datetime) -> Case:
    """The winner lost its qualification since the selection began: it falls out, on record."""
    payload = {"number": number, "cause": Cause.LOST_QUALIFICATION.value, "bar": barred}
    record(selection, "WinnerLostQualification", actor=PLATFORM, payload=payload, at=at)
    SelectionEntrant.objects.filter(selection=selection, number=number).update(barred=barred)
    return replace(case, dropped=(*case.dropped, Dropped(number, Cause.LOST_QUALIFICATION)))


def _decided(selection: Selection, case: Case, outcome: Outcome, *, at: datetime) -> None:
    winner = SelectionEntrant.objects.get(selection=selection, number=outcome.winner)
    payload = {
        "case_sha256": case.sha256(),
        "winner": outcome.winner,
        "agency": f"organisation:{winner.organisation_id}",
        "amount": None if outcome.amount is None else format(outcome.amount, "f"),
    }
    values = {"winner": winner, "amount": outcome.amount, "decided_at": at, "outcome": outcome.as_json()}
    move(selection, SelectionCommand.DECIDE, actor=PLATFORM, at=at, payload=payload, **values)
    notices.selected(selection, winner.organisation_id, at=at)


def _failed(selection: Selection, case: Case, outcome: Outcome, *, at: datetime) -> None:
    assert outcome.failure is not None, "a failed outcome says why"
    payload = {"case_sha256": case.sha256(), "failure": outcome.failure.value}
    values = {"failure": outcome.failure.value, "decided_at": at, "outcome": outcome.as_json(), "winner": None}
    move(selection, SelectionCommand.FAIL, actor=PLATFORM, at=at, payload=payload, **values)
    notices.failed(selection, outcome.failure, at=at)


def _announce(selection: Selection, need: Need, *, at: datetime) -> None:
    """A draw by the platform and the owner's person: nobody alone can know or choose what comes out."""
    times = notices.draw_times(selection)
    owner = notices.custodian(selection)
    view = draws.announce(
        actor=PLATFORM,
        plan=draws.Plan(
            subject=selection.stream,
            title=notices.draw_title(selection, need.purpose),
            roster=need.roster,
            exclusions=need.exclusions,
            k=need.k,
            reveal_from=at + times.lead,
            reveal_until=at + times.lead + times.window,
        ),
        custodians=(draws.PLATFORM, owner),
        at=at,
    )
    keep(selection, selection.as_case(), wait=Wait.DRAW.value, draw_id=view.id, draw_purpose=need.purpose)
    payload = {"purpose": need.purpose, "draw": str(view.id)}
    record(selection, "DrawAnnounced", actor=PLATFORM, payload=payload, at=at)
    inbox.deliver(
        organisation_id=owner.organisation_id or 0,
        subject_msgid=gettext_noop("Make your secret for the draw of %(title)s within %(minutes)s minutes"),
        fields={"title": notices.title_of(selection), "minutes": str(times.lead // timedelta(minutes=1))},
        link=f"/draws/{view.id}/custody/",
        at=at,
        key=f"selection:{selection.pk}:{need.purpose}",
    )


def _ask(selection: Selection, outcome: Outcome, *, at: datetime) -> None:
    """Scores or the owner's pick are missing: say so, and to whom."""
    scores = outcome.end is End.NEEDS_SCORES
    wait = Wait.SCORES if scores else Wait.PICK
    keep(selection, selection.as_case(), wait=wait.value)
    payload = {"for": wait.value, "eligible": list(outcome.eligible)}
    record(selection, "SelectionWaits", actor=PLATFORM, payload=payload, at=at)
    if scores:
        subject = gettext_noop("The proposals for %(title)s can be scored")
    else:
        subject = gettext_noop("Pick an agency from the small list for %(title)s")
    notices.tell_owner(selection, subject, key=f"{wait.value}:{len(selection.as_case().dropped)}", at=at)
