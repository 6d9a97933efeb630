"""An ended room once more: replay, events, and the signed log to keep."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from commons.domain.refusals import Malformed, Refusal
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from commons.pages import actor_of
from exchange.rooms import services
from exchange.rooms.domain.sealing import reveal_stream
from exchange.rooms.queries import pages as questions
from exchange.rooms.views.pages import screen_of, visible_room, visible_scene
from exchange.rooms.views.reasons import reasons_of

BROWSER_KEEPS = timedelta(hours=1)


class StillRunning(Refusal):
    """The log of a room is given out once nobody can bid in it any more."""

    code = "ROOM_STILL_RUNNING"
    message = gettext_noop("The log of this room is published when the room has ended. Come back then.")


@require_GET
def replay(request: HttpRequest, room_id: int) -> HttpResponse:
    """The replay of a room that has ended; before that, the room itself."""
    scene = visible_scene(room_id)
    if scene.row.ended_at is None:
        return redirect("rooms:room", room_id)
    context: dict[str, Any] = {
        "room": screen_of(request, actor_of(request), scene),
        "play_label": pgettext("replay", "Play"),
        "reasons": reasons_of(scene.loaded.state),
    }
    return render(request, "exchange/rooms/replay.html", context)


@require_GET
def events(request: HttpRequest, room_id: int) -> JsonResponse:
    """What happened after a `seq`, as the reader may see it, 200 entries at most. Refuses `NotFound`, `Malformed`."""
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 16):
        raise Malformed(field="after", reason="not a whole number")
    row = visible_room(room_id)
    role = services.admit(actor=actor_of(request), room_id=room_id, at=timezone.now()).role
    answer = JsonResponse(questions.history(room_id, role, after=int(after)) or {})
    if row.ended_at is not None:
        answer["Cache-Control"] = f"private, max-age={BROWSER_KEEPS.seconds}"
    return answer


@require_GET
def log(request: HttpRequest, room_id: int) -> HttpResponseBase:
    """The signed log of an ended room, for anybody (`python -m signatures.verify log`). Refuses `StillRunning`."""
    if visible_room(room_id).ended_at is None:
        raise StillRunning()
    lines = evidence.export([f"room:{room_id}", reveal_stream(room_id)], at=timezone.now())
    response = StreamingHttpResponse(lines, content_type="application/jsonl")
    response["Content-Disposition"] = f'attachment; filename="room-{room_id}.log.jsonl"'
    return response
