"""How the bidder numbers of a lot are drawn: what was fixed beforehand, what came out, and the record to check."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commons.evidence import services as evidence
from commons.pages import actor_of
from exchange.auctions import queries
from exchange.auctions.domain.aliases import POOL, stream_of


@require_safe
def numbers(request: HttpRequest, lot_id: int) -> HttpResponse:
    """The draw of a lot's numbers; the numbers themselves once nobody bids under them. Refuses `NotFound`."""
    lot = queries.public_lot(lot_id)
    draw = queries.number_draw(lot.pk)
    own = queries.own_reference(actor_of(request), lot.pk)
    context = {"lot": lot, "project": lot.project, "draw": draw, "own": own, "first": POOL[0], "last": POOL[-1]}
    return render(request, "exchange/auctions/numbers.html", context)


@require_safe
def record(request: HttpRequest, lot_id: int) -> StreamingHttpResponse:
    """The signed record (`luochui-log/v1`) for anybody: `python -m exchange.verify_numbers`. Refuses `NotFound`."""
    lot = queries.public_lot(lot_id)
    lines = evidence.export([stream_of(lot.pk)], at=timezone.now())
    response = StreamingHttpResponse(lines, content_type="application/jsonl")
    response["Content-Disposition"] = f'attachment; filename="numbers-{lot.pk}.log.jsonl"'
    return response
