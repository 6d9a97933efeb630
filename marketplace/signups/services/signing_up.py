"""Signing up in one step: window, entry, qualifications, relations, quote; then one row and one entry of the log.

Everything is read before the procurement's row is locked; the lock is held for the window, the insert and the log.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import Value

from commons.domain.actor import Actor, system_actor
from commons.domain.money import as_text
from commons.domain.refusals import IdempotencyConflict, NotAllowedNow, NotFound
from commons.domain.sealing import blinded
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from commons.repeated import Repeated, insert
from commons.secrecy.fields import Party
from commons.secrecy.keys import key_for
from commons.vault import services as vault
from marketplace.entry import queries as entry
from marketplace.entry.domain.eligibility import AgencyFacts, assess
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.procurement.domain.methods import PROPOSED
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.procurement.queries import OpenNotice, open_notice
from marketplace.signups.domain.signups import (
    SIGN_UP,
    AlreadySignedUp,
    Commitment,
    ProposalNeeded,
    ProposalNotAsked,
    SignUpClosed,
    SignUpCommand,
    SignUpState,
    Window,
)
from marketplace.signups.models import SignUp, reference_of
from marketplace.signups.policies import can_sign_up, can_withdraw

CLERK = system_actor("signups")
"""The log names nobody before the sign-up is closed."""
LARGEST_PROPOSAL = 20 * 2**20
PROPOSAL = "proposal.pdf"
"""What the agency called its file may name it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """That the agency is signed up: number, instant, commitment, and the entry of the log that holds it."""

    sign_up_id: int
    signed_up_at: datetime
    commitment: str
    evidence_hash: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal in the vault."""

    document_id: int
    sha256: str


def sign_up(
    *,
    actor: Actor,
    procurement_id: int,
    at: datetime,
    key: str,
    quote: Decimal | None = None,
    proposal: Proposal | None = None,
) -> Receipt:
    """Sign the actor's agency up at the instant of arrival; the same `key` again gives the first receipt.

    Refuses `NotPermitted`, `NotEntered`, `SignUpClosed`, `NotEligible` with its reason, `AlreadySignedUp`,
    `QuoteNeeded`, `QuoteNotAsked`, `QuoteOutOfRange`, `ProposalNeeded`, `ProposalNotAsked`, `IdempotencyConflict`.
    """
    can_sign_up(actor).require()
    offer = _Offer(quote, proposal, blinded(key_for("signups"), key), at)
    try:
        with transaction.atomic():
            return _attempt(actor, procurement_id, offer)
    except IntegrityError:
        # Two requests of one agency at once: the table lets one through, the other finds it.
        agency = entry.require_entered(actor, EntrantKind.AGENCY)
        first = _earlier(Party(procurement_id, agency.organisation_id))
        return _answer(open_notice(procurement_id), first, offer, twice=True)


@transaction.atomic
def withdraw(*, actor: Actor, sign_up_id: int, at: datetime) -> None:
    """Take the sign-up back before the deadline; nothing of what was quoted is ever opened.

    Refuses `NotFound`, `NotPermitted`, `SignUpClosed`, `NotAllowedNow`.
    """
    row = SignUp.objects.filter(pk=sign_up_id).first()
    if row is None:
        raise NotFound()
    can_withdraw(actor, row).require()
    _hold_open(row.procurement_id, at)
    step = SIGN_UP.fire(SignUpState(row.state), SignUpCommand.WITHDRAW)
    rows = SignUp.objects.filter(pk=row.pk, state=step.source.value)
    if rows.update(state=step.target.value, ended_at=at) != 1:
        raise NotAllowedNow(command=SignUpCommand.WITHDRAW.value, state=row.state)
    payload: dict[str, JSON] = {"sign_up": row.commitment}
    append(stream=stream_of(row.procurement_id), type=step.event, actor=CLERK, payload=payload, decided_at=at)


def attach_proposal(*, actor: Actor, procurement_id: int, stream: BinaryIO, at: datetime) -> Proposal:
    """Take a proposal into the vault, readable by its agency alone; the vault does not name the agency either.

    Refuses `NotPermitted` and what the vault refuses; PDF only.
    """
    can_sign_up(actor).require()
    stored = vault.store(
        actor=CLERK,
        stream=stream,
        name=PROPOSAL,
        media_type="application/pdf",
        at=at,
        sensitive=True,
        subject=f"sign-up:{procurement_id}",
        limit=LARGEST_PROPOSAL,
    )
    return Proposal(stored.id, stored.sha256)


def stream_of(procurement_id: int) -> str:
    """The stream of a procurement's sign-ups; which procurement it is nobody reads until the closing says so."""
    return f"signups:{blinded(key_for('signups'), str(procurement_id))}"


def _window(state: str, until: datetime | None) -> Window:
    return Window(state == ProcurementState.SIGNING_UP, until)


_HOLD: Repeated[tuple[str, datetime | None, int]] = Repeated(
    lambda number: (
        Procurement.objects.select_for_update().filter(pk=number).values_list("state", "sign_up_until", "version")
    )
)


def _hold_open(procurement_id: int, at: datetime) -> int:
    """Lock the procurement and see that it is open; gives the version in force."""
    state, until, version = _HOLD.rows(procurement_id)[0]
    _window(state, until).require(at)
    return int(version)


def _check_proposal(found: OpenNotice, proposal: Proposal | None) -> None:
    asked = found.method in PROPOSED
    if asked and proposal is None:
        raise ProposalNeeded()
    if not asked and proposal is not None:
        raise ProposalNotAsked()


@dataclass(frozen=True, slots=True)
class _Offer:
    """What an agency sends: quote, proposal, the number of its request (blinded: it may say anything), and when."""

    quote: Decimal | None
    proposal: Proposal | None
    key: str
    at: datetime


def _attempt(actor: Actor, procurement_id: int, offer: _Offer) -> Receipt:
    found = open_notice(procurement_id)
    agency = entry.signing_agency(actor, item_id=found.item_id)
    party = Party(procurement_id, agency.organisation_id)
    earlier = _earlier(party)
    if any(row.key == offer.key or row.version == found.version for row in earlier):
        return _answer(found, earlier, offer)
    _window(found.state, found.sign_up_until).require(offer.at)
    assess(agency, found.demand, at=offer.at).require()
    quote = found.quote_rule.check(offer.quote)
    _check_proposal(found, offer.proposal)
    if _hold_open(procurement_id, offer.at) != found.version:
        raise SignUpClosed()
    stale = [row.pk for row in earlier if row.state == SignUpState.ACTIVE]
    if stale:
        SignUp.objects.filter(pk__in=stale).update(state=SignUpState.OUTDATED.value, ended_at=offer.at)
    return _keep(found, party, agency, quote, offer)


_EARLIER: Repeated[SignUp] = Repeated(
    lambda reference: SignUp.objects.filter(party=Value(reference)).exclude(state=SignUpState.WITHDRAWN.value)
)


def _earlier(party: Party) -> list[SignUp]:
    return _EARLIER.rows(reference_of(party))


def _answer(found: OpenNotice, earlier: list[SignUp], offer: _Offer, *, twice: bool = False) -> Receipt:
    """The first receipt to the same request, however late it comes again; to another one `AlreadySignedUp`."""
    first = next((row for row in earlier if row.key == offer.key), None)
    if first is not None:
        return _same(first, found.quote_rule.check(offer.quote), offer.proposal)
    if not twice:
        _window(found.state, found.sign_up_until).require(offer.at)
    raise AlreadySignedUp()


def _keep(found: OpenNotice, party: Party, agency: AgencyFacts, quote: Decimal | None, offer: _Offer) -> Receipt:
    sha256 = offer.proposal.sha256 if offer.proposal else ""
    salt, uscc = secrets.token_hex(16), agency.control.uscc
    digest = Commitment(found.code, found.version, uscc, to_text(offer.at), quote, sha256, salt).digest()
    payload: dict[str, JSON] = {"sign_up": digest}
    logged = append(stream=stream_of(found.id), type="SignedUp", actor=CLERK, payload=payload, decided_at=offer.at)
    said = {"quote": as_text(quote) if quote is not None else None, "proposal": sha256, "salt": salt}
    row = SignUp(
        procurement_id=found.id,
        party=party,
        version=found.version,
        key=offer.key,
        signed_up_at=offer.at,
        sealed={"agency": agency.agency_id, **said},
        proposal_id=offer.proposal.document_id if offer.proposal else None,
        commitment=digest,
        evidence_hash=logged.hash.hex(),
    )
    insert(row)
    return Receipt(row.pk, offer.at, digest, row.evidence_hash)


def _same(row: SignUp, quote: Decimal | None, proposal: Proposal | None) -> Receipt:
    said = {"quote": as_text(quote) if quote is not None else None, "proposal": proposal.sha256 if proposal else ""}
    if any(row.sealed[name] != value for name, value in said.items()):
        raise IdempotencyConflict()
    return Receipt(row.pk, row.signed_up_at, row.commitment, row.evidence_hash)
