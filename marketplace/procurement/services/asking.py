"""Questions about a notice: asked by agencies, answered by the owner for everybody to read."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor, system_actor
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import digest
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Question
from marketplace.procurement.policies import can_ask, can_change
from marketplace.procurement.services.amending import SignUpOver
from marketplace.procurement.services.steps import locked_procurement, record, tell

LONGEST = 1_000
KEEPER = system_actor("procurement")
"""In whose name the public stream tells that a question was asked: who asks is nobody's business."""


@transaction.atomic
def ask_question(*, actor: Actor, procurement_id: int, text: str, at: datetime) -> int:
    """Ask before the deadline. Refuses `NotPermitted`, `SignUpOver`, and (`Malformed`) an empty or endless text."""
    row = locked_procurement(procurement_id)
    can_ask(actor, row).require()
    if row.state != ProcurementState.SIGNING_UP or row.sign_up_until is None or at >= row.sign_up_until:
        raise SignUpOver()
    words = _words(text)
    assert actor.organisation_id is not None, "agencies act for organisations"
    made = Question.objects.create(procurement=row, organisation_id=actor.organisation_id, text=words, asked_at=at)
    payload = {"question": f"question:{made.pk}", "text_sha256": digest(words.encode())}
    record(row, "QuestionAsked", actor=KEEPER, at=at, payload=payload)
    subject = gettext_noop("A question was asked about %(title)s")
    tell(row, row.owner.organisation_id, subject, at=at, key=f"question:{made.pk}")
    return made.pk


@transaction.atomic
def answer_question(*, actor: Actor, question_id: int, answer: str, at: datetime) -> None:
    """Answer, once; everybody reads question and answer, nobody who asked. Refuses `NotFound`, `NotAllowedNow`."""
    found = Question.objects.filter(pk=question_id).first()
    if found is None:
        raise NotFound()
    row = locked_procurement(found.procurement_id)
    can_change(actor, row).require()
    words = _words(answer)
    changed = Question.objects.filter(pk=found.pk, answered_at__isnull=True).update(answer=words, answered_at=at)
    if changed != 1:
        raise NotAllowedNow(command="ANSWER", state="ANSWERED")
    payload = {"question": f"question:{found.pk}", "text_sha256": digest(words.encode())}
    record(row, "QuestionAnswered", actor=actor, at=at, payload=payload)
    subject = gettext_noop("Your question about %(title)s is answered")
    tell(row, found.organisation_id, subject, at=at, key=f"answer:{found.pk}")


def _words(text: str) -> str:
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise Malformed(field="text", reason=gettext_noop("write between 1 and 1,000 characters"))
    return words
