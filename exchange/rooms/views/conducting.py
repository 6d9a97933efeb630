"""The host's screen: how the room runs, refused bids, pausing by two persons, voiding on a numbered decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from commons.approvals import queries as approvals
from commons.approvals import services as approving
from commons.approvals.domain.approval import ApprovalState
from commons.approvals.queries import ApprovalView
from commons.domain.actor import Actor, Role
from commons.domain.refusals import NotFound, NotPermitted, Refusal
from commons.pages import signed_in
from commons.texts import refusal_text
from commons.vault import services as vault
from exchange.rooms import services
from exchange.rooms.forms import ReasonForm, ResumeForm, VoidForm
from exchange.rooms.policies import OVERSEERS
from exchange.rooms.views.pages import screen_of, visible_room, visible_scene

WAITING = (ApprovalState.REQUESTED, ApprovalState.APPROVED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request for a pause or a resumption that waits for the second person."""

    view: ApprovalView
    may_approve: bool

    @property
    def id(self) -> int:
        return self.view.id

    @property
    def title(self) -> str:
        return _("Pause asked for") if self.view.kind == services.PAUSE_KIND else _("Resumption asked for")

    @property
    def reason(self) -> str:
        return self.view.reason

    @property
    def delay(self) -> str:
        """After how long it would go on; nothing for a pause."""
        minutes = int(str(self.view.payload.get("minutes", "0")))
        if self.view.kind == services.PAUSE_KIND or not minutes:
            return ""
        return _("It goes on %(minutes)s minutes after the approval.") % {"minutes": minutes}

    @property
    def who(self) -> str:
        return _("person %(number)s") % {"number": self.view.requested_by}

    @property
    def at(self) -> datetime:
        return self.view.requested_at


@dataclass(frozen=True, slots=True)
class Conduct:
    """What the host can do."""

    url: str
    approvals: list[Waiting]
    pause_form: forms.Form
    resume_form: forms.Form
    """Both are there, so that the screen can change from one to the other by itself."""
    void_form: VoidForm


@require_GET
@never_cache
@ensure_csrf_cookie
def host(request: HttpRequest, room_id: int) -> HttpResponse:
    """The host's screen, for staff, regulators and auditors. Refuses `NotPermitted`."""
    return _page(request, room_id)


def _page(
    request: HttpRequest,
    room_id: int,
    form: ReasonForm | None = None,
    void_form: VoidForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = signed_in(request)
    if not actor.has(*OVERSEERS):
        raise NotPermitted()
    may = actor.has(Role.HOST, Role.STAFF)
    scene = visible_scene(room_id)
    conduct = Conduct(
        reverse("rooms:conduct", args=[room_id]),
        _waiting(actor, room_id),
        form if form is not None and not isinstance(form, ResumeForm) else ReasonForm(),
        form if isinstance(form, ResumeForm) else _resume_form(room_id),
        void_form or VoidForm(prefix="void"),
    )
    screen = screen_of(request, actor, scene, can_conduct=may)
    return render(request, "exchange/rooms/host.html", {"room": screen, "conduct": conduct}, status=status)


def _resume_form(room_id: int, data: Any = None) -> ResumeForm:
    """With ids of its own: it stands on the same page as the form that asks for a pause."""
    return ResumeForm(data, least=_least_minutes(room_id), auto_id="resume_%s")


def _least_minutes(room_id: int) -> int:
    return int(services.notice_before_resuming(room_id).total_seconds()) // 60


def _waiting(actor: Actor, room_id: int) -> list[Waiting]:
    found = approvals.about(actor, f"room:{room_id}")
    now = timezone.now()
    return [
        Waiting(view, view.requested_by != actor.person_id)
        for view in found
        if view.state in WAITING and view.expires_at > now
    ]


@require_POST
def conduct(request: HttpRequest, room_id: int) -> HttpResponse:
    """Ask for a pause or a resumption, approve or reject one, or void on a numbered decision."""
    visible_room(room_id)
    acts = {"pause": _ask, "resume": _ask, "approve": _approve, "reject": _reject, "void": _void}
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        raise NotFound()
    return act(request, room_id)


def _ask(request: HttpRequest, room_id: int) -> HttpResponse:
    """The first person asks; nothing happens yet."""
    pausing = request.POST["act"] == "pause"
    form = ReasonForm(request.POST) if pausing else _resume_form(room_id, request.POST)
    if not form.is_valid():
        return _page(request, room_id, form, status=400)
    kind = services.PAUSE_KIND if pausing else services.RESUME_KIND
    try:
        approving.request(
            actor=signed_in(request),
            kind=kind,
            subject=f"room:{room_id}",
            reason=form.cleaned_data["reason"],
            payload={"room": str(room_id), "minutes": str(form.cleaned_data.get("minutes", 0))},
            at=timezone.now(),
        )
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.add_error(None, refusal_text(refusal))
        return _page(request, room_id, form, status=refusal.status)
    messages.success(request, _("A second person has been asked. The room runs on until it is approved."))
    return redirect("rooms:host", room_id)


def _approve(request: HttpRequest, room_id: int) -> HttpResponse:
    """The second person approves, and it happens at once."""
    actor, at = signed_in(request), timezone.now()
    approval = _approval(actor, request, room_id)
    common: dict[str, Any] = {"actor": actor, "room_id": room_id, "approval_id": approval.id, "at": at}
    try:
        with transaction.atomic():
            if approval.state is ApprovalState.REQUESTED:
                approving.approve(actor=actor, approval_id=approval.id, at=at)
            if approval.kind == services.PAUSE_KIND:
                services.pause(reason=approval.reason, **common)
            else:
                resumes_at = at + timedelta(minutes=int(str(approval.payload.get("minutes", "0"))))
                services.resume(reason=approval.reason, resumes_at=resumes_at, **common)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
        return redirect("rooms:host", room_id)
    paused = approval.kind == services.PAUSE_KIND
    messages.success(request, _("The room is paused.") if paused else _("The room runs on."))
    return redirect("rooms:host", room_id)


def _reject(request: HttpRequest, room_id: int) -> HttpResponse:
    actor = signed_in(request)
    approval = _approval(actor, request, room_id)
    try:
        approving.reject(actor=actor, approval_id=approval.id, at=timezone.now())
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return redirect("rooms:host", room_id)


def _approval(actor: Actor, request: HttpRequest, room_id: int) -> ApprovalView:
    text = request.POST.get("approval", "")
    approval = approvals.one(actor, int(text)) if text.isascii() and text.isdigit() and len(text) < 16 else None
    if approval is None or approval.subject != f"room:{room_id}":
        raise NotFound()
    return approval


def _void(request: HttpRequest, room_id: int) -> HttpResponse:
    """Record the numbered decision with its document, and set the room aside."""
    form = VoidForm(request.POST, request.FILES, prefix="void")
    if not form.is_valid():
        return _page(request, room_id, void_form=form, status=400)
    actor, at = signed_in(request), timezone.now()
    if not actor.has(Role.HOST, Role.STAFF):
        raise NotPermitted()
    given = form.cleaned_data
    try:
        document = vault.store(
            actor=actor,
            stream=given["document"].chunks(),
            name=given["document"].name,
            media_type="application/pdf",
            at=at,
            subject=f"room:{room_id}",
        )
        services.void(
            actor=actor,
            room_id=room_id,
            decided_by=given["decided_by"],
            decision_no=given["decision_no"],
            document_id=str(document.id),
            reason=given["reason"],
            at=at,
        )
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.add_error(None, refusal_text(refusal))
        return _page(request, room_id, void_form=form, status=refusal.status)
    messages.success(request, _("The room is voided on decision %(number)s.") % {"number": given["decision_no"]})
    return redirect("rooms:host", room_id)
