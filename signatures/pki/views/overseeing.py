"""For the centre and its overseers: every bound certificate, and the authorities that the platform trusts."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from commons.approvals import queries as approvals
from commons.approvals.domain.approval import ApprovalState
from commons.domain.actor import Actor
from commons.pages import csv_response, signed_in
from signatures.crypto.authorities import Purpose
from signatures.crypto.suites import Suite
from signatures.pki import policies, queries, services
from signatures.pki.domain.trusting import AuthorityState
from signatures.pki.queries import AuthorityView
from signatures.pki.services.trusting import RESUME, subject_of
from signatures.pki.views.owning import line

STATES = {
    AuthorityState.TRUSTED: (gettext_lazy("Trusted"), "done"),
    AuthorityState.SUSPENDED: (gettext_lazy("Trust suspended"), "stop"),
    AuthorityState.WITHDRAWN: (gettext_lazy("Taken off the list"), "neutral"),
}

SUITES = {
    Suite.INTERNATIONAL: gettext_lazy("international: ECDSA or RSA with SHA-2"),
    Suite.SM: gettext_lazy("national: SM2 with SM3"),
}
VOUCHES = {
    Purpose.SIGN: gettext_lazy("signatures of persons"),
    Purpose.SEAL: gettext_lazy("seals of organisations"),
    Purpose.LOGIN: gettext_lazy("signing in"),
    Purpose.ENCRYPT: gettext_lazy("keys that are sealed to a certificate"),
    Purpose.TIME_STAMP: gettext_lazy("time stamps"),
}
"""What an authority's certificates are trusted for, in words."""


class ReasonForm(forms.Form):
    """Why an authority is suspended or trusted again."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


@require_GET
def bindings(request: HttpRequest) -> HttpResponseBase:
    """Every binding, newest first; `?q=` narrows by name, `?format=csv` as a file. Refuses `NotPermitted`."""
    viewer = signed_in(request)
    policies.can_see_bindings(viewer).require()
    wanted = request.GET.get("q", "")[:64]
    page = queries.page_of_bindings(viewer, name=wanted, number=request.GET.get("page"))
    rows = [line(queries.view(row)) for row in page]
    if request.GET.get("format") == "csv":
        header = [
            _("Certificate holder"),
            _("Kind"),
            _("Certification authority"),
            _("Serial number"),
            _("Valid until"),
            _("State"),
        ]
        lines = (
            (
                one.bound.common_name,
                one.bound.kind.value,
                one.bound.authority,
                one.bound.serial,
                one.bound.not_after,
                one.state,
            )
            for one in rows
        )
        return csv_response("certificates", header, lines)
    return render(request, "pki/bindings.html", {"page": page, "rows": rows, "q": wanted})


@dataclass(frozen=True, slots=True)
class AuthorityLine:
    """An authority of the list, and what may be done with it."""

    authority: AuthorityView
    suite: str
    vouches: tuple[str, ...]
    state: str
    tone: str
    root_over: bool
    can_suspend: bool
    can_ask: bool
    approval_id: int | None


@require_GET
def trust_list(request: HttpRequest) -> HttpResponse:
    """The authorities with their roots, addresses and state. Refuses `NotPermitted`."""
    return _trust_list(request, ReasonForm())


def _trust_list(request: HttpRequest, form: ReasonForm, *, status: int = 200) -> HttpResponse:
    viewer, at = signed_in(request), timezone.now()
    policies.can_see_trust_list(viewer).require()
    may = bool(policies.can_edit_trust_list(viewer))
    rows = [_line(one, may, _approved(viewer, one.key), at) for one in queries.authorities(viewer)]
    context = {"rows": rows, "time_stamps": queries.time_stamp_urls(), "form": form}
    return render(request, "pki/trust_list.html", context, status=status)


def _approved(viewer: Actor, key: str) -> tuple[bool, int | None]:
    """Whether a request waits, and the number of one that may be used."""
    found = [one for one in approvals.about(viewer, subject_of(key)) if one.kind == RESUME.name]
    waits = any(one.state == ApprovalState.REQUESTED for one in found)
    ready = next((one.id for one in found if one.state == ApprovalState.APPROVED), None)
    return waits, ready


def _line(one: AuthorityView, may: bool, approved: tuple[bool, int | None], at: datetime) -> AuthorityLine:
    state, tone = STATES[one.state]
    waits, ready = approved
    suspended = one.state == AuthorityState.SUSPENDED
    return AuthorityLine(
        authority=one,
        suite=str(SUITES[one.suite]),
        vouches=tuple(str(VOUCHES[purpose]) for purpose in one.purposes),
        state=str(state),
        tone=tone,
        root_over=one.root_until < at,
        can_suspend=may and one.state == AuthorityState.TRUSTED,
        can_ask=may and suspended and not waits and ready is None,
        approval_id=ready if may and suspended else None,
    )


@require_POST
def suspend(request: HttpRequest, authority: str) -> HttpResponse:
    """Stop trusting an authority at once. Refuses what the service refuses."""
    actor = signed_in(request)
    policies.can_edit_trust_list(actor).require()
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _trust_list(request, form, status=400)
    services.suspend_authority(actor=actor, key=authority, reason=form.cleaned_data["reason"], at=timezone.now())
    messages.success(request, _("The authority is suspended. Its certificates are refused from now on."))
    return HttpResponseRedirect(reverse("pki:trust_list"))


@require_POST
def resume(request: HttpRequest, authority: str) -> HttpResponse:
    """Ask for it, or do it when a second person has approved. Refuses what the services refuse."""
    actor, at = signed_in(request), timezone.now()
    policies.can_edit_trust_list(actor).require()
    approval = request.POST.get("approval", "")
    if approval.isascii() and approval.isdigit() and len(approval) < 19:
        services.resume_authority(actor=actor, key=authority, approval_id=int(approval), at=at)
        messages.success(request, _("The authority is trusted again."))
        return HttpResponseRedirect(reverse("pki:trust_list"))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _trust_list(request, form, status=400)
    services.ask_to_resume(actor=actor, key=authority, reason=form.cleaned_data["reason"], at=at)
    messages.success(request, _("A second person has to approve it now."))
    return HttpResponseRedirect(reverse("pki:trust_list"))
