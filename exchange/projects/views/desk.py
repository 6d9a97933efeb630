"""The one address of projects: each role is led to its own desk."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from commons.domain.actor import Role
from commons.pages import signed_in
from exchange.projects.views import centre, seller


@require_GET
def projects(request: HttpRequest) -> HttpResponse:
    """The exchange's desk for its staff, the seller's desk for everybody else."""
    return centre.desk(request) if signed_in(request).has(Role.STAFF) else seller.desk(request)
