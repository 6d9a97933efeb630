"""Rounds of offers after the opening: opened for all who remain, sealed until their end, revealed afterwards.

Offers are envelopes where the procedure seals (`unsealing`); a single source hands them in here, and they are
encrypted until the round is over."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from bidding.awards.domain.rounds import (
    AboveCeiling,
    FinalPriceNeeded,
    NotInRound,
    OfferToSeal,
    RoundBeingOpened,
    RoundClosed,
    RoundHeld,
    RoundKind,
    RoundOpen,
    RoundsOver,
    RoundStage,
    RoundTooShort,
    TooFewRemain,
)
from bidding.awards.models import OfferRound, RoundExclusion, RoundOffer
from bidding.awards.policies import can_make_offers, can_record_report
from bidding.awards.queries import has_rounds, remaining, stage
from bidding.awards.services.unsealing import KEEPER, advance, seal_round
from bidding.profiles.domain.vocabulary import ThresholdName
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.states import ENDED, SectionState
from commons.domain.actor import Actor
from commons.domain.money import as_text, money
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append, append_secret, reveal
from commons.secrecy.fields import Party


@transaction.atomic
def open_round(*, actor: Actor, section_id: int, kind: RoundKind, words: str, closes_at: datetime, at: datetime) -> int:
    """Open a round for all who remain, at the same instant and until the same instant; gives its number.

    Refuses `RoundOpen`, `RoundBeingOpened`, `RoundsOver`, `RoundTooShort`, `TooFewRemain`, `NotAllowedNow`,
    `NotPermitted`, and `RosterNotActive` when the officers of the opening are no longer in office.
    """
    terms = tenders.locked_terms(section_id)
    can_record_report(actor, terms).require()
    if not has_rounds(terms) or terms.state is not SectionState.OPENED:
        raise NotAllowedNow(command="OPEN_ROUND", state=terms.state.value)
    if closes_at <= at:
        raise RoundTooShort()
    last = OfferRound.objects.filter(section_id=section_id).order_by("-number").first()
    _require_over(last, at)
    if last is not None and last.kind == RoundKind.FINAL.value:
        raise RoundsOver()
    suppliers = remaining(terms)
    _require_enough(terms, len(suppliers))
    row = OfferRound.objects.create(
        section_id=section_id,
        number=last.number + 1 if last else 1,
        kind=kind.value,
        words=tender_services.words_of(words),
        began_at=at,
        closes_at=closes_at,
    )
    seal_round(row, terms, at=at)
    payload: dict[str, JSON] = {
        "round": str(row.number),
        "kind": kind.value,
        "words_sha256": digest(row.words.encode()),
        "closes_at": to_text(closes_at),
        "suppliers": [f"organisation:{number}" for number in suppliers],
    }
    append(stream=terms.stream, type="RoundOpened", actor=actor, payload=payload, decided_at=at)
    subject = (
        gettext_noop("%(tender)s asks for your final offer until %(until)s")
        if kind is RoundKind.FINAL
        else gettext_noop("%(tender)s: round %(number)s takes offers until %(until)s")
    )
    fields = {"until": to_text(closes_at), "number": str(row.number)}
    for number in suppliers:
        tender_services.tell_one(
            terms.tender_id, number, subject, at=at, key=f"round:{row.pk}", fields=fields,
            link=f"/sections/{section_id}/offer/",
        )  # fmt: skip
    return row.number


@transaction.atomic
def hand_in_offer(*, actor: Actor, round_id: int, price: Decimal | None, words: str, at: datetime) -> None:
    """Hand in or replace the own offer of a round that seals nothing, until its end.

    Refuses `OfferToSeal`, `NotInRound`, `RoundClosed`, `FinalPriceNeeded`, `AboveCeiling`.
    """
    row = OfferRound.objects.select_for_update().filter(pk=round_id).first()
    if row is None:
        raise NotFound()
    can_make_offers(actor).require()
    if row.intake_id is not None:
        raise OfferToSeal()
    terms, organisation_id = tenders.section_terms(row.section_id), actor.organisation_id or 0
    if organisation_id not in remaining(terms):
        raise NotInRound()
    if row.held_at is not None:
        raise RoundHeld(number=row.number)
    if at >= row.closes_at:
        raise RoundClosed(number=row.number, until=to_text(row.closes_at))
    if terms.state is not SectionState.OPENED:
        raise NotAllowedNow(command="OFFER", state=terms.state.value)
    _require_price(row, price, terms)
    facts = {"price": as_text(money(price)) if price is not None else "", "words": words.strip(), "at": to_text(at)}
    RoundOffer.objects.update_or_create(party=Party(row.pk, organisation_id), defaults={"facts": facts})
    append_secret(
        stream=_stream(row.pk),
        type="OfferHandedIn",
        actor=actor,
        payload={"organisation": f"organisation:{organisation_id}", "price": facts["price"],
                 "words_sha256": digest(facts["words"].encode())},
        decided_at=at,
        idempotency_key=f"offer:{row.pk}:{organisation_id}:{to_text(at)}",
    )  # fmt: skip


@transaction.atomic
def exclude(*, actor: Actor, section_id: int, organisation_id: int, reason: str, at: datetime) -> None:
    """A supplier does not remain and is told why, between the rounds.

    Refuses `NotInRound`, `RoundOpen`, `RoundBeingOpened`, `NotAllowedNow`.
    """
    terms = tenders.locked_terms(section_id)
    can_record_report(actor, terms).require()
    if not has_rounds(terms) or terms.state is not SectionState.OPENED:
        raise NotAllowedNow(command="EXCLUDE", state=terms.state.value)
    if organisation_id not in remaining(terms):
        raise NotInRound()
    _require_over(OfferRound.objects.filter(section_id=section_id).order_by("-number").first(), at)
    words = tender_services.words_of(reason)
    RoundExclusion.objects.create(section_id=section_id, organisation_id=organisation_id, reason=words, excluded_at=at)
    payload = {"organisation": f"organisation:{organisation_id}", "reason_sha256": digest(words.encode())}
    append(stream=terms.stream, type="SupplierExcluded", actor=actor, payload=payload, decided_at=at)
    subject = gettext_noop("You do not remain in the rounds of %(tender)s: %(reason)s")
    key = f"excluded:{section_id}"
    tender_services.tell_one(terms.tender_id, organisation_id, subject, at=at, key=key, fields={"reason": words})


def close_rounds(at: datetime) -> int:
    """Open what was sealed for a round that is over, and tell the log what had come in; how many rounds moved.

    Time decides, not this errand.
    """
    runs_or_ended = Q(held_at__isnull=True) | Q(section__state__in=[state.value for state in ENDED])
    due = OfferRound.objects.filter(runs_or_ended, closes_at__lte=at, revealed_at__isnull=True)
    return sum(_close(pk, at) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _close(round_id: int, at: datetime) -> bool:
    row = OfferRound.objects.select_for_update().get(pk=round_id)
    terms = tenders.section_terms(row.section_id)
    if row.revealed_at is not None or (row.held_at is not None and terms.state not in ENDED):
        return False
    if row.intake_id is not None:
        return advance(row, terms, at=at)
    reveal(stream=_stream(round_id), actor=KEEPER, at=at)
    row.revealed_at = at
    row.save(update_fields=["revealed_at"])
    return True


def _require_over(row: OfferRound | None, at: datetime) -> None:
    now = stage(row, at) if row is not None else RoundStage.OVER
    if row is not None and now is RoundStage.TAKES:
        raise RoundOpen(number=row.number, until=to_text(row.closes_at))
    if row is not None and now is RoundStage.OPENS:
        raise RoundBeingOpened(number=row.number)


def _stream(round_id: int) -> str:
    return f"round:{round_id}"


def _require_enough(terms: tenders.SectionTerms, remain: int) -> None:
    limit = terms.profile.thresholds.get(ThresholdName.BIDDERS_AFTER_REVIEW)
    least = terms.minimum_valid if terms.fails_when_fewer_after_review else 1
    if remain < least:
        raise TooFewRemain(remaining=remain, least=least, source=limit.source if limit else "–")


def _require_price(row: OfferRound, price: Decimal | None, terms: tenders.SectionTerms) -> None:
    if row.kind == RoundKind.FINAL.value and not price:
        raise FinalPriceNeeded()
    most = terms.highest_ceiling
    if price is not None and most is not None and price > most:
        raise AboveCeiling(price=as_text(price), ceiling=as_text(most))
