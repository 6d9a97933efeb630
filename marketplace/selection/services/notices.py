"""What a selection takes from its notice and its sign-ups, and what it gives back to the procurement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext

from commons.domain.actor import Actor, Role
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from commons.inbox import services as inbox
from commons.parameters import queries as parameters
from commons.people import queries as people
from marketplace.entry import queries as entry
from marketplace.entry.domain.eligibility import Eligibility
from marketplace.procurement import queries as procurements
from marketplace.procurement import services as procuring
from marketplace.procurement.domain.methods import Method
from marketplace.procurement.domain.methods import QuoteKind as NoticeQuoteKind
from marketplace.procurement.domain.states import ProcurementCommand, ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.procurement.queries import ProcurementView
from marketplace.procurement.services.rounds import fail_round
from marketplace.selection.domain.case import AfterRefusal, Criterion, QuoteKind, Terms, TieRule, Way
from marketplace.selection.domain.outcome import Failure
from marketplace.selection.models import Selection, SelectionEntrant
from marketplace.selection.services.common import PLATFORM
from marketplace.signups import services as signing
from marketplace.signups.domain.signups import SignUpState
from signatures.draws.services import Holder

WAYS = {
    Method.LOTTERY: Way.LOTTERY,
    Method.LOWEST_PRICE: Way.LOWEST_PRICE,
    Method.LIVE_BIDDING: Way.LOWEST_PRICE,
    Method.BEST_PRICE: Way.BEST_PRICE,
    Method.AVERAGE_PRICE: Way.AVERAGE_PRICE,
    Method.CREDIT_MERIT: Way.CREDIT_MERIT,
    Method.PROPOSAL_MERIT: Way.PROPOSAL_MERIT,
    Method.DIRECT: Way.DIRECT,
}
PRICED = frozenset({Method.LOWEST_PRICE, Method.LIVE_BIDDING, Method.BEST_PRICE, Method.AVERAGE_PRICE})
OWN_PRICE = PRICED | {Method.PROPOSAL_MERIT}


@dataclass(frozen=True, slots=True)
class RoomTerms:
    """Of a live room."""

    opens_in: timedelta
    session_ms: int
    extension_ms: int
    step: Decimal


@dataclass(frozen=True, slots=True)
class DrawTimes:
    """How long commitments are waited for, and how long revealing may take."""

    lead: timedelta
    window: timedelta


@dataclass(frozen=True, slots=True)
class Notice:
    """The rules of a published notice, as its selection needs them."""

    view: ProcurementView
    terms: Terms
    live: bool
    credit_start: Decimal
    room: RoomTerms

    @property
    def procurement_id(self) -> int:
        return self.view.id


@dataclass(frozen=True, slots=True)
class Signed:
    """A sign-up that stood at the deadline, with its quote opened and its qualification checked again."""

    agency_id: int
    organisation_id: int
    name: str
    code: str
    signed_up_at: datetime
    quote: Decimal | None
    barred: str


def notice_of(procurement_id: int) -> Notice:
    """The rules of the notice in force. Refuses `NotFound`."""
    view = procurements.procurement(procurement_id)
    need = view.need
    step = need.bid_step or Decimal(1)
    room = RoomTerms(
        opens_in=timedelta(minutes=view.number("supermarket.room_lead_minutes")),
        session_ms=view.number("supermarket.room_minutes") * 60_000,
        extension_ms=view.number("supermarket.room_extension_seconds") * 1_000,
        step=step,
    )
    live = need.method is Method.LIVE_BIDDING
    return Notice(view, _terms(view), live, Decimal(view.number("credit.start")), room)


def _terms(view: ProcurementView) -> Terms:
    need = view.need
    factors = parameters.from_snapshot(view.parameters, "supermarket.best_price_factors")
    assert isinstance(factors, tuple), "several numbers"
    return Terms(
        way=WAYS[need.method],
        quote_kind=_quote_kind(view),
        ceiling=need.ceiling_price,
        floor=need.floor_price,
        minimum=max(1, view.minimum.number),
        factors=factors if need.method is Method.BEST_PRICE else (),
        trim_from=view.number("supermarket.best_price_trim_from") if need.method is Method.BEST_PRICE else 0,
        big_list=need.big_list or 0,
        small_list=need.small_list or 0,
        numbers=view.number("supermarket.credit_numbers") if need.method is Method.CREDIT_MERIT else 0,
        criteria=tuple(
            Criterion(f"c{place}", one.label, Decimal(one.points)) for place, one in enumerate(need.criteria, start=1)
        ),
        ties=(TieRule.PRICE, TieRule.DRAW) if need.method is Method.PROPOSAL_MERIT else (TieRule.DRAW,),
        after_refusal=AfterRefusal(str(parameters.from_snapshot(view.parameters, "supermarket.after_refusal"))),
        named=_named_code(view),
        reason=need.direct_reason if need.method is Method.DIRECT else "",
    )


def _quote_kind(view: ProcurementView) -> QuoteKind:
    if view.need.method not in OWN_PRICE:
        return QuoteKind.NONE
    return QuoteKind.DISCOUNT if view.need.quote_kind is NoticeQuoteKind.DISCOUNT_RATE else QuoteKind.AMOUNT


def _named_code(view: ProcurementView) -> str:
    if view.need.method is not Method.DIRECT or view.need.named_agency_id is None:
        return ""
    return entry.entrant_of(view.need.named_agency_id).uscc


def take(procurement_id: int, *, actor: Actor, at: datetime) -> Notice:
    """The procurement begins to select. Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`."""
    notice = notice_of(procurement_id)
    _move(procurement_id, ProcurementCommand.BEGIN_SELECTION, actor=actor, at=at)
    return notice


def sign_ups(notice: Notice, *, at: datetime) -> list[Signed]:
    """Who signed up, in that order, each checked again now; the named agency alone in a direct selection."""
    view = notice.view
    if view.need.method is Method.DIRECT:
        return _named(view, at)
    opened = signing.reveal_quotes(procurement_id=view.id, actor=PLATFORM, at=at)
    found = _eligibility(view, [one.agency_id for one in opened], at)
    for one in opened:
        if not found[one.agency_id].eligible and one.state is SignUpState.ACTIVE:
            signing.disqualify(sign_up_id=one.id, bars=found[one.agency_id].bars, actor=PLATFORM, at=at)
    return [
        Signed(
            agency_id=one.agency_id,
            organisation_id=one.organisation_id,
            name=one.agency_name,
            code=one.agency_uscc,
            signed_up_at=one.signed_up_at,
            quote=one.quote,
            barred=_first_bar(found[one.agency_id]),
        )
        for one in opened
    ]


def _named(view: ProcurementView, at: datetime) -> list[Signed]:
    assert view.need.named_agency_id is not None, "the need was complete"
    agency = entry.entrant_of(view.need.named_agency_id)
    found = _eligibility(view, [agency.id], at)[agency.id]
    return [Signed(agency.id, agency.organisation_id, agency.name, agency.uscc, at, None, _first_bar(found))]


def _eligibility(view: ProcurementView, agency_ids: list[int], at: datetime) -> dict[int, Eligibility]:
    demand = procurements.demand_of(view, entry.control(view.owner_organisation_id))
    return entry.eligibility_of(agency_ids, demand, at=at)


def _first_bar(found: Eligibility) -> str:
    return "" if found.eligible else found.bars[0].bar.value


def bar_of(selection: Selection, number: str, *, at: datetime) -> str:
    """What keeps the winner out at this very moment; empty: nothing."""
    agency_id = SelectionEntrant.objects.values_list("agency_id", flat=True).get(selection=selection, number=number)
    view = _read(selection)
    return _first_bar(_eligibility(view, [agency_id], at)[agency_id])


def due(at: datetime) -> list[int]:
    """Procurements whose announced time of selection has come, the earliest first."""
    rows = Procurement.objects.filter(state=ProcurementState.AWAITING_SELECTION.value, selection_at__lte=at)
    return list(rows.order_by("selection_at", "pk").values_list("pk", flat=True))


def selected(selection: Selection, organisation_id: int, *, at: datetime) -> None:
    """The procurement has its agency."""
    _move(selection.procurement_id, ProcurementCommand.SELECT, actor=PLATFORM, at=at)


def failed(selection: Selection, failure: Failure, *, at: datetime) -> None:
    """The round failed; the owner may announce it again."""
    _fail(selection, failure.value, at=at)


def reopened(selection: Selection, *, at: datetime) -> None:
    """The winner is out: the selection goes on."""
    _move(selection.procurement_id, ProcurementCommand.NEXT, actor=PLATFORM, at=at)


def voided(selection: Selection, number: str, *, at: datetime) -> None:
    """A decision set the result aside: the round failed."""
    _fail(selection, number, at=at)


def _fail(selection: Selection, reason: str, *, at: datetime) -> None:
    row = procuring.locked_procurement(selection.procurement_id)
    payload: dict[str, JSON] = {"selection": selection.stream}
    fail_round(row, payload=payload, reason=reason, actor=PLATFORM, at=at)


def _move(procurement_id: int, command: ProcurementCommand, *, actor: Actor, at: datetime) -> None:
    row = procuring.locked_procurement(procurement_id)
    procuring.move_procurement(row, command, actor=actor, at=at)


def _read(selection: Selection) -> ProcurementView:
    """The notice of a selection, read once: while a selection runs it does not change."""
    known: ProcurementView | None = selection.notice
    if known is None:
        known = selection.notice = procurements.procurement(selection.procurement_id)
    return known


def owner_of(selection: Selection) -> int:
    """The organisation of the owner."""
    return _read(selection).owner_organisation_id


def title_of(selection: Selection) -> str:
    return _read(selection).need.title


def custodian(selection: Selection) -> Holder:
    """The owner's person who holds the second secret of every draw."""
    organisation_id = owner_of(selection)
    persons = people.people_with(organisation_id, Role.OWNER)
    assert persons, "an owner has somebody who acts for it"
    return Holder(persons[0], organisation_id)


def draw_times(selection: Selection) -> DrawTimes:
    """By the parameters of the notice."""
    view = _read(selection)
    lead = timedelta(minutes=view.number("supermarket.draw_lead_minutes"))
    return DrawTimes(lead, timedelta(minutes=view.number("supermarket.draw_window_minutes")))


_PURPOSES = {
    "WINNER": gettext_noop("selected agency"),
    "TIE": gettext_noop("among equals"),
    "FACTOR": gettext_noop("factor K"),
    "NUMBERS": gettext_noop("order of the numbers"),
}


def draw_title(selection: Selection, purpose: str) -> str:
    """What a draw is called on its public page."""
    return f"{title_of(selection)}: {gettext(_PURPOSES[purpose.partition(':')[0]])}"[:200]


def tell_owner(selection: Selection, subject: str, *, key: str, at: datetime) -> None:
    """A message to the owner about its selection."""
    inbox.deliver(
        organisation_id=owner_of(selection),
        subject_msgid=subject,
        fields={"title": title_of(selection)},
        link=f"/supermarket/selections/{selection.pk}/",
        at=at,
        key=f"selection:{selection.pk}:{key}",
    )


def tell_agencies(selection: Selection, organisation_ids: Iterable[int], *, room_id: int, at: datetime) -> None:
    """The qualified are called into the room."""
    title = title_of(selection)
    for organisation_id in organisation_ids:
        inbox.deliver(
            organisation_id=organisation_id,
            subject_msgid=gettext_noop("The live bidding for %(title)s opens: enter the room"),
            fields={"title": title},
            link=f"/rooms/{room_id}/",
            at=at,
            key=f"selection:{selection.pk}:room:{organisation_id}",
        )
