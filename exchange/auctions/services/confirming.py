"""Both sides confirm the result 成交确认书, each by a signature with its own certificate."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from commons.domain.actor import Actor
from commons.domain.money import as_text
from commons.domain.refusals import NotAllowedNow
from commons.domain.suites import Suite
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from exchange.auctions.domain.confirmations import KIND, Confirmation, PartyFacts
from exchange.auctions.services.settling import locked_deal, side_of
from exchange.contracts.domain.deals import DealCommand, DealState
from exchange.contracts.models import Deal
from exchange.contracts.services import move_deal
from exchange.projects.domain.trades import INSTRUMENTS, Instrument
from signatures.signing.domain.sessions import Fact, Signer
from signatures.signing.kinds import Signed, register_kind
from signatures.signing.services import SessionRef, request_signature

ROLES = {"buyer": gettext_noop("Buyer"), "seller": gettext_noop("Seller")}


@transaction.atomic
def request_confirmation(*, actor: Actor, deal_id: int, at: datetime) -> SessionRef:
    """Have the actor sign the confirmation for its side; the address of the signing dialogue.

    Refuses `NotFound`, `NotPermitted`, and `NotAllowedNow` before the notice and once the side has confirmed; in the
    dialogue, a certificate of another suite than the procedure's.
    """
    deal = locked_deal(deal_id)
    side = side_of(actor, deal)
    _require_open(deal, side)
    assert actor.person_id is not None, "sides act through persons"
    return request_signature(
        actor=actor,
        kind=KIND,
        subject=f"deal:{deal.pk}",
        title=f"{deal.lot.project.title} · {deal.lot.number}",
        content=confirmation_of(deal).content(side.upper()),
        signer=Signer(actor.person_id, actor.organisation_id),
        role=ROLES[side],
        amount=deal.amount,
        facts=_facts(deal),
        context={"deal": deal.pk, "side": side},  # type: ignore[dict-item]  # a key of ours, not evidence
        return_url=reverse("contracts:deal", args=[deal.pk]),
        suite=Suite(deal.lot.project.suite),
        at=at,
    )


def confirmation_of(deal: Deal) -> Confirmation:
    """What both sides confirm."""
    lot, project = deal.lot, deal.lot.project
    return Confirmation(
        deal=deal.pk,
        project_code=project.code,
        deal_code=project.deal_code,
        lot=lot.number,
        instrument=lot.instrument,
        method=lot.method,
        seller=PartyFacts(project.seller.name, project.seller.uscc),
        buyer=PartyFacts(deal.buyer.name, deal.buyer.uscc),
        quantity=deal.quantity,
        price=deal.price,
        amount=deal.amount,
        hammered_at=deal.hammered_at,
    )


def _facts(deal: Deal) -> list[Fact]:
    instrument = INSTRUMENTS[Instrument(deal.lot.instrument)]
    return [
        Fact(gettext_noop("Seller"), deal.lot.project.seller.name),
        Fact(gettext_noop("Buyer"), deal.buyer.name),
        Fact(gettext_noop("Quantity"), f"{as_text(deal.quantity)} {instrument.unit} {deal.lot.instrument}"),
        Fact(gettext_noop("Unit price"), f"¥ {deal.price:,.2f} / {instrument.unit}"),
        Fact(gettext_noop("Unified transaction code"), deal.lot.project.deal_code),
    ]


def _confirmed(signed: Signed) -> None:
    """A side has signed: recorded with its signature; when both have, the contract can be drawn up.

    Electronic Signature Law (电子签名法) art. 14: a reliable electronic signature binds like one by hand.
    """
    deal = locked_deal(int(signed.order.context["deal"]))
    side = str(signed.order.context["side"])
    _require_open(deal, side)
    if signed.order.content != confirmation_of(deal).content(side.upper()):
        raise NotAllowedNow(command="CONFIRM", state=deal.state)
    name = f"{side}_confirmed_at"
    Deal.objects.filter(pk=deal.pk).update(**{name: signed.at})
    setattr(deal, name, signed.at)
    payload: dict[str, JSON] = {
        "deal": f"deal:{deal.pk}",
        "side": side.upper(),
        "signing": signed.session,
        "sha256": signed.order.digest,
    }
    append(
        stream=f"lot:{deal.lot_id}", type="ResultConfirmed", actor=signed.actor, payload=payload, decided_at=signed.at
    )
    if deal.buyer_confirmed_at and deal.seller_confirmed_at:
        move_deal(deal, DealCommand.CONFIRM, actor=signed.actor, at=signed.at)


def _require_open(deal: Deal, side: str) -> None:
    confirmed = getattr(deal, f"{side}_confirmed_at") is not None
    if deal.notified_at is None or deal.state != DealState.AWARDED or confirmed:
        raise NotAllowedNow(command="CONFIRM", state=deal.state)


register_kind(KIND, label=gettext_noop("Confirmation of the deal"), done=_confirmed)
