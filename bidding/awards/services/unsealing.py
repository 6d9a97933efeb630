"""Rounds whose offers are sealed: an intake for each, opened at its end by suppliers and officers, read when opened."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bidding.awards.domain.offers import LARGEST_BYTES, NAME, OfferFault, read
from bidding.awards.domain.rounds import NotInRound, RoundHeld, RoundKind
from bidding.awards.models import OfferRound, RoundOffer
from bidding.awards.policies import can_make_offers
from bidding.awards.queries import remaining
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.states import ENDED, SectionState
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import ALLOWED, Actor, system_actor
from commons.domain.money import as_text
from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append
from commons.secrecy.fields import Party
from commons.vault import services as vault
from signatures.envelopes import queries as envelopes
from signatures.envelopes import services as sealing
from signatures.envelopes.admitting import register_admission
from signatures.envelopes.domain.header import Mode
from signatures.envelopes.domain.states import EnvelopeState, IntakeState
from signatures.envelopes.queries import EnvelopeView
from signatures.envelopes.services.uploading import SETTLING

KEEPER = system_actor("rounds")
LONGEST_TITLE = 200
"""Of an intake, in characters."""


def seal_round(row: OfferRound, terms: SectionTerms, *, at: datetime) -> None:
    """Take the offers of a new round sealed, to be opened by whoever opened the first ones."""
    if terms.intake_id is None or terms.roster_id is None:
        return
    row.intake_id = sealing.open_intake(
        actor=KEEPER,
        subject=sealing.Subject(
            f"round:{row.pk}",
            f"{terms.tender_title} · {terms.title} · 第{row.number}轮报价"[:LONGEST_TITLE],
            terms.envelope_tender,
            f"{terms.envelope_lot}R{row.number}",
        ),
        mode=Mode(terms.profile.choice(Switch.ENCRYPTION)),
        deadline=row.closes_at,
        roster_id=terms.roster_id,
        at=at,
        window_minutes=terms.decrypt_minutes,
    )
    row.save(update_fields=["intake_id"])


def advance(row: OfferRound, terms: SectionTerms, *, at: datetime) -> bool:
    """Begin the opening of a locked round that is due, or read what came out; whether anything happened."""
    assert row.intake_id is not None, "its offers are sealed"
    intake = envelopes.intake(row.intake_id)
    if intake.state is IntakeState.OPEN and terms.state in ENDED:
        sealing.abandon_intake(actor=KEEPER, intake_id=intake.id, at=at)
        return _conclude(row, at)
    if intake.state is IntakeState.OPEN and terms.state is SectionState.OPENED and at >= row.closes_at + SETTLING:
        _begin(row, terms, at)
        return True
    if intake.state is IntakeState.FINISHED:
        _take(row, terms, at)
        return _conclude(row, at)
    return False


def _begin(row: OfferRound, terms: SectionTerms, at: datetime) -> None:
    """The time for unlocking begins; who offered is known now, and is told to unlock."""
    assert row.intake_id is not None, "its offers are sealed"
    sealing.begin_opening(actor=KEEPER, intake_id=row.intake_id, at=at)
    found = envelopes.opening(KEEPER, row.intake_id)
    until = found.intake.window_ends_at
    for one in found.envelopes:
        tender_services.tell_one(
            terms.tender_id,
            one.organisation_id,
            gettext_noop("%(tender)s: unlock your offer of round %(number)s until %(until)s"),
            at=at,
            key=f"unlock:{row.pk}",
            fields={"number": str(row.number), "until": to_text(until) if until else ""},
            link=f"/sections/{row.section_id}/offer/",
        )


def _take(row: OfferRound, terms: SectionTerms, at: datetime) -> None:
    """What came out of the envelopes, an entry of the log for the round; what failed with its cause."""
    assert row.intake_id is not None, "its offers are sealed"
    told: list[JSON] = []
    for view in envelopes.opening(KEEPER, row.intake_id).envelopes:
        facts = facts_of(view, kind=RoundKind(row.kind), ceiling=terms.highest_ceiling, at=at)
        RoundOffer.objects.update_or_create(party=Party(row.pk, view.organisation_id), defaults={"facts": facts})
        told.append(
            {"organisation": f"organisation:{view.organisation_id}", "receipt": view.receipt, "price": facts["price"],
             "words_sha256": digest(facts["words"].encode()), "fault": facts["fault"], "cause": facts["cause"]}
        )  # fmt: skip
    payload: dict[str, JSON] = {"round": str(row.number), "offers": told}
    append(stream=terms.stream, type="OffersOpened", actor=KEEPER, payload=payload, decided_at=at)


def facts_of(view: EnvelopeView, *, kind: RoundKind, ceiling: Decimal | None, at: datetime) -> dict[str, str]:
    """What came out of an envelope after its opening, or why it does not count."""
    common = {"at": to_text(view.received_at), "cause": view.cause}
    if view.state is not EnvelopeState.OPENED:
        return {"price": "", "words": "", "fault": OfferFault.NOT_OPENED.value, **common}
    said = read(_data(view.files, at), kind=kind, ceiling=ceiling)
    price = as_text(said.price) if said.price is not None else ""
    return {"price": price, "words": said.words, "fault": said.fault.value if said.fault else "", **common}


def _data(files: list[Mapping[str, str]], at: datetime) -> Any:
    found = next((one for one in files if one["name"] == NAME), None)
    if found is None or int(found["size"]) > LARGEST_BYTES:
        return None
    opened = vault.open_document(actor=KEEPER, document_id=int(found["document"]), at=at, decision=ALLOWED)
    try:
        return json.loads(b"".join(opened.chunks))
    except (ValueError, RecursionError):
        return None


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
