"""What is done in a hall: each step a POST that leads back to the hall."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bidding.opening import services
from bidding.opening.domain.states import SIGN_IN_OVER, WordKind
from bidding.opening.faces import faces
from bidding.opening.forms import SignInForm, WordsForm, nonce_of
from bidding.opening.models import Hall, HallWord
from bidding.opening.policies import can_sign_in
from bidding.opening.services import Face
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from commons.domain.refusals import Malformed, NotFound
from commons.pages import FormPage, signed_in


class SignIn(FormPage):
    """The bidder says that it is there; by certificate, and by face or the emergency way where the procedure asks."""

    template_name = "opening/sign_in.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        asked, person_id = self._asks_faces(), signed_in(request).person_id or 0
        challenge = faces().challenge(hall_id=self.kwargs["hall_id"], person_id=person_id) if asked else ""
        return SignInForm(data, request.FILES if data is not None else None, faces=asked, challenge=challenge)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = signed_in(request)
        terms = tenders.section_terms(self._hall().section_id)
        decision = can_sign_in(actor)
        return {
            "hall": self._hall(),
            "terms": terms,
            "faces": self._asks_faces(),
            "barred": decision.refusal,
            "over": self._hall().state in SIGN_IN_OVER,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        data, face = form.cleaned_data, None
        if self._asks_faces():
            picture = data["picture"].read() if data["picture"] else b""
            told = {name: data[name] for name in ("matched", "proof", "declined", "device", "reason")}
            face = Face(**told, picture=picture)
        services.sign_in(actor=signed_in(request), hall_id=self.kwargs["hall_id"], face=face, at=at)
        messages.success(request, _("You are signed in. Nobody else sees it before the list is published."))
        return reverse("opening:hall", args=[self.kwargs["hall_id"]])

    def _hall(self) -> Hall:
        row = Hall.objects.filter(pk=self.kwargs["hall_id"]).first()
        if row is None:
            raise NotFound()
        return row

    def _asks_faces(self) -> bool:
        return tenders.section_terms(self._hall().section_id).profile.has(Switch.FACE_SIGN_IN)


@require_POST
def publish_list(request: HttpRequest, hall_id: int) -> HttpResponse:
    services.publish_list(actor=signed_in(request), hall_id=hall_id, at=timezone.now())
    return _back(hall_id)


@require_POST
def announce_draw(request: HttpRequest, hall_id: int) -> HttpResponse:
    """Announce the draw; the conductor's nonce was made in the browser."""
    nonce = nonce_of(request.POST.get("nonce", ""))
    services.announce_draw(actor=signed_in(request), hall_id=hall_id, nonce=nonce, at=timezone.now())
    return _back(hall_id)


@require_POST
def read_out(request: HttpRequest, hall_id: int) -> HttpResponse:
    services.read_out(actor=signed_in(request), hall_id=hall_id, at=timezone.now())
    return _back(hall_id)


@require_POST
def confirm_price(request: HttpRequest, hall_id: int) -> HttpResponse:
    """The bidder agrees with what was read out, or says why not."""
    actor = signed_in(request)
    agrees = request.POST.get("agrees") == "yes"
    words = request.POST.get("text", "").strip()[:1000]
    if not agrees and not words:
        raise Malformed(field="text", reason="say what is wrong")
    services.confirm_price(actor=actor, hall_id=hall_id, agrees=agrees, words=words, at=timezone.now())
    return _back(hall_id)


@require_POST
def speak(request: HttpRequest, hall_id: int) -> HttpResponse:
    """Object or ask."""
    kind = WordKind.OBJECTION if request.POST.get("kind") == "OBJECTION" else WordKind.QUESTION
    services.speak(actor=signed_in(request), hall_id=hall_id, kind=kind, text=_text(request), at=timezone.now())
    return _back(hall_id)


@require_POST
def admit(request: HttpRequest, word_id: int) -> HttpResponse:
    shown = request.POST.get("shown") == "yes"
    services.admit(actor=signed_in(request), word_id=word_id, shown=shown, at=timezone.now())
    return _back(_hall_of(word_id))


@require_POST
def answer(request: HttpRequest, word_id: int) -> HttpResponse:
    services.answer(actor=signed_in(request), word_id=word_id, text=_text(request), at=timezone.now())
    return _back(_hall_of(word_id))


@require_POST
def draft_record(request: HttpRequest, hall_id: int) -> HttpResponse:
    services.draft_record(actor=signed_in(request), hall_id=hall_id, at=timezone.now())
    return _back(hall_id)


@require_POST
def sign_record(request: HttpRequest, hall_id: int) -> HttpResponse:
    """On to the signing dialogue."""
    asked = services.request_record_signature(actor=signed_in(request), hall_id=hall_id, at=timezone.now())
    return HttpResponseRedirect(asked.url)


@require_POST
def close(request: HttpRequest, hall_id: int) -> HttpResponse:
    services.close(actor=signed_in(request), hall_id=hall_id, at=timezone.now())
    return _back(hall_id)


@require_POST
def resume(request: HttpRequest, hall_id: int) -> HttpResponse:
    services.resume(actor=signed_in(request), hall_id=hall_id, reason=_text(request), at=timezone.now())
    return _back(hall_id)


def _text(request: HttpRequest) -> str:
    form = WordsForm(request.POST)
    if not form.is_valid():
        raise Malformed(field="text", reason="empty or too long")
    return str(form.cleaned_data["text"])


def _back(hall_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("opening:hall", args=[hall_id]))


def _hall_of(word_id: int) -> int:
    found = HallWord.objects.filter(pk=word_id).values_list("hall_id", flat=True).first()
    if found is None:
        raise NotFound()
    return found
