"""Rounds whose offers are sealed: one call for each, opened at its end by suppliers and officers, read when opened."""

from collections.abc import Collection
from datetime import datetime

from bidding.awards.domain.rounds import NotInRound, RoundHeld, RoundKind
from bidding.awards.models import OfferRound, RoundOffer
from bidding.awards.policies import can_make_offers
from bidding.awards.queries import remaining
from bidding.awards.services import calls
from bidding.awards.services.calls import Call, Step
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.states import ENDED, SectionState
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import Actor, system_actor
from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append
from commons.secrecy.fields import Party
from signatures.envelopes.admitting import register_admission

KEEPER = system_actor("rounds")


def seal_round(row: OfferRound, terms: SectionTerms, *, at: datetime) -> None:
    """Take the offers of a new round sealed, to be opened by whoever opened the first ones."""
    if terms.intake_id is None or terms.roster_id is None:
        return
    title = f"{terms.title} · 第{row.number}轮报价"
    call = Call(f"round:{row.pk}", title, f"R{row.number}", row.closes_at, terms.roster_id)
    row.intake_id = calls.take_sealed(call, terms, at=at)
    row.save(update_fields=["intake_id"])


def advance(row: OfferRound, terms: SectionTerms, *, at: datetime) -> bool:
    """Begin the opening of a locked round that is due, or read what came out; whether anything happened."""
    assert row.intake_id is not None, "its offers are sealed"
    if terms.state in ENDED:
        calls.abandon(row.intake_id, at=at)
        return _conclude(row, at)
    if terms.state is not SectionState.OPENED:
        return False
    step = calls.advance(row.intake_id, closes_at=row.closes_at, at=at)
    if step is Step.BEGUN:
        call_to_unlock(row, terms, {one.organisation_id for one in calls.came_in(row.intake_id)}, at=at)
    elif step is Step.OPENED:
        _take(row, terms, at)
        _conclude(row, at)
    return step is not Step.NONE


def call_to_unlock(row: OfferRound, terms: SectionTerms, suppliers: Collection[int], *, at: datetime) -> None:
    """Tell suppliers until when they unlock what they offered."""
    assert row.intake_id is not None, "its offers are sealed"
    until = calls.unlocks_until(row.intake_id)
    for organisation_id in sorted(suppliers):
        tender_services.tell_one(
            terms.tender_id,
            organisation_id,
            gettext_noop("%(tender)s: unlock your offer of round %(number)s until %(until)s"),
            at=at,
            key=f"unlock:{row.pk}:{until}",
            fields={"number": str(row.number), "until": until},
            link=f"/sections/{row.section_id}/offer/",
        )


def _take(row: OfferRound, terms: SectionTerms, at: datetime) -> None:
    """What came out of the envelopes, an entry of the log for the round; what failed with its cause."""
    assert row.intake_id is not None, "its offers are sealed"
    told: list[JSON] = []
    for view in calls.came_in(row.intake_id):
        facts = calls.facts_of(view, kind=RoundKind(row.kind), ceiling=terms.highest_ceiling, at=at)
        RoundOffer.objects.update_or_create(party=Party(row.pk, view.organisation_id), defaults={"facts": facts})
        told.append(
            {"organisation": f"organisation:{view.organisation_id}", "receipt": view.receipt, "price": facts["price"],
             "words_sha256": digest(facts["words"].encode()), "fault": facts["fault"], "cause": facts["cause"]}
        )  # fmt: skip
    payload: dict[str, JSON] = {"round": str(row.number), "offers": told}
    append(stream=terms.stream, type="OffersOpened", actor=KEEPER, payload=payload, decided_at=at)


def _conclude(row: OfferRound, at: datetime) -> bool:
    row.revealed_at = at
    row.save(update_fields=["revealed_at"])
    return True


def _admit(actor: Actor, subject: str, at: datetime) -> None:
    """Asked before an upload for a round; its intake looks at the time. Refuses `NotInRound`, `NotAllowedNow`."""
    can_make_offers(actor).require()
    row = OfferRound.objects.get(pk=int(subject.partition(":")[2]))
    terms = tenders.section_terms(row.section_id)
    if actor.organisation_id not in remaining(terms):
        raise NotInRound()
    if row.held_at is not None:
        raise RoundHeld(number=row.number)
    if terms.state is not SectionState.OPENED:
        raise NotAllowedNow(command="OFFER", state=terms.state.value)


register_admission("round", _admit)
