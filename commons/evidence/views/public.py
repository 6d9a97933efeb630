"""The public page of the log: its newest checkpoints, its keys, and how anybody checks them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from commons.evidence import queries


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What the platform has signed about its log."""
    facts = {"checkpoints": queries.newest_checkpoints(20), "keys": queries.keyring().keys.values()}
    return render(request, "evidence/log.html", facts)
