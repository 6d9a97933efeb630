"""What waits for a reader in the flow of an auction, by when: one question per role, for the workspace.

Few queries each; whatever the reader may not see is not asked for.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commons.domain.actor import Actor, Role
from commons.domain.tasks import Waiting
from commons.domain.time import end_of
from exchange.auctions import queries
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.models import Registration
from exchange.complaints import queries as complaints
from exchange.contracts.domain.deals import DealState
from exchange.contracts.models import Deal
from exchange.deposits import queries as deposits
from exchange.projects import queries as projects
from exchange.projects.domain.states import LotState
from exchange.projects.models import Lot
from exchange.rooms import queries as rooms
from exchange.rooms.queries import RoomView
from exchange.rooms.queries.pages import rooms_with

MOST = 20
SOON = timedelta(days=7)


def of_bidder(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Registrations to finish, deposits to pay, rooms to come, and deals to confirm, sign and pay."""
    found = list(queries.registrations_of(actor)[:MOST])
    for registration in found:
        yield from _of_registration(registration, now)
    if len(found) == MOST or any(registration.lot.room_id for registration in found):
        yield from _rooms_of(actor, now)
    yield from _of_deals(actor)


def _of_registration(registration: Registration, now: datetime) -> Iterator[Waiting]:
    lot = registration.lot
    ends_at = lot.registration_ends_at
    if lot.state not in (LotState.ANNOUNCED, LotState.REGISTERING) or ends_at is None or ends_at <= now:
        return
    url, about = reverse("auctions:registration", args=[registration.pk]), _about(lot)
    if registration.state == RegistrationState.STARTED:
        yield Waiting(_("Finish your registration"), url, ends_at, about)
    elif registration.state == RegistrationState.SUBMITTED:
        deposit = deposits.deposit_of(lot.pk, registration.organisation_id)
        if deposit is not None and not deposit.covered:
            yield Waiting(_("Pay the deposit"), url, ends_at, about)


def _rooms_of(actor: Actor, now: datetime) -> Iterator[Waiting]:
    live = {room.room_id: room for room in rooms.live_rooms() if room.lot_id is not None}
    own = [live[room_id] for room_id in rooms_with(actor.organisation_id, list(live))]
    lots = _lots_of(own)
    for room in own:
        about = lots.get(room.lot_id, "")
        if room.opens_at > now:
            ready = reverse("rooms:ready", args=[room.room_id])
            yield Waiting(_("A room opens: check your device beforehand"), ready, room.opens_at, about)
        else:
            url = reverse("rooms:room", args=[room.room_id])
            yield Waiting(_("Bidding is open: bid in the live room"), url, room.closes_at, about)


def of_seller(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Objections to answer, buyers to qualify, deals to confirm and sign, drafts that came back."""
    own = complaints.objections(actor).filter(answered_at__isnull=True, project__seller_id=actor.organisation_id)
    for objection in own[:MOST]:
        url, due_at = reverse("complaints:objection", args=[objection.pk]), end_of(objection.answer_due_on)
        yield Waiting(_("Answer an objection"), url, due_at, objection.project.title)
    lots = Lot.objects.filter(project__seller_id=actor.organisation_id, state=LotState.QUALIFYING.value)
    for lot in lots.select_related("project")[:MOST]:
        yield Waiting(
            _("Qualify the buyers"), reverse("auctions:buyers", args=[lot.pk]), lot.qualification_ends_at, _about(lot)
        )
    for draft in projects.drafts_of(actor).filter(state="RETURNED")[:MOST]:
        yield Waiting(
            _("A draft came back from the check"), reverse("projects:draft", args=[draft.pk]), None, draft.title
        )
    yield from _of_deals(actor)


def of_staff(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Drafts to check, rights to move, certificates to issue."""
    count = projects.to_check(actor).count()
    if count:
        words = ngettext("%(count)s draft to check or publish", "%(count)s drafts to check or publish", count)
        yield Waiting(words % {"count": count}, reverse("projects:centre"), count=count)
    titles = {
        DealState.PAID.value: _("Move the rights in the registry"),
        DealState.TRANSFERRED.value: _("Issue the certificate"),
    }
    found = Deal.objects.filter(state__in=titles, notified_at__isnull=False).select_related("lot__project")
    for deal in found.order_by("id")[:MOST]:
        yield Waiting(titles[deal.state], reverse("contracts:deal", args=[deal.pk]), None, _about(deal.lot))


def of_host(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """The rooms of the next days, each from the host's side."""
    coming = [room for room in rooms.live_rooms() if room.lot_id is not None and room.opens_at <= now + SOON]
    lots = _lots_of(coming)
    for room in coming:
        title = _("Host a room") if room.opens_at > now else _("Host a room that is open")
        url = reverse("rooms:host", args=[room.room_id])
        yield Waiting(title, url, max(room.opens_at, now), lots.get(room.lot_id, ""))


def of_regulator(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Complaints to accept and to decide, each within its limit."""
    for complaint in complaints.open_complaints(actor)[:MOST]:
        due_on = complaint.decision_due_on or complaint.acceptance_due_on
        title = _("Decide a complaint") if complaint.decision_due_on else _("Accept or reject a complaint")
        url = reverse("complaints:complaint", args=[complaint.pk])
        yield Waiting(title, url, end_of(due_on), complaint.objection.project.title)


def _of_deals(actor: Actor) -> Iterator[Waiting]:
    """What the reader's side of its deals still has to do."""
    open_ones = (DealState.AWARDED.value, DealState.CONFIRMED.value, DealState.CONTRACTED.value)
    for deal in queries.deals_for(actor).filter(state__in=open_ones)[:MOST]:
        is_buyer = deal.buyer_id == actor.organisation_id and actor.has(Role.BIDDER)
        title = _step_of(deal, is_buyer=is_buyer)
        if title:
            due_on = deal.payment_due_on if deal.state == DealState.CONTRACTED else deal.contract_due_on
            url = reverse("contracts:deal", args=[deal.pk])
            yield Waiting(title, url, end_of(due_on) if due_on else None, _about(deal.lot))


def _step_of(deal: Deal, *, is_buyer: bool) -> str:
    if deal.state == DealState.AWARDED:
        done = deal.buyer_confirmed_at if is_buyer else deal.seller_confirmed_at
        return "" if done else _("Confirm the result")
    if deal.state == DealState.CONFIRMED:
        contract = getattr(deal, "contract", None)
        if contract is None:
            return ""
        done = contract.buyer_agreed_at if is_buyer else contract.seller_agreed_at
        return "" if done else _("Agree to the contract")
    return _("Pay the price") if is_buyer else ""


def _lots_of(live: Iterable[RoomView]) -> dict[int | None, str]:
    """What each room sells, in words, by its lot; one query."""
    found = Lot.objects.filter(pk__in={room.lot_id for room in live}).select_related("project")
    return {lot.pk: _about(lot) for lot in found}


def _about(lot: Lot) -> str:
    return _("%(project)s, lot %(lot)s") % {"project": lot.project.title, "lot": lot.number}
