"""`{% load signing %}{% key_chooser %}`: the part of a page where a holder chooses a key; the same everywhere."""

from django import template
from django.conf import settings

from signatures.pages import signer_options
from signatures.signing.views import texts

register = template.Library()


@register.inclusion_tag("signing/keys.html")
def key_chooser() -> dict[str, object]:
    """Where the key is, what the adapter asks for, and the certificates found; run by `chooser.js`."""
    return {"options": signer_options(), "texts": texts.catalogue(), "remote": bool(settings.SIGNING_CSC_URL)}
