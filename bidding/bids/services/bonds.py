"""The bond, in cash or by a guarantee: asked for while the bid is prepared, sealed until the bids are opened."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from bidding.bids.policies import can_prepare
from bidding.profiles.domain.vocabulary import LimitName
from bidding.tenders import queries as tenders
from bidding.tenders.queries import SectionTerms
from bidding.tenders.services.common import takers
from commons.domain.actor import Actor
from commons.domain.deadlines import Unit, local_day
from commons.domain.money import Money
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.parameters import queries as parameters
from commons.people import queries as people
from commons.secrecy.fields import Party
from exchange.deposits import queries as money
from exchange.deposits import services as deposits
from exchange.deposits.domain.facts import DepositView, SecurityTerms
from exchange.deposits.domain.states import MoneyState, Purpose
from signatures.envelopes import queries as envelopes
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain import terms as guarantee_terms
from signatures.guarantees.domain.terms import GuaranteeKind, Procedure, Required

STANDING = (MoneyState.EXPECTED, MoneyState.PART_RECEIVED, MoneyState.LATE, MoneyState.COVERED, MoneyState.RETAINED)


class NoBondAsked(Refusal):
    code = "NO_BOND_ASKED"
    message = gettext_noop("This section asks for no bond.")


class BidStillIn(Refusal):
    code = "BID_STILL_IN"
    message = gettext_noop("Your bid is handed in and needs its bond. Withdraw the bid first.")


@transaction.atomic
def ask_for_bond_guarantee(
    *, actor: Actor, section_id: int, issuer_id: int, kind: GuaranteeKind, note: str, at: datetime
) -> str:
    """Ask an issuer to stand for the bond of a section; the guarantee's reference.

    Refuses `MayNotBid`, `NoBondAsked`, and what `guarantees.apply` refuses.
    """
    terms = tenders.section_terms(section_id)
    organisation_id = actor.organisation_id or 0
    tenders.eligibility_of(section_id=section_id, organisation_id=organisation_id, at=at).require()
    assert terms.bid_deadline is not None, "the section takes bids"
    what = guarantees.For(
        subject=terms.stream,
        beneficiary_id=terms.owner_id,
        required=required_of(terms, at=at),
        deadline=terms.bid_deadline,
        trade_type=terms.sector.value,
        region=terms.region,
    )
    return guarantees.apply(actor=actor, issuer_id=issuer_id, what=what, kind=kind, note=note, at=at)


def required_of(terms: SectionTerms, *, at: datetime) -> Required:
    """What the section asks of a guarantee: the bond, towards the owner, as long as bids are valid (条例 第26条)."""
    if terms.bond is None or terms.bid_deadline is None:
        raise NoBondAsked()
    owner = people.organisations([terms.owner_id])[terms.owner_id]
    days = parameters.integer("deposit.guarantee_valid_days", on=at.date())
    return Required(
        procedure=Procedure(
            beneficiary=guarantee_terms.Party(owner.uscc, owner.name),
            project_code=terms.tender_code,
            section_code=terms.code,
            title=terms.title,
        ),
        amount=Money(terms.bond),
        valid_until=local_day(terms.bid_deadline) + timedelta(days=days),
    )


def security_terms(terms: SectionTerms, *, at: datetime) -> SecurityTerms:
    """How securities of a section go back: the procedure's days, the bank's interest (条例 第57条, 87号令 第38条)."""
    limit = terms.profile.limit(LimitName.BOND_REFUND)
    keys: dict[str, Any] = {"trade_type": terms.sector.value, "region": terms.region, "on": local_day(at)}
    days = limit.count if limit else parameters.integer("refund.working_days", **keys)
    return SecurityTerms(
        region=terms.region,
        refund_count=days,
        refund_unit=limit.unit if limit else Unit.WORKING_DAY,
        interest_rate=Decimal(str(parameters.value("deposit.interest_rate", **keys))),
        interest_year_days=parameters.integer("deposit.interest_year_days", **keys),
    )


@transaction.atomic
def expect_bond(*, actor: Actor, section_id: int, at: datetime) -> DepositView:
    """A virtual account for the cash bond of a section, from the own basic account by the bid deadline (条例 第26条).

    Refuses `MayNotBid`, `NoBondAsked`. Asked again it gives the same account.
    """
    can_prepare(actor).require()
    terms = tenders.section_terms(section_id)
    organisation_id = actor.organisation_id or 0
    tenders.eligibility_of(section_id=section_id, organisation_id=organisation_id, at=at).require()
    if terms.bond is None or terms.bid_deadline is None:
        raise NoBondAsked()
    return deposits.expect_security(
        actor=actor,
        purpose=Purpose.BOND,
        party=Party(section_id, organisation_id),
        amount=Money(terms.bond),
        due_at=terms.bid_deadline,
        terms=security_terms(terms, at=at),
        title=f"{terms.tender_title} · {terms.title} ({terms.code})",
        at=at,
    )


def own_bond(actor: Actor, section_id: int) -> DepositView | None:
    """The actor's own cash bond that is waited for or stands."""
    if actor.organisation_id is None:
        return None
    found = money.security_of(Purpose.BOND, Party(section_id, actor.organisation_id))
    return found if found is not None and found.state in STANDING else None


@transaction.atomic
def take_back_bond(*, actor: Actor, section_id: int, at: datetime) -> None:
    """Ask for the bond back before the deadline; it is refunded within the days of the procedure (条例 第35条).

    Refuses (`BidStillIn`) while a bid is handed in, and `MayNotBid` after the deadline.
    """
    can_prepare(actor).require()
    terms = tenders.section_terms(section_id)
    organisation_id = actor.organisation_id or 0
    tenders.eligibility_of(section_id=section_id, organisation_id=organisation_id, at=at).require()
    receipts = envelopes.own_receipts(actor, terms.intake_id) if terms.intake_id is not None else []
    if receipts and receipts[0].kind == "SEALED":
        raise BidStillIn()
    party = Party(section_id, organisation_id)
    deposits.release_security(
        actor=actor, purpose=Purpose.BOND, party=party, reason=gettext_noop("taken back before the deadline"), at=at
    )


def open_bonds(
    *, actor: Actor, terms: SectionTerms, organisation_ids: Iterable[int], at: datetime
) -> dict[int, tuple[str, bool]]:
    """At the opening: each bidder's guarantee (its reference) or cash (none), and whether it is what was asked for.

    Those who took the documents and did not bid get theirs back; nobody learns that they had one.
    """
    if terms.bond is None:
        return {}
    bidders = list(organisation_ids)
    found: dict[int, tuple[str, bool]] = {}
    for organisation_id in bidders:
        party = Party(terms.section_id, organisation_id)
        cash = deposits.open_security(actor=actor, purpose=Purpose.BOND, party=party, subject=terms.stream, at=at)
        if cash is not None:
            found[organisation_id] = ("", cash.covered and cash.amount >= terms.bond)
    opened = guarantees.unseal(
        actor=actor, subject=terms.stream, organisation_ids=bidders, required=required_of(terms, at=at), at=at
    )
    found |= {one.organisation_id: (one.ref, not one.findings) for one in opened}
    for organisation_id in sorted(set(takers(terms.tender_id)) - set(bidders)):
        give_back(terms, organisation_id, reason=gettext_noop("did not bid"), actor=actor, at=at)
    return found


def give_back(terms: SectionTerms, organisation_id: int, *, reason: str, actor: Actor, at: datetime) -> None:
    """Whatever of an organisation still stands for the bond of a section goes back. Harmless to repeat."""
    party = Party(terms.section_id, organisation_id)
    deposits.release_security(actor=actor, purpose=Purpose.BOND, party=party, reason=reason, at=at)
    guarantees.release(actor=actor, subject=terms.stream, organisation_id=organisation_id, reason=reason, at=at)
