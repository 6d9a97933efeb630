"""The room for those who bid and those who watch; entering it, and the check beforehand."""

import binascii
from base64 import b64decode
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from commons.domain.actor import Actor, Assurance
from commons.domain.refusals import Malformed, NotFound
from commons.domain.time import to_text
from commons.pages import actor_of, signed_in
from commons.texts import refusal_text
from exchange.deposits import queries as deposits
from exchange.rooms import queries, services
from exchange.rooms.broadcast.peers import Viewer
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.protocol import NotAParticipant, Receipt
from exchange.rooms.queries import RoomView
from exchange.rooms.queries import pages as questions
from exchange.rooms.queries.pages import Scene
from exchange.rooms.services.wording import Wording
from exchange.rooms.views import texts
from exchange.rooms.views.naming import is_rehearsal, subjects
from exchange.rooms.views.screens import Me, RoomScreen
from exchange.rooms.views.showing import tag
from signatures.guarantees import queries as guarantees
from signatures.guarantees.domain.states import ALIVE

LARGEST_ENTRY_BYTES = 4_096


@require_GET
@never_cache
@ensure_csrf_cookie
def room(request: HttpRequest, room_id: int) -> HttpResponse:
    """The live room: the bidder's screen for who takes part, the watcher's for everybody else. Refuses `NotFound`."""
    actor = actor_of(request)
    screen = screen_of(request, actor, visible_scene(room_id))
    template = "bidder" if screen.me is not None else "watcher"
    return render(request, f"exchange/rooms/{template}.html", {"room": screen})


def screen_of(request: HttpRequest, actor: Actor, scene: Scene, **extra: Any) -> RoomScreen:
    """What a live screen shows to the actor."""
    room_id, at = scene.row.room_id, timezone.now()
    epoch = request.user.socket_epoch if actor.person_id else 0  # type: ignore[union-attr]  # signed in
    admission = services.admission(actor=actor, room_id=room_id, socket_epoch=epoch, at=at)
    me = own(admission, actor)
    receipts = scene.receipts(admission.participant_id) if admission.participant_id is not None else []
    return RoomScreen(
        room_id=room_id,
        subject=subjects([scene.row])[room_id],
        rules=RoomRules.from_json(scene.row.rules),
        frame=scene.frame(admission.role),
        urls=urls_of(room_id),
        here=request.get_full_path(),
        role=admission.role.value,
        now=to_text(at),
        ticket=admission.ticket,
        me=me,
        you=scene.you(me.alias) if me is not None else None,
        receipts=worded(receipts),
        rehearsal=is_rehearsal(scene.row),
        head_hash=scene.head_hash,
        login_url="" if actor.person_id else f"{reverse('account_login')}?next={request.path}",
        **extra,
    )


def visible_scene(room_id: int) -> Scene:
    """The room as it stands. Refuses `NotFound`."""
    scene = questions.scene(room_id)
    if scene is None:
        raise NotFound()
    return scene


def visible_room(room_id: int) -> RoomView:
    """The room. Refuses `NotFound`."""
    row = queries.room(room_id)
    if row is None:
        raise NotFound()
    return row


def own(admission: services.Admission, actor: Actor) -> Me | None:
    """The bidder's own place in the room, if the actor is one."""
    if admission.role is not Viewer.BIDDER:
        return None
    need = admission.maximum_quantity
    return Me(admission.alias, str(actor.person_id), "" if need is None else f"{need:.3f}")


def worded(receipts: list[Receipt]) -> list[dict[str, Any]]:
    """Receipts with their reasons in the reader's language."""
    wording, language = Wording(), get_language() or ""
    told = [wording.receipt(receipt, language) if receipt.code else receipt for receipt in receipts]
    return [msgspec.json.decode(msgspec.json.encode(receipt)) for receipt in told]


def urls_of(room_id: int) -> dict[str, str]:
    """The addresses that a live screen calls."""
    names = ("room", "ticket", "enter", "sign_entry", "replay", "events", "log", "conduct", "ready", "host")
    urls = {name: reverse(f"rooms:{name}", args=[room_id]) for name in names}
    return {**urls, "socket": f"/ws/rooms/{room_id}/?lang={get_language()}"}


@require_POST
def ticket(request: HttpRequest, room_id: int) -> JsonResponse:
    """Admission to the room's socket for a minute. Refuses `NotFound`."""
    admission = services.admit(actor=actor_of(request), room_id=room_id, at=timezone.now())
    return JsonResponse({"ticket": admission.ticket, "role": admission.role.value, "alias": admission.alias})


class EntryRequest(msgspec.Struct):
    """What the browser posts to enter with its key."""

    key: str
    statement: str


@require_POST
def enter(request: HttpRequest, room_id: int) -> JsonResponse:
    """Enter with the browser's room key. Refuses what `enter_room` refuses.

    That a certificate has to vouch first is no refusal here but the next step: 202, with the code and its words.
    """
    actor, (spki, statement) = signed_in(request), _entry_of(request)
    try:
        entry = services.enter_room(
            actor=actor, room_id=room_id, public_key_spki=spki, statement=statement, at=timezone.now()
        )
    except services.EntryNeedsCertificate as needed:
        return JsonResponse({"code": needed.code, "detail": refusal_text(needed)}, status=202)
    return JsonResponse({"key": entry.key_id, "alias": entry.alias, "entered_at": to_text(entry.entered_at)})


@require_POST
def sign_entry(request: HttpRequest, room_id: int) -> JsonResponse:
    """Where the bidder signs the entry statement with its certificate. Refuses what `request_entry` refuses."""
    actor, (spki, statement) = signed_in(request), _entry_of(request)
    session = services.request_entry(
        actor=actor,
        room_id=room_id,
        public_key_spki=spki,
        statement=statement,
        title=subjects([visible_room(room_id)])[room_id].title,
        return_url=reverse("rooms:room", args=[room_id]),
        at=timezone.now(),
    )
    return JsonResponse({"url": session.url})


def _entry_of(request: HttpRequest) -> tuple[bytes, str]:
    if len(request.body) > LARGEST_ENTRY_BYTES:
        raise Malformed(field="entry", reason="too large")
    try:
        asked = msgspec.json.decode(request.body, type=EntryRequest)
        return b64decode(asked.key, validate=True), asked.statement
    except (msgspec.MsgspecError, binascii.Error, UnicodeError):
        raise Malformed(field="entry", reason="not the entry of docs/protocol.md") from None


@require_GET
@never_cache
@ensure_csrf_cookie
def ready(request: HttpRequest, room_id: int) -> HttpResponse:
    """The check before the room: session, qualification, key, connection, clock. Refuses `NotAParticipant`."""
    actor, row = signed_in(request), visible_room(room_id)
    place = questions.own_place(room_id, actor.organisation_id)
    if place is None:
        raise NotAParticipant()
    me = Me(place[0], str(actor.person_id), place[1])
    if row.ended_at is not None:
        return redirect("rooms:replay", room_id)
    context = {
        "title": subjects([row])[room_id].title,
        "opens_at": row.opens_at,
        "opens_label": _("Bidding opens at") if row.phase == "SCHEDULED" else _("Bidding opened at"),
        "checks": _checks(actor, me, row.lot_id),
        "waiting_tag": tag("waiting", _("Checking")),
        "room_url": reverse("rooms:room", args=[room_id]),
        "texts": texts.catalogue(),
        "data": {
            "room": str(room_id),
            "urls": urls_of(room_id),
            "suite": RoomRules.from_json(row.rules).suite.value,
            "me": {"alias": me.alias, "person": me.person},
        },
    }
    return render(request, "exchange/rooms/ready.html", context)


Check = dict[str, Any]


def _checks(actor: Actor, me: Me, lot_id: int | None) -> list[Check]:
    """What the server knows of the bidder's readiness; the browser adds what it finds."""
    sure = actor.assurance >= Assurance.REAL_NAME
    right, wrong = (
        _("You are signed in surely enough to bid."),
        _("Bidding needs real-name sign-in. Sign in again with a second factor."),
    )
    checks = [_check(_("Session"), sure, right if sure else wrong)]
    checks.append(_check(_("Qualification"), True, _("You are qualified as bidder %(alias)s.") % {"alias": me.alias}))
    if lot_id is not None and actor.organisation_id is not None:
        deposit = deposits.deposit_of(lot_id, actor.organisation_id)
        covered = deposit is not None and deposit.covered
        guarantee = None if covered else guarantees.own_for(actor, f"lot:{lot_id}")
        guaranteed = guarantee is not None and guarantee.state in ALIVE
        words = _("Your deposit has not arrived. Ask the trading centre.")
        if covered or guaranteed:
            words = _("Your deposit has arrived.") if covered else _("A guarantee stands in for your deposit.")
        checks.append(_check(_("Deposit"), covered or guaranteed, words))
    return checks


def _check(title: str, good: bool, note: str) -> Check:
    return {"title": title, "note": note, "tag": tag("done", _("Works")) if good else tag("stop", _("Does not work"))}
