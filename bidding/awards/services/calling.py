"""Purchases under a framework: by the owner's choice, or by whose turn it is (财政部令第110号 第32, 34条)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from bidding.awards.domain.call_offs import CompetitionNeeded, FrameworkOver, OutOfTurn, require_left
from bidding.awards.domain.states import AwardState
from bidding.awards.models import Award, CallOff, CallOffCompetition, TurnDeclined
from bidding.awards.policies import can_award
from bidding.awards.queries.call_offs import in_turn, left_of, standing
from bidding.awards.services.common import locked_award
from bidding.profiles.domain.vocabulary import Switch, ThresholdName
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.sections import CallOffMethod
from commons.domain.actor import Actor
from commons.domain.money import as_text, money
from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append


@transaction.atomic
def call_off(*, actor: Actor, award_id: int, title: str, amount: Decimal, at: datetime, reason: str = "") -> int:
    """Buy under a framework; gives the number of the call-off.

    Among several suppliers a choice has its `reason`, and a turn is kept. Refuses `CompetitionNeeded`, `OutOfTurn`,
    `FrameworkSpent`, `FrameworkOver`, `WordsMissing`, `NotAllowedNow`.
    """
    award = locked_award(award_id)
    # The section's lock keeps two orders from finding the same turn, or the same rest of a contract.
    terms = tenders.locked_terms(award.section_id)
    can_award(actor, terms).require()
    require_framework(terms, at, [award])
    suppliers = standing(terms.section_id)
    if terms.call_offs is CallOffMethod.COMPETITION:
        raise CompetitionNeeded()
    words = ""
    if terms.call_offs is CallOffMethod.ROTATION:
        _require_turn(award, terms)
    elif len(suppliers) > 1:
        words = tender_services.words_of(reason)
    row = place(award, terms, title=title, amount=amount, reason=words, actor=actor, at=at)
    if terms.call_offs is CallOffMethod.ROTATION:
        announce(row, award, terms, actor=actor, at=at)
    return row.number


@transaction.atomic
def decline_turn(*, actor: Actor, award_id: int, reason: str, at: datetime) -> None:
    """The supplier whose turn it is declines; it waits until everybody else had theirs. Refuses `OutOfTurn`."""
    award = locked_award(award_id)
    terms = tenders.locked_terms(award.section_id)
    can_award(actor, terms).require()
    require_framework(terms, at, [award])
    if terms.call_offs is not CallOffMethod.ROTATION:
        raise NotAllowedNow(command="DECLINE_TURN", state=terms.call_offs.value)
    _require_turn(award, terms)
    words = tender_services.words_of(reason)
    TurnDeclined.objects.create(award=award, reason=words, declined_at=at)
    payload: dict[str, JSON] = {"award": f"award:{award.pk}", "reason_sha256": digest(words.encode())}
    append(stream=terms.stream, type="TurnDeclined", actor=actor, payload=payload, decided_at=at)


def place(
    award: Award, terms: tenders.SectionTerms, *, title: str, amount: Decimal, actor: Actor, at: datetime,
    reason: str = "", competition: CallOffCompetition | None = None,
) -> CallOff:  # fmt: skip
    """The next call-off of a locked award, with evidence; its supplier is told. Refuses (`FrameworkSpent`)."""
    amount = money(amount)
    require_left(amount, left_of(award))
    last = award.call_offs.order_by("-number").values_list("number", flat=True).first() or 0
    row = CallOff.objects.create(
        award=award,
        number=last + 1,
        title=tender_services.words_of(title, 2),
        amount=amount,
        method=terms.call_offs.value,
        reason=reason,
        competition=competition,
        placed_at=at,
    )
    payload: dict[str, JSON] = {
        "award": f"award:{award.pk}",
        "number": str(row.number),
        "amount": as_text(amount),
        "method": row.method,
        "competition": f"competition:{competition.pk}" if competition else None,
        "reason_sha256": digest(reason.encode()) if reason else None,
    }
    append(stream=terms.stream, type="CalledOff", actor=actor, payload=payload, decided_at=at)
    tender_services.tell_one(
        terms.tender_id,
        award.line.organisation_id,
        gettext_noop("%(tender)s: “%(title)s” is called off with you for %(amount)s yuan"),
        at=at,
        key=f"call-off:{row.pk}",
        fields={"title": row.title, "amount": as_text(amount)},
        link=f"/awards/{award.pk}/call-offs/",
    )
    return row


def announce(row: CallOff, award: Award, terms: tenders.SectionTerms, *, actor: Actor, at: datetime) -> None:
    """Who supplies is published for each purchase that is competed for or taken in turn (财政部令第110号 第35条)."""
    body: dict[str, JSON] = {
        "section": str(terms.number),
        "title": row.title,
        "supplier": award.line.organisation.name,
        "amount": as_text(row.amount),
        "method": row.method,
        "placed_at": to_text(at),
    }
    tender_services.announce_call_off(section_id=terms.section_id, body=body, actor=actor, at=at)


def require_framework(terms: tenders.SectionTerms, at: datetime, awards: Sequence[Award]) -> None:
    """Refuses (`NotAllowedNow`, `FrameworkOver`) what is no framework, not signed yet, or over."""
    if not terms.profile.has(Switch.FRAMEWORK) or any(one.state != AwardState.CONTRACTED.value for one in awards):
        raise NotAllowedNow(command="CALL_OFF", state=terms.state.value)
    years = terms.profile.thresholds.get(ThresholdName.FRAMEWORK_YEARS)
    signed = [one.contracted_at for one in awards if one.contracted_at is not None]
    if years is None or not signed:
        return
    began = min(signed)
    ends = began.replace(year=began.year + int(years.value), day=min(began.day, 28))
    if at >= ends:
        raise FrameworkOver(ended_on=ends.date().isoformat(), source=years.source)


def _require_turn(award: Award, terms: tenders.SectionTerms) -> None:
    following = in_turn(terms.section_id)
    if following is not None and following.pk != award.pk:
        raise OutOfTurn(supplier=following.line.organisation.name)
