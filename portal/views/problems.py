"""What each refusal code means: the page that `type` of a problem leads to."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from commons.domain.refusals import Refusal

_PLACE = re.compile(r"%\((\w+)\)")


def problem(request: HttpRequest, code: str) -> HttpResponse:
    """The code, its status and its sentence, with the places of its fields left open."""
    known = Refusal.registry.get(code)
    if known is None:
        raise Http404
    places = list(dict.fromkeys(_PLACE.findall(str(known.message))))
    sentence = gettext(known.message)
    for name in places:
        sentence = sentence.replace(f"%({name})s", f"⟨{name}⟩")
    context = {
        "code": code,
        "status": known.status,
        "sentence": sentence,
        "retryable": known.retryable,
        "places": places,
    }
    return render(request, "portal/problem.html", context)
