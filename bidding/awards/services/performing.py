"""The performance security 履约保证金: asked for, given in money or by a paper, returned."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from bidding.awards.domain.securities import (
    SECURITY,
    SecurityCommand,
    SecurityForm,
    SecurityMissing,
    SecurityState,
    require_security,
)
from bidding.awards.domain.states import AwardState
from bidding.awards.models import Award, PerformanceSecurity
from bidding.awards.policies import can_award, can_sign_as_winner
from bidding.awards.services.common import locked_award
from bidding.bids import services as bids
from bidding.profiles.domain.vocabulary import ThresholdName
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from commons.domain.actor import Actor
from commons.domain.money import Money, as_text, money
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence.services import append
from commons.secrecy.fields import Party
from commons.vault import queries as vault
from exchange.deposits import queries as money_queries
from exchange.deposits import services as deposits
from exchange.deposits.domain.states import Purpose
from exchange.projects.services import StateMoved


@transaction.atomic
def ask_security(*, actor: Actor, award_id: int, amount: Decimal, due_at: datetime, at: datetime) -> None:
    """Ask the winner of a notified award for a performance security; a virtual account is opened for it.

    Refuses `SecurityTooHigh`, `NotAllowedNow`, `NotPermitted`.
    """
    award = locked_award(award_id)
    terms = tenders.section_terms(award.section_id)
    can_award(actor, terms).require()
    share = terms.profile.thresholds.get(ThresholdName.PERFORMANCE_SHARE)
    asked = PerformanceSecurity.objects.filter(award=award).exists()
    if share is None or asked or award.contract_no or award.state != AwardState.NOTIFIED.value or due_at <= at:
        raise NotAllowedNow(command="ASK_SECURITY", state=award.state)
    require_security(amount, contract=award.amount, share=share.value, source=share.source)
    row = PerformanceSecurity.objects.create(award=award, amount=money(amount), due_at=due_at, asked_at=at)
    winner = award.line.organisation_id
    deposits.expect_security(
        actor=actor,
        purpose=Purpose.PERFORMANCE,
        party=Party(award.pk, winner),
        amount=Money(row.amount),
        due_at=due_at,
        terms=bids.security_terms(terms, at=at),
        title=f"{terms.tender_title} · {terms.title} ({terms.code})",
        at=at,
    )
    _record(row, "SecurityAsked", actor, at)
    subject = gettext_noop("%(tender)s asks for a performance security of %(amount)s yuan")
    fields = {"amount": as_text(row.amount)}
    tender_services.tell_one(terms.tender_id, winner, subject, at=at, key=f"security:{row.pk}", fields=fields)


@transaction.atomic
def hand_in_security(*, actor: Actor, award_id: int, number: str, document_id: int, at: datetime) -> None:
    """The winner hands in a guarantee or another paper in the place of money."""
    row = _locked(award_id)
    can_sign_as_winner(actor, row.award).require()
    document = vault.document(document_id)
    if document is None or document.subject != f"award:{award_id}":
        raise NotFound()
    words = tender_services.words_of(number, 2)
    move_security(
        row, SecurityCommand.HAND_IN, actor=actor, at=at,
        form=SecurityForm.PAPER.value, paper_no=words, document_id=document_id,
    )  # fmt: skip


@transaction.atomic
def judge_security(*, actor: Actor, award_id: int, accepted: bool, reason: str, at: datetime) -> None:
    """The owner accepts the paper, or turns it down with reasons; a paper in its place, money is waited for no more."""
    row = _locked(award_id)
    can_award(actor, tenders.section_terms(row.award.section_id)).require()
    if not accepted:
        words = tender_services.words_of(reason)
        move_security(row, SecurityCommand.TURN_DOWN, actor=actor, at=at, form=SecurityForm.CASH.value, reason=words)
        return
    if row.state != SecurityState.HANDED_IN.value:
        raise NotAllowedNow(command="ACCEPT", state=row.state)
    move_security(row, SecurityCommand.ACCEPT, actor=actor, at=at, given_at=at)
    _give_back(row, gettext_noop("a paper stands in its place"), actor, at)


@transaction.atomic
def return_security(*, actor: Actor, award_id: int, reason: str, at: datetime) -> None:
    """The contract was performed and accepted: the owner gives the security back, money with the bank's interest."""
    row = _locked(award_id)
    can_award(actor, tenders.section_terms(row.award.section_id)).require()
    words = tender_services.words_of(reason)
    if row.state != SecurityState.GIVEN.value:
        raise NotAllowedNow(command="RETURN", state=row.state)
    move_security(row, SecurityCommand.RETURN, actor=actor, at=at, ended_at=at, reason=words)
    _give_back(row, words, actor, at)


def drop_security(award: Award, *, actor: Actor, at: datetime) -> None:
    """The winner gave up, so that nothing is left to secure; its bond follows rules of its own."""
    row = PerformanceSecurity.objects.filter(award=award).select_related("award__line", "award__section").first()
    if row is None:
        return
    move_security(row, SecurityCommand.RETURN, actor=actor, at=at, ended_at=at)
    _give_back(row, gettext_noop("the winner gave up"), actor, at)


@transaction.atomic
def require_given(award: Award, *, actor: Actor, at: datetime) -> None:
    """Refuses (`SecurityMissing`) where a security was asked for and is not there; money that came is taken note of."""
    row = PerformanceSecurity.objects.filter(award=award).select_related("award__line").first()
    if row is None or row.state not in (SecurityState.ASKED.value, SecurityState.HANDED_IN.value):
        return
    cash = money_queries.security_of(Purpose.PERFORMANCE, _party(row))
    if row.state == SecurityState.HANDED_IN.value or cash is None or not cash.covered:
        raise SecurityMissing(amount=as_text(row.amount))
    move_security(row, SecurityCommand.ACCEPT, actor=actor, at=at, given_at=cash.covered_at)
    subject = f"award:{award.pk}"
    deposits.open_security(actor=actor, purpose=Purpose.PERFORMANCE, party=_party(row), subject=subject, at=at)


def move_security(
    row: PerformanceSecurity, command: SecurityCommand, *, actor: Actor, at: datetime, **changes: Any
) -> None:
    """Fire `command`, conditional on the old state, with evidence. Refuses (`NotAllowedNow`, `StateMoved`)."""
    found = SECURITY.fire(SecurityState(row.state), command)
    values = {"state": found.target.value, **changes}
    if PerformanceSecurity.objects.filter(pk=row.pk, state=found.source.value).update(**values) != 1:
        raise StateMoved()
    for name, value in values.items():
        setattr(row, name, value)
    _record(row, found.event, actor, at)


def _give_back(row: PerformanceSecurity, reason: str, actor: Actor, at: datetime) -> None:
    deposits.release_security(actor=actor, purpose=Purpose.PERFORMANCE, party=_party(row), reason=reason, at=at)


def _party(row: PerformanceSecurity) -> Party:
    return Party(row.award_id, row.award.line.organisation_id)


def _locked(award_id: int) -> PerformanceSecurity:
    rows = PerformanceSecurity.objects.select_for_update(of=("self",))
    row = rows.select_related("award__line", "award__section").filter(award_id=award_id).first()
    if row is None:
        raise NotFound()
    return row


def _record(row: PerformanceSecurity, type: str, actor: Actor, at: datetime) -> None:
    payload = {"award": f"award:{row.award_id}", "amount": as_text(row.amount), "form": row.form}
    append(stream=f"section:{row.award.section_id}", type=type, actor=actor, payload=payload, decided_at=at)
