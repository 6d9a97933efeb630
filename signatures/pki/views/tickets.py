"""The answer to a page that asks what its key shall sign: attributes, and the order for an agent on this computer."""

import hashlib
import secrets
from base64 import b64encode
from datetime import timedelta

from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from commons.evidence.keys import Purpose, signing_key
from signatures.crypto import tickets
from signatures.crypto.cms import signed_digest
from signatures.pki import services
from signatures.pki.domain.statements import LIFETIME, Context
from signatures.pki.views import frames

MARGIN = timedelta(seconds=5)


def answer_to_prepare(asked: frames.PrepareRequest, *, context: Context, origin: str, session_ref: str) -> JsonResponse:
    """Attributes and ticket for a statement. Refuses what `services.prepare_proof` refuses."""
    at = timezone.now()
    statement, certificate = frames.data(asked.statement, "statement"), frames.data(asked.certificate, "certificate")
    attributes = services.prepare_proof(
        statement=statement, certificate=certificate, context=context, origin=origin, session_ref=session_ref, at=at
    )
    ticket = tickets.Ticket(
        number=secrets.token_urlsafe(18),
        origin=origin,
        action=tickets.Action.SIGN,
        certificate=hashlib.sha256(certificate).hexdigest(),
        input_sha256=hashlib.sha256(attributes).hexdigest(),
        digest=signed_digest(attributes).hex(),
        title=_("Sign in") if context == Context.LOGIN else _("Bind this certificate to your account"),
        role="",
        amount="",
        amount_in_capitals="",
        expires_at=at + LIFETIME + MARGIN,
    )
    signed = tickets.issue(ticket, signing_key(Purpose.TICKETS))
    return JsonResponse({"attributes": b64encode(attributes).decode(), "ticket": signed})
