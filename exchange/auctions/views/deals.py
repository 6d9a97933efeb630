"""Results and contracts: the list with its limits, and the page of a deal with everything its two sides do."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.actor import Actor
from commons.domain.money import capital_yuan
from commons.domain.refusals import NotFound
from commons.pages import csv_response, signed_in
from exchange.auctions import queries, services
from exchange.auctions.domain.methods import METHOD_LABELS, Method
from exchange.auctions.labels import FLAG_TAGS, deal_state
from exchange.auctions.policies import (
    can_act_as_buyer,
    can_act_as_seller,
    can_record_voucher,
    can_run_procedure,
)
from exchange.contracts.domain.deals import DEAL, REACHED, DealCommand, DealState
from exchange.contracts.models import Contract, Deal
from exchange.projects.domain.timeline import Step
from exchange.projects.queries import lot_view
from signatures.documents import queries as papers
from signatures.documents.domain.papers import PaperState
from signatures.documents.queries import PaperView
from signatures.signing.queries import SignatureView

PAGE = 20


@require_GET
def deals(request: HttpRequest) -> HttpResponseBase:
    """The deals that the reader has to do with; limits that are near or over carry a worded flag."""
    actor, at = signed_in(request), timezone.now()
    found = queries.deals_for(actor)
    if request.GET.get("format") == "csv":
        return _csv(found[:5_000])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    due = [day for deal in shown for day in (deal.contract_due_on, deal.payment_due_on) if day]
    days = queries.working_days_around(due)
    rows = []
    for deal in shown:
        limit = queries.limit_of(deal, at, days)
        rows.append(
            (deal, lot_view(deal.lot), *deal_state(deal.state), limit, FLAG_TAGS[limit.flag] if limit else None)
        )
    return render(request, "exchange/contracts/list.html", {"page": page, "rows": rows})


def _csv(found: Iterable[Deal]) -> HttpResponseBase:
    header = [
        _("Project code"),
        _("Lot"),
        _("Buyer"),
        _("Quantity"),
        _("Price"),
        _("Amount"),
        _("State"),
        _("Contract due"),
        _("Payment due"),
    ]
    rows = (
        (
            deal.lot.project.code,
            deal.lot.number,
            deal.buyer.name,
            deal.quantity,
            deal.price,
            deal.amount,
            deal.state,
            deal.contract_due_on,
            deal.payment_due_on,
        )
        for deal in found
    )
    return csv_response("deals", header, rows)


@require_GET
def deal(request: HttpRequest, deal_id: int) -> HttpResponse:
    """One deal: amounts in figures and capitals, what is done, what comes next and by when."""
    actor, at = signed_in(request), timezone.now()
    found = queries.deal(actor, deal_id)
    limit = queries.limit_now(found, at)
    contract: Contract | None = getattr(found, "contract", None)
    context = {
        "deal": found,
        "state": deal_state(found.state),
        "lot": lot_view(found.lot),
        "project": found.lot.project,
        "method": _(METHOD_LABELS[Method(found.lot.method)]),
        "capitals": capital_yuan(found.amount),
        "contract": contract,
        "confirmations": _confirmations(found),
        "papers": _papers(found),
        "payment": queries.payment_of(found) if REACHED.get(DealState(found.state), 0) >= 2 else None,
        "certificates": list(found.certificates.all()) if found.state == DealState.CERTIFIED else [],
        "invoices": queries.fees_of(found),
        "limit": limit,
        "flag": FLAG_TAGS[limit.flag] if limit else None,
        "steps": _steps(found),
        **_powers(actor, found),
        "at": at,
    }
    return render(request, "exchange/contracts/deal.html", context)


def _papers(found: Deal) -> list[PaperView]:
    """The papers of the deal, oldest first: the record of the confirmation, the contract."""
    about = papers.listed_about(f"deal:{found.pk}")
    return [one for one in reversed(about) if one.state != PaperState.WITHDRAWN]


def _powers(actor: Actor, found: Deal) -> dict[str, bool]:
    """What the reader may do next."""
    buyer, seller = bool(can_act_as_buyer(actor, found)), bool(can_act_as_seller(actor, found.lot.project))
    staff = bool(can_run_procedure(actor))
    open_result = found.state == DealState.AWARDED
    own_confirmation = found.buyer_confirmed_at if buyer else found.seller_confirmed_at
    return {
        "is_buyer": buyer,
        "may_confirm": open_result and (buyer or seller) and own_confirmation is None,
        "may_transfer": staff and found.state == DealState.PAID,
        "may_certify": staff and found.state == DealState.TRANSFERRED,
        "may_correct": staff,
        "may_default": staff and DEAL.allows(DealState(found.state), DealCommand.TERMINATE),
        "may_record_voucher": bool(can_record_voucher(actor)) and found.state == DealState.CONTRACTED,
    }


def _confirmations(found: Deal) -> list[tuple[str, SignatureView, str]]:
    """Each signed confirmation: the side's name, the signature, the side as addresses spell it."""
    signed = queries.confirmations_of(found)
    names = (("SELLER", _("Seller")), ("BUYER", _("Buyer")))
    return [(name, signed[side], side.lower()) for side, name in names if side in signed]


def _steps(found: Deal) -> list[Step]:
    """The timeline of a deal."""
    state = DealState(found.state)
    rows = (
        (_("Hammer"), found.hammered_at, 0),
        (_("Result confirmed by both sides"), None, 1),
        (_("Contract agreed by both sides"), None, 2),
        (_("Price paid, treasury's voucher recorded"), found.paid_at, 3),
        (_("Rights moved in the registry"), found.transferred_at, 4),
        (_("Certificate issued"), None, 5),
    )
    if state not in REACHED:
        return [Step(_("Hammer"), found.hammered_at, "done"), Step(str(deal_state(state)[0]), found.ended_at, "done")]
    place = REACHED[state]
    named = {True: "done", False: ""}
    return [Step(title, at, "next" if number == place + 1 else named[number <= place]) for title, at, number in rows]


@require_POST
def confirm(request: HttpRequest, deal_id: int) -> HttpResponse:
    """Confirm the result for one's side: on to the signing dialogue."""
    session = services.request_confirmation(actor=signed_in(request), deal_id=deal_id, at=timezone.now())
    return HttpResponseRedirect(session.url)


CONFIRMATION_FORMS = {"p7s": "application/pkcs7-signature", "json": "application/json"}


@require_GET
def confirmation(request: HttpRequest, deal_id: int, side: str, form: str) -> HttpResponse:
    """A side's confirmation: what was signed (`json`) and the detached signature over it (`p7s`).

    The signature carries its time stamp once an authority has given one.
    """
    found = queries.confirmations_of(queries.deal(signed_in(request), deal_id)).get(side.upper())
    if found is None or form not in CONFIRMATION_FORMS:
        raise NotFound()
    content = found.stamped if form == "p7s" else found.content
    response = HttpResponse(content, content_type=CONFIRMATION_FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="confirmation-{deal_id}-{side.lower()}.{form}"'
    return response


@require_POST
def transfer(request: HttpRequest, deal_id: int) -> HttpResponse:
    """File contract and voucher with the registry."""
    services.transfer_rights(actor=signed_in(request), deal_id=deal_id, at=timezone.now())
    return _back(request, deal_id, _("The registry moved the rights to the buyer."))


@require_POST
def certify(request: HttpRequest, deal_id: int) -> HttpResponse:
    """Issue the certificate."""
    services.issue_certificate(actor=signed_in(request), deal_id=deal_id, at=timezone.now())
    return _back(request, deal_id, _("The certificate is issued."))


def _back(request: HttpRequest, deal_id: int, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse("contracts:deal", args=[deal_id]))
