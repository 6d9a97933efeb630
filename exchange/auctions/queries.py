"""Questions about auctions; each takes the viewer, so that the secrecy matrix is applied in one place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from commons.calendar import queries as calendar
from commons.domain.actor import Actor, Role
from commons.domain.calendar import WorkingDays
from commons.domain.money import Money
from commons.domain.refusals import NotFound
from commons.domain.text import gettext_noop
from commons.domain.time import from_text
from commons.evidence import queries as evidence
from commons.evidence.domain.chain import Link
from commons.people.parties import with_organisations
from commons.secrecy.fields import Party
from exchange.auctions.domain.aliases import stream_of
from exchange.auctions.domain.blinding import blinded_ref
from exchange.auctions.domain.confirmations import KIND as CONFIRMATION
from exchange.auctions.domain.confirmations import side_in
from exchange.auctions.domain.numbers import in_order
from exchange.auctions.domain.registrations import OPEN, RegistrationState
from exchange.auctions.domain.secrecy import Sight, sight, stage_of
from exchange.auctions.domain.terms import read_terms
from exchange.auctions.domain.timetable import local_day
from exchange.auctions.labels import reason_text
from exchange.auctions.models import Offer, Registration
from exchange.auctions.policies import OVERSEERS, can_see_deal, viewer_of
from exchange.contracts.domain.deals import DealState
from exchange.contracts.domain.limits import Flag, Limit, flag_for
from exchange.contracts.models import Deal, Invoice
from exchange.deposits import queries as deposits
from exchange.deposits.domain.facts import PaymentView
from exchange.deposits.domain.states import COVERING, MoneyState, Purpose
from exchange.deposits.models import MoneyExpectation
from exchange.projects.domain.states import LotState
from exchange.projects.domain.trades import TradeType
from exchange.projects.models import Lot
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain import terms as guarantee_terms
from signatures.guarantees.domain.terms import Procedure, Required
from signatures.signing.queries import SignatureView, signatures_about


@dataclass(frozen=True, slots=True)
class Coverage:
    """A deposit as the seller may know it: how much of it is there."""

    amount: Decimal
    received: Decimal
    covered: bool
    guaranteed: bool = False
    """A guarantee stands in for the money."""


@dataclass(frozen=True, slots=True)
class BuyerRow:
    """A buyer of a lot as far as the viewer may see it; what is hidden is empty."""

    registration_id: int | None
    name: str
    uscc: str
    alias: str
    need: Decimal | None
    permit_no: str
    purpose: str
    deposit: Coverage | None
    state: str
    reason: str
    by_rule: bool
    submitted_at: datetime | None


LIMITED = (DealState.AWARDED, DealState.CONFIRMED, DealState.CONTRACTED)
"""The states of a deal in which something is to be done in time."""


def public_lot(lot_id: int) -> Lot:
    """A lot of a published project. Refuses (`NotFound`)."""
    lot = Lot.objects.select_related("project__seller", "predecessor").filter(pk=lot_id).first()
    if lot is None or lot.project.published_at is None:
        raise NotFound()
    return lot


def sight_of(viewer: Actor, lot: Lot) -> Sight:
    """What the viewer may see of the buyers of a lot, now."""
    suspended = LotState(lot.suspended_in) if lot.suspended_in else None
    stage = stage_of(LotState(lot.state), suspended_in=suspended)
    return sight(TradeType(lot.project.trade_type), stage, viewer_of(viewer, lot.project))


def buyers_of(viewer: Actor, lot: Lot) -> list[BuyerRow]:
    """The buyers whose registrations were submitted, masked for the viewer; empty where nothing may be seen."""
    seen = sight_of(viewer, lot)
    if not seen & (Sight.NAMES | Sight.ALIASES):
        return []
    states = (RegistrationState.SUBMITTED, RegistrationState.QUALIFIED, RegistrationState.REFUSED)
    found = Registration.objects.filter(lot=lot, state__in=[state.value for state in states])
    rows = with_organisations(found.order_by("submitted_at", "id"))
    held = coverage_of(lot.pk) if Sight.DEPOSITS in seen else {}
    if Sight.LINK not in seen and Sight.NAMES not in seen:
        # Numbers without names are shown in the order of the numbers, so that the order tells nothing.
        rows = sorted((row for row in rows if row.alias), key=lambda row: row.alias)
    return [_masked(row, seen, _with_guarantee(row, held.get(row.organisation_id), lot)) for row in rows]


def _with_guarantee(row: Registration, held: Coverage | None, lot: Lot) -> Coverage | None:
    """The coverage as it counts: a guarantee stands in for what has not arrived."""
    row.lot = lot
    if held is None or held.covered or lot.registration_ends_at is None:
        return held
    covered = is_guaranteed(row, lot.registration_ends_at)
    return replace(held, covered=covered, guaranteed=covered)


def _masked(row: Registration, seen: Sight, deposit: Coverage | None) -> BuyerRow:
    names = Sight.NAMES in seen
    numbers = Sight.LINK in seen or (Sight.ALIASES in seen and not names)
    return BuyerRow(
        registration_id=row.pk if names else None,
        name=row.organisation.name if names else "",
        uscc=row.organisation.uscc if names else "",
        alias=row.alias if numbers else "",
        need=row.need if Sight.NEEDS in seen else None,
        permit_no=row.permit_no if Sight.NEEDS in seen else "",
        purpose=row.purpose if Sight.NEEDS in seen else "",
        deposit=deposit,
        state=row.state if names else "",
        reason=reason_text(row.reason, by_rule=row.decided_by_rule) if names else "",
        by_rule=row.decided_by_rule,
        submitted_at=row.submitted_at if names else None,
    )


def coverage_of(lot_id: int) -> dict[int, Coverage]:
    """What each buyer of a lot has to deposit and has deposited, in one query; the newest expectation counts."""
    rows = MoneyExpectation.objects.filter(purpose=Purpose.DEPOSIT.value, lot_id=lot_id).order_by("expected_at", "id")
    return {
        row.organisation_id: Coverage(row.amount, row.received, MoneyState(row.state) in COVERING)
        for row in rows.only("party", "amount", "received", "state")
    }


def buyer_count(viewer: Actor, lot: Lot) -> int | None:
    """How many registered or qualified; None where the viewer may not know."""
    if Sight.COUNT not in sight_of(viewer, lot):
        return None
    states = [RegistrationState.SUBMITTED.value, RegistrationState.QUALIFIED.value]
    return Registration.objects.filter(lot=lot, state__in=states).count()


def own_registration(viewer: Actor, lot_id: int) -> Registration | None:
    """The viewer's own registration for a lot."""
    if not viewer.has(Role.BIDDER) or viewer.organisation_id is None:
        return None
    return Registration.objects.filter(party=Party(lot_id, viewer.organisation_id)).first()


def own_reference(viewer: Actor, lot_id: int) -> str:
    """The blinded reference under which the log names the viewer's own organisation in a lot; empty without one."""
    own = own_registration(viewer, lot_id)
    return blinded_ref(own.organisation_id, own.salt) if own is not None else ""


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A buyer at its place; without a number, it did not qualify."""

    place: int
    buyer: str
    number: str


@dataclass(frozen=True, slots=True)
class NumberDrawView:
    """The draw of a lot's bidder numbers, as everybody may see it: no secret and no rows before it is revealed."""

    commitment: str
    secret: str = ""
    revealed_at: datetime | None = None
    rows: tuple[NumberRow, ...] = ()


def number_draw(lot_id: int) -> NumberDrawView | None:
    """The draw of a lot's numbers as the public log tells it; None before the notice."""
    told = {link.type: link for link in evidence.entries(stream_of(lot_id))}
    if "NumbersCommitted" not in told:
        return None
    commitment = _payload(told["NumbersCommitted"])["commitment"]
    if "NumbersRevealed" not in told:
        return NumberDrawView(commitment)
    link = told["NumbersRevealed"]
    revealed = _payload(link)
    buyers = enumerate(in_order(revealed["submissions"]), start=1)
    rows = (NumberRow(place, buyer, revealed["numbers"].get(buyer, "")) for place, buyer in buyers)
    return NumberDrawView(commitment, revealed["secret"], from_text(link.ts), tuple(rows))


def _payload(link: Link) -> Any:
    return json.loads(link.payload)


def registration(viewer: Actor, registration_id: int) -> Registration:
    """One's own registration with its lot. Refuses (`NotFound`): others' registrations do not exist for the viewer."""
    found = Registration.objects.select_related("lot__project__seller").filter(pk=registration_id).first()
    if found is None or viewer.organisation_id != found.organisation_id or not viewer.has(Role.BIDDER):
        raise NotFound()
    return found


def registrations_of(viewer: Actor) -> QuerySet[Registration]:
    """The viewer's registrations, the latest first."""
    if viewer.organisation_id is None or not viewer.has(Role.BIDDER):
        return Registration.objects.none()
    lots = Lot.objects.filter(project__published_at__isnull=False).values_list("pk", flat=True)
    found = Registration.objects.filter(party__in=[Party(lot_id, viewer.organisation_id) for lot_id in lots])
    return found.select_related("lot__project__seller").order_by("-started_at", "-id")


def is_open(registration: Registration) -> bool:
    """Whether the registration is still alive."""
    return RegistrationState(registration.state) in OPEN


def offers_of(lot: Lot) -> list[Offer]:
    """The offers of a negotiation, the latest first; for its two sides."""
    return list(Offer.objects.filter(lot=lot).select_related("registration").order_by("-id"))


def confirmations_of(deal: Deal) -> dict[str, SignatureView]:
    """The signed confirmations of a deal by side, `BUYER` and `SELLER`. The caller has checked who may see the deal."""
    return {side_in(one.content): one for one in signatures_about(f"deal:{deal.pk}", CONFIRMATION)}


def deals_for(viewer: Actor) -> QuerySet[Deal]:
    """The deals that the viewer has to do with, the latest first."""
    own = Q(buyer_id=viewer.organisation_id) | Q(lot__project__seller_id=viewer.organisation_id)
    if viewer.has(*OVERSEERS):
        own = Q()
    elif viewer.organisation_id is None:
        own = Q(pk__in=[])
    found = Deal.objects.filter(own, notified_at__isnull=False)
    return found.select_related("lot__project__seller", "buyer", "contract").order_by("-id")


def deal(viewer: Actor, deal_id: int) -> Deal:
    """One deal with everything its page shows. Refuses (`NotFound`, `NotPermitted`)."""
    found = (
        Deal.objects.select_related("lot__project__seller", "buyer", "contract", "voucher").filter(pk=deal_id).first()
    )
    if found is None:
        raise NotFound()
    can_see_deal(viewer, found).require()
    return found


def payment_of(deal: Deal) -> PaymentView | None:
    """What is expected from the buyer, and how far it has come."""
    return deposits.payment_of(f"deal:{deal.pk}")


def fees_of(deal: Deal) -> list[Invoice]:
    """The fees of a deal, where the rules of its notice ask for any."""
    terms = read_terms(deal.lot.project.parameters)
    return list(deal.invoices.all()) if terms.fee_share_buyer or terms.fee_share_seller else []


def deposit_needed(lot: Lot, need: Decimal) -> Money:
    """The deposit for a need, by the parameters of the notice."""
    return read_terms(lot.project.parameters).deposit_for(lot.start_price, need)


def guarantee_allowed(lot: Lot) -> bool:
    """Whether the rules of the lot let a guarantee stand in for the deposit."""
    return read_terms(lot.project.parameters).guarantee_allowed


def is_guaranteed(registration: Registration, at: datetime) -> bool:
    """Whether a guarantee stands in for this buyer's deposit now."""
    lot = registration.lot
    if registration.deposit_amount is None or not read_terms(lot.project.parameters).guarantee_allowed:
        return False
    return guarantees.covers(
        subject=subject_of(lot),
        organisation_id=registration.organisation_id,
        required=required_of(registration),
        at=at,
    )


def subject_of(lot: Lot) -> str:
    """The lot as guarantees know it."""
    return f"lot:{lot.pk}"


def required_of(registration: Registration) -> Required:
    """What the lot asks of this buyer's guarantee: the deposit, towards the seller, until well after the room."""
    lot = registration.lot
    assert registration.deposit_amount is not None, "the amount is set when the registration is submitted"
    project = lot.project
    days = read_terms(project.parameters).guarantee_valid_days
    return Required(
        procedure=Procedure(
            beneficiary=guarantee_terms.Party(project.seller.uscc, project.seller.name),
            project_code=project.code,
            section_code=f"{project.code}{lot.number:03d}",
            title=project.title,
        ),
        amount=Money(registration.deposit_amount),
        valid_until=local_day(lot.opens_at) + timedelta(days=days),
    )


def limit_now(deal: Deal, at: datetime) -> Limit | None:
    """The limit that one deal is under; the calendar is asked only when there is one."""
    if deal.state not in LIMITED:
        return None
    due = [day for day in (deal.contract_due_on, deal.payment_due_on) if day]
    return limit_of(deal, at, working_days_around(due, deal.lot.project.region))


def limit_of(deal: Deal, at: datetime, days: WorkingDays) -> Limit | None:
    """The limit that a deal is under, with its flag; none when nothing is to be done in time."""
    contract_due = deal.state in (DealState.AWARDED, DealState.CONFIRMED)
    due_on = deal.contract_due_on if contract_due else deal.payment_due_on
    if due_on is None or deal.state not in LIMITED:
        return None
    task = gettext_noop("Contract") if contract_due else gettext_noop("Payment")
    return Limit(gettext(task), due_on, _flag(local_day(at), due_on, days))


def working_days_around(due_dates: Sequence[date], region: str = "") -> WorkingDays:
    """The calendar around these days, asked for once for a whole page."""
    if not due_dates:
        return WorkingDays()
    margin = timedelta(days=30)
    return calendar.working_days(first=min(due_dates) - margin, last=max(due_dates) + margin, region=region)


def _flag(today: date, due_on: date, days: WorkingDays) -> Flag:
    return flag_for(
        today=today,
        due_on=due_on,
        working_day_before=_neighbour(due_on, days, -1),
        working_day_after=_neighbour(due_on, days, 1),
    )


def _neighbour(day: date, days: WorkingDays, direction: int) -> date:
    day += timedelta(days=direction)
    while not days.is_working(day):
        day += timedelta(days=direction)
    return day
