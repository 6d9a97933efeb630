"""Second competitions 二次竞价: sealed quotes below the agreed prices, the lowest supplies (财政部令第110号 第33条).

Quotes are envelopes, as the offers of rounds are: sealed in the supplier's browser, opened by supplier and officers
together once the time is over. Time decides; `close_competitions` only carries out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from bidding.awards.domain.call_offs import (
    CompetitionTooShort,
    NoQuoteLeft,
    NotAsked,
    cheapest,
    require_asked,
    require_left,
)
from bidding.awards.domain.rounds import RoundKind
from bidding.awards.models import Award, CallOffCompetition, CallOffQuote
from bidding.awards.policies import can_award, can_make_offers
from bidding.awards.queries.call_offs import competition, counting, left_of, quote_of, standing
from bidding.awards.services import calls
from bidding.awards.services.calling import announce, place, require_framework
from bidding.awards.services.calls import Call, Step
from bidding.awards.services.common import locked_award
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.sections import CallOffMethod
from commons.domain.actor import Actor, system_actor
from commons.domain.money import as_text, money, parse_decimal
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append
from signatures.envelopes.admitting import register_admission

KEEPER = system_actor("competitions")


@dataclass(frozen=True, slots=True)
class Need:
    """What is bought: its title, the same words for all, and until when quotes come in."""

    title: str
    words: str
    closes_at: datetime


@transaction.atomic
def open_competition(
    *, actor: Actor, section_id: int, need: Need, ceilings: Mapping[int, Decimal], roster_id: int, at: datetime,
    left_out: str = "",
) -> int:  # fmt: skip
    """Ask suppliers to quote, all at one instant and until one instant; gives the number of the competition's row.

    `ceilings`: award → what the need costs at that supplier's agreed prices, the most it may quote; a supplier without
    one is not asked, and `left_out` says why. Refuses `CompetitionTooShort`, `TooFewAsked`, `LeftOutWithoutReason`,
    `FrameworkSpent`, `FrameworkOver`, `NotAllowedNow`, `RosterNotActive`.
    """
    terms = tenders.locked_terms(section_id)
    can_award(actor, terms).require()
    awards = {award.pk: award for award in standing(section_id)}
    require_framework(terms, at, list(awards.values()))
    if terms.call_offs is not CallOffMethod.COMPETITION:
        raise NotAllowedNow(command="OPEN_COMPETITION", state=terms.call_offs.value)
    if need.closes_at <= at:
        raise CompetitionTooShort()
    if set(ceilings) - set(awards):
        raise NotFound()
    require_asked(len(ceilings), len(awards), reason=left_out)
    for award_id, ceiling in ceilings.items():
        require_left(ceiling, left_of(awards[award_id]))
    row = _create(terms, need, left_out, roster_id, at)
    asked = [CallOffQuote(competition=row, award=awards[pk], ceiling=money(most)) for pk, most in ceilings.items()]
    CallOffQuote.objects.bulk_create(asked)
    payload: dict[str, JSON] = {
        "competition": f"competition:{row.pk}",
        "words_sha256": digest(row.words.encode()),
        "closes_at": to_text(row.closes_at),
        "asked": [{"award": f"award:{one.award_id}", "ceiling": as_text(one.ceiling)} for one in asked],
        "left_out_sha256": digest(row.left_out.encode()) if row.left_out else None,
    }
    append(stream=terms.stream, type="CompetitionOpened", actor=actor, payload=payload, decided_at=at)
    subject = gettext_noop("%(tender)s asks for your sealed quote on “%(title)s” until %(until)s")
    _tell(row, terms, asked, subject, at=at, key="asked", until=to_text(row.closes_at))
    return row.pk


def close_competitions(at: datetime) -> int:
    """Begin the opening of competitions that are over, and buy where the quotes are opened; how many moved."""
    due = CallOffCompetition.objects.filter(closes_at__lte=at, ended_at__isnull=True)
    return sum(_advance(pk, at) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _advance(competition_id: int, at: datetime) -> bool:
    row = CallOffCompetition.objects.select_for_update().get(pk=competition_id)
    if row.ended_at is not None or row.intake_id is None:
        return False
    step = calls.advance(row.intake_id, closes_at=row.closes_at, at=at)
    terms = tenders.section_terms(row.section_id)
    if step is Step.BEGUN:
        _call_to_unlock(row, terms, row.intake_id, at)
    elif step is Step.OPENED:
        _conclude(row, terms, row.intake_id, at)
    return step is not Step.NONE


def _create(terms: tenders.SectionTerms, need: Need, left_out: str, roster_id: int, at: datetime) -> CallOffCompetition:
    rows = CallOffCompetition.objects.filter(section_id=terms.section_id).order_by("-number")
    row = CallOffCompetition.objects.create(
        section_id=terms.section_id,
        number=(rows.values_list("number", flat=True).first() or 0) + 1,
        title=tender_services.words_of(need.title, 2),
        words=tender_services.words_of(need.words),
        left_out=left_out.strip(),
        began_at=at,
        closes_at=need.closes_at,
    )
    call = Call(f"competition:{row.pk}", f"{row.title} · 二次竞价", f"C{row.number}", row.closes_at, roster_id)
    row.intake_id = calls.take_sealed(call, terms, at=at)
    row.save(update_fields=["intake_id"])
    return row


def _call_to_unlock(row: CallOffCompetition, terms: tenders.SectionTerms, intake_id: int, at: datetime) -> None:
    """The time for unlocking began; whoever quoted is told."""
    quoted = {one.organisation_id for one in calls.came_in(intake_id)}
    asked = row.quotes.select_related("award__line")
    there = [one for one in asked if one.award.line.organisation_id in quoted]
    subject = gettext_noop("%(tender)s: unlock your quote on “%(title)s” until %(until)s")
    _tell(row, terms, there, subject, at=at, key="unlock", until=calls.unlocks_until(intake_id))


def _conclude(row: CallOffCompetition, terms: tenders.SectionTerms, intake_id: int, at: datetime) -> None:
    """Read what was opened, find the lowest, and buy from it; nothing that counts ends the competition alone."""
    quotes = {one.award.line.organisation_id: one for one in row.quotes.select_related("award__line__organisation")}
    for view in calls.came_in(intake_id):
        quote = quotes[view.organisation_id]
        # What another purchase took of the contract meanwhile is no longer there to be sold.
        most = min(quote.ceiling, left_of(quote.award))
        facts = calls.facts_of(view, kind=RoundKind.FINAL, ceiling=most, at=at)
        quote.price = parse_decimal(facts["price"], field="price", places=2) if facts["price"] else None
        quote.words, quote.fault, quote.cause = facts["words"], facts["fault"], facts["cause"]
        quote.received_at = view.received_at
        quote.save(update_fields=["price", "words", "fault", "cause", "received_at"])
    told: list[JSON] = [
        {"award": f"award:{one.award_id}", "price": as_text(one.price) if one.price is not None else None,
         "fault": one.fault, "cause": one.cause}
        for one in quotes.values()
    ]  # fmt: skip
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    payload: dict[str, JSON] = {"competition": f"competition:{row.pk}", "quotes": told}
    append(stream=terms.stream, type="QuotesOpened", actor=KEEPER, payload=payload, decided_at=at)
    award_id = cheapest(counting(row))
    if award_id is not None:
        _buy(row, locked_award(award_id), terms, actor=KEEPER, at=at)
    subject = gettext_noop("%(tender)s: the quotes on “%(title)s” are opened")
    _tell(row, terms, list(quotes.values()), subject, at=at, key="opened", until=to_text(at))


@transaction.atomic
def take_next_quote(*, actor: Actor, competition_id: int, at: datetime) -> None:
    """After the supplier refused the order, buy at the next lowest quote of the same competition.

    Refuses `NoQuoteLeft`, `FrameworkSpent`, `FrameworkOver`, `NotAllowedNow`.
    """
    row = competition(competition_id)
    terms = tenders.locked_terms(row.section_id)
    can_award(actor, terms).require()
    if row.ended_at is None or row.placed is not None:
        raise NotAllowedNow(command="TAKE_NEXT_QUOTE", state="PLACED" if row.ended_at else "OPEN")
    award_id = cheapest(counting(row))
    if award_id is None:
        raise NoQuoteLeft()
    award = locked_award(award_id)
    require_framework(terms, at, [award])
    _buy(row, award, terms, actor=actor, at=at)


def _buy(row: CallOffCompetition, award: Award, terms: tenders.SectionTerms, *, actor: Actor, at: datetime) -> None:
    price = row.quotes.values_list("price", flat=True).get(award=award)
    assert price is not None, "what counts has a price"
    bought = place(award, terms, title=row.title, amount=price, actor=actor, at=at, competition=row)
    announce(bought, award, terms, actor=actor, at=at)


def _tell(
    row: CallOffCompetition, terms: tenders.SectionTerms, quotes: list[CallOffQuote], subject: str, *,
    at: datetime, key: str, until: str,
) -> None:  # fmt: skip
    for quote in quotes:
        tender_services.tell_one(
            terms.tender_id,
            quote.award.line.organisation_id,
            subject,
            at=at,
            key=f"competition:{row.pk}:{key}",
            fields={"title": row.title, "until": until},
            link=f"/competitions/{row.pk}/",
        )


def _admit(actor: Actor, subject: str, at: datetime) -> None:
    """Asked before an upload for a competition; its intake looks at the time. Refuses `NotAsked`."""
    can_make_offers(actor).require()
    row = CallOffCompetition.objects.get(pk=int(subject.partition(":")[2]))
    if quote_of(row, actor.organisation_id) is None:
        raise NotAsked()


register_admission("competition", _admit)
