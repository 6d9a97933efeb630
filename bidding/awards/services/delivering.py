"""How an order under a framework ends: the supplier refuses it, or the owner accepts what was delivered 验收."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from bidding.awards.domain.call_offs import require_within
from bidding.awards.domain.states import CALL_OFF, CallOffCommand, CallOffState
from bidding.awards.models import CallOff
from bidding.awards.policies import can_award, can_refuse_call_off
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from commons.domain.actor import Actor
from commons.domain.money import as_text, money
from commons.domain.refusals import NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append


@transaction.atomic
def refuse_call_off(*, actor: Actor, call_off_id: int, reason: str, at: datetime) -> None:
    """The supplier does not deliver; its contract has that much again, its turn is taken, and the owner is told.

    What a refusal without good cause costs it the framework agreement says. Refuses `WordsMissing`, `NotAllowedNow`.
    """
    row, terms = _locked(call_off_id)
    can_refuse_call_off(actor, row.award).require()
    words = tender_services.words_of(reason)
    _end(row, terms, CallOffCommand.REFUSE, words, actor=actor, at=at)
    subject = gettext_noop("%(tender)s: %(supplier)s refuses the order “%(title)s”")
    _tell(row, terms, terms.owner_id, subject, at, supplier=row.award.line.organisation.name)


@transaction.atomic
def settle_call_off(*, actor: Actor, call_off_id: int, accepted: Decimal, words: str, at: datetime) -> None:
    """The owner accepts what was delivered, for at most what was ordered; what is less stays in the contract.

    Refuses `MoreThanOrdered`, `WordsMissing`, `NotAllowedNow`.
    """
    row, terms = _locked(call_off_id)
    can_award(actor, terms).require()
    accepted = money(accepted)
    require_within(accepted, row.amount)
    said = tender_services.words_of(words)
    _end(row, terms, CallOffCommand.SETTLE, said, actor=actor, at=at, accepted=accepted)
    subject = gettext_noop("%(tender)s: the delivery of “%(title)s” is accepted for %(amount)s yuan")
    _tell(row, terms, row.award.line.organisation_id, subject, at, amount=as_text(accepted))


def _locked(call_off_id: int) -> tuple[CallOff, tenders.SectionTerms]:
    """The order under its section's lock, which every change of a framework holds."""
    section = CallOff.objects.filter(pk=call_off_id).values_list("award__section_id", flat=True).first()
    if section is None:
        raise NotFound()
    terms = tenders.locked_terms(section)
    return CallOff.objects.select_related("award__line__organisation").get(pk=call_off_id), terms


def _end(
    row: CallOff, terms: tenders.SectionTerms, command: CallOffCommand, words: str, *, actor: Actor, at: datetime,
    accepted: Decimal | None = None,
) -> None:  # fmt: skip
    step = CALL_OFF.fire(CallOffState(row.state), command)
    row.state, row.ended_at, row.end_words, row.accepted = step.target.value, at, words, accepted
    row.save(update_fields=["state", "ended_at", "end_words", "accepted"])
    payload: dict[str, JSON] = {
        "award": f"award:{row.award_id}",
        "number": str(row.number),
        "accepted": as_text(accepted) if accepted is not None else None,
        "words_sha256": digest(words.encode()),
    }
    append(stream=terms.stream, type=step.event, actor=actor, payload=payload, decided_at=at)


def _tell(
    row: CallOff, terms: tenders.SectionTerms, organisation_id: int, subject: str, at: datetime, **fields: str
) -> None:
    tender_services.tell_one(
        terms.tender_id,
        organisation_id,
        subject,
        at=at,
        key=f"call-off:{row.pk}:{row.state}",
        fields={"title": row.title, **fields},
        link=f"/awards/{row.award_id}/call-offs/",
    )
