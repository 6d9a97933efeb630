"""The addresses of the house; each package names its own."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView, TemplateView
from django.views.i18n import set_language

from portal.api import api
from portal.views import design, errors, health, home, operations, pages, problems, results, workspace

PACKAGES: tuple[tuple[str, str], ...] = (
    ("", "bidding.bids"),
    ("", "bidding.opening"),
    ("", "exchange.notices"),
    ("", "exchange.projects"),
    ("", "exchange.contracts"),
    ("", "exchange.complaints"),
    ("", "exchange.auctions"),
    ("", "exchange.deposits"),
    ("", "exchange.permits"),
    ("", "exchange.rooms"),
    ("", "marketplace.catalogue"),
    ("", "marketplace.entry"),
    ("", "marketplace.procurement"),
    ("", "marketplace.signups"),
    ("", "signatures.draws"),
    ("", "signatures.pki"),
    ("", "signatures.signing"),
    ("", "signatures.envelopes"),
    ("", "signatures.documents"),
    ("", "signatures.guarantees"),
    ("", "marketplace.selection"),
    ("", "marketplace.fulfilment"),
    ("", "marketplace.credit"),
    ("", "marketplace.statistics"),
    ("", "bidding.profiles"),
    ("", "bidding.tenders"),
    ("", "bidding.awards"),
    ("", "commons.inbox"),
    ("", "commons.vault"),
    ("", "commons.parameters"),
    ("", "commons.calendar"),
    ("", "commons.imports"),
    ("", "commons.approvals"),
    ("", "commons.evidence"),
    ("", "commons.registration"),
)
"""Prefix and subject; a subject that has pages has a `urls` module and names its whole addresses itself."""


def subjects() -> list[URLResolver]:
    return [
        path(prefix, include(f"{name}.urls"))
        for prefix, name in PACKAGES
        if find_spec(f"{name}") and find_spec(f"{name}.urls")
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.HomeView.as_view(), name="home"),
    path("language/", set_language, name="set_language"),
    path("workspace/", workspace.WorkspaceView.as_view(), name="workspace"),
    path("operations/", operations.operations, name="operations"),
    path("operations/outbox/<int:message_id>/revive/", operations.revive, name="revive"),
    path("results/", results.results, name="results"),
    path("verify/", pages.VerifyView.as_view(), name="verify"),
    path("accessibility/", TemplateView.as_view(template_name="portal/help.html"), name="help"),
    path("api/", pages.DevelopersView.as_view(), name="developers"),
    path("api/v1/", api.urls),
    path("design/", design.DesignView.as_view(), name="design"),
    path("problems/<str:code>/", problems.problem, name="problem"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}portal/favicon.svg")),
    path("csp-report/", health.csp_report, name="csp_report"),
    path("people/", include("commons.people.urls")),
    path("admin/", admin.site.urls),
    path("account/password/reset/", RedirectView.as_view(pattern_name="registration:lost")),
    path("account/signup/", RedirectView.as_view(pattern_name="registration:register")),
    path("account/email/", RedirectView.as_view(pattern_name="people:account")),
    path("account/", include("allauth.urls")),
    *subjects(),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
