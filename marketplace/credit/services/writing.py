"""Letters of the authority to an agency."""

from datetime import datetime

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from exchange.notices.services import NumberedDecision
from marketplace.credit.models import SupervisionLetter
from marketplace.credit.policies import can_decide
from marketplace.credit.services.common import record, tell
from marketplace.entry import queries as entry
from marketplace.fulfilment.domain.refusals import words_of


class LetterIssuedAlready(Refusal):
    code = "LETTER_ISSUED_ALREADY"
    message = gettext_noop("The letter %(number)s to this agency is on record already.")


@transaction.atomic
def issue_letter(*, actor: Actor, agency_id: int, letter: NumberedDecision, words: str, at: datetime) -> int:
    """The authority's letter 监管函 enters the agency's public record; its score stays. The letter's number.

    Refuses `NotPermitted`, `NotFound`, `DecisionMissing`, `WordsTooShort`, `LetterIssuedAlready`.
    """
    can_decide(actor).require()
    if not entry.was_published(agency_id):
        raise NotFound()
    given, said = letter.require(), words_of(words)
    number = given.number.strip()
    try:
        with transaction.atomic():
            row = SupervisionLetter.objects.create(
                agency_id=agency_id, authority=given.body.strip(), number=number, words=said,
                document_id=given.document_id, issued_by=actor.ref, issued_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise LetterIssuedAlready(number=number) from None
    payload: dict[str, JSON] = {"letter": str(row.pk), "number": number, "words_sha256": digest(said.encode())}
    record(f"credit:{agency_id}", "LetterIssued", actor=actor, payload=payload, at=at)
    subject = gettext_noop("The authority sent your organisation the letter %(number)s")
    tell(agency_id, subject, at=at, key=f"letter:{row.pk}", link=f"/supermarket/credit/{agency_id}/", number=number)
    return row.pk
