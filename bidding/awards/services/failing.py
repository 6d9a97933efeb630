"""A section comes to nothing after its opening: what the law lets the owner say, and on which grounds."""

from datetime import datetime

from django.db import transaction

from bidding.awards.domain.reports import FailureUnfounded
from bidding.awards.domain.states import AwardState
from bidding.awards.models import Award
from bidding.awards.policies import can_award
from bidding.opening import queries as halls
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.failing import FailureCause
from bidding.tenders.domain.states import SectionState
from commons.domain.actor import Actor
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import digest
from commons.evidence.services import append
from commons.vault import queries as vault


@transaction.atomic
def declare_failed(
    *, actor: Actor, section_id: int, cause: FailureCause, reason: str, document_id: int, at: datetime
) -> None:
    """The owner declares that the section failed, with its reason and the paper that bears it out.

    Refuses (`FailureUnfounded`) what does not follow from what was found: the owner gets rid of nobody by itself.
    """
    terms = tenders.locked_terms(section_id)
    can_award(actor, terms).require()
    words = tender_services.words_of(reason)
    _require_founded(terms, cause)
    document = vault.document(document_id)
    if document is None or document.subject != f"evaluation-report:{section_id}":
        raise FailureUnfounded(reason=gettext_noop("the paper that says so is missing"))
    append(
        stream=terms.stream,
        type="FailureDeclared",
        actor=actor,
        payload={
            "cause": cause.value,
            "reason_sha256": digest(words.encode()),
            "document_sha256": document.sha256,
        },
        decided_at=at,
    )
    tender_services.fail_by_owner(actor=actor, section_id=section_id, cause=cause, at=at)


def _require_founded(terms: tenders.SectionTerms, cause: FailureCause) -> None:
    if cause is FailureCause.TOO_FEW_VALID:
        if terms.state is not SectionState.OPENED:
            raise FailureUnfounded(reason=gettext_noop("the committee's report has found enough valid bids"))
    elif cause is FailureCause.NO_CANDIDATE:
        given_up = Award.objects.filter(section_id=terms.section_id, state=AwardState.GIVEN_UP.value)
        if not given_up.exists():
            raise FailureUnfounded(reason=gettext_noop("no winner gave up, and the candidates stand"))
    else:
        _require_below(terms)


def _require_below(terms: tenders.SectionTerms) -> None:
    told = terms.reserve.amount if terms.reserve else None
    if told is None:
        raise FailureUnfounded(reason=gettext_noop("no secret reserve was read out"))
    if any(price >= told for price in halls.prices_read_out(terms.section_id)):
        raise FailureUnfounded(reason=gettext_noop("a bid reached the secret reserve"))
