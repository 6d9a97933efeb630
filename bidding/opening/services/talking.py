"""Objections and questions: heard in the hall, answered in the hall, in the record (招标投标法实施条例 第44条)."""

from datetime import datetime

from django.db import transaction

from bidding.opening import policies
from bidding.opening.domain.refusals import NotYours, TalkOver
from bidding.opening.domain.states import TALKING, HallState, Happening, WordKind, WordState
from bidding.opening.models import Hall, HallBid, HallWord
from bidding.opening.services.common import locked_hall, note, terms_of
from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence.domain.canonical import JSON
from commons.people import queries as people

_SAID = {WordKind.OBJECTION: Happening.OBJECTION_RAISED, WordKind.QUESTION: Happening.QUESTION_ASKED}


@transaction.atomic
def speak(*, actor: Actor, hall_id: int, kind: WordKind, text: str, at: datetime) -> int:
    """Object or ask, as a bidder of this opening; the number of what was said.

    An objection is heard by all at once. A question waits for a host to admit it. Refuses `NotPermitted`, `NotYours`,
    `TalkOver`.
    """
    policies.can_act_as_bidder(actor).require()
    assert actor.organisation_id is not None, "a bidder is an organisation"
    hall = locked_hall(hall_id)
    bid = HallBid.objects.filter(hall=hall, organisation_id=actor.organisation_id).first()
    if bid is None:
        raise NotYours()
    if hall.state not in TALKING:
        raise TalkOver()
    shown = kind is WordKind.OBJECTION
    row = HallWord.objects.create(
        hall=hall,
        organisation_id=actor.organisation_id,
        kind=kind.value,
        state=(WordState.SHOWN if shown else WordState.WAITING).value,
        text=text,
        said_at=at,
    )
    facts = {"word": str(row.pk), **({"bidder": _name(row), "text": text} if shown else {})}
    note(hall, _SAID[kind], actor=actor, at=at, facts=facts)
    return row.pk


@transaction.atomic
def admit(*, actor: Actor, word_id: int, shown: bool, at: datetime) -> None:
    """A conductor lets a question be seen by all, or not. Refuses `NotPermitted`, `NotFound`, `NotAllowedNow`."""
    hall, row = _locked(word_id)
    policies.can_conduct(actor, terms_of(hall)).require()
    if row.state != WordState.WAITING:
        raise NotAllowedNow(command="ADMIT", state=row.state)
    row.state = (WordState.SHOWN if shown else WordState.REFUSED).value
    row.save(update_fields=["state"])
    facts: dict[str, JSON] = {"word": str(row.pk)}
    if shown:
        facts |= {"bidder": _name(row), "text": row.text}
    note(hall, Happening.QUESTION_ADMITTED if shown else Happening.QUESTION_REFUSED, actor=actor, at=at, facts=facts)


@transaction.atomic
def answer(*, actor: Actor, word_id: int, text: str, at: datetime) -> None:
    """The owner or its agent answers, for all to see. Refuses `NotPermitted`, `NotFound`, `NotAllowedNow`."""
    hall, row = _locked(word_id)
    policies.can_answer(actor, terms_of(hall)).require()
    if row.state != WordState.SHOWN or hall.state not in {*TALKING, HallState.RECORDING}:
        raise NotAllowedNow(command="ANSWER", state=row.state)
    row.state, row.answer, row.answered_at = WordState.ANSWERED.value, text, at
    row.save(update_fields=["state", "answer", "answered_at"])
    facts: dict[str, JSON] = {"word": str(row.pk), "answer": text}
    note(hall, Happening.OBJECTION_ANSWERED, actor=actor, at=at, facts=facts)


def _locked(word_id: int) -> tuple[Hall, HallWord]:
    hall_id = HallWord.objects.filter(pk=word_id).values_list("hall_id", flat=True).first()
    if hall_id is None:
        raise NotFound()
    return locked_hall(hall_id), HallWord.objects.get(pk=word_id)


def _name(row: HallWord) -> str:
    return people.organisations([row.organisation_id])[row.organisation_id].name
