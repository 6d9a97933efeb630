"""Signing for tests: the cast signs with the keys of the embedded authority, as their browsers would."""

from datetime import datetime

from asn1crypto import x509

from commons.domain.actor import Actor
from signatures.crypto.suites import provider_for
from signatures.signing import services
from signatures.signing.models import SigningSession
from signatures.signing.services import SessionRef
from tests import cast
from tests.pki import bound, holder

ORIGIN = "https://trade.example.cn"


def sign_as(key: str, session: SessionRef, *, at: datetime, actor: Actor | None = None) -> None:
    """The person of the cast signs in its browser; its certificate is bound if it was not. `buyer1-sm`: by SM2."""
    bound(key)
    sign_bound(key, session, at=at, actor=actor)


def sign_bound(key: str, session: SessionRef, *, at: datetime, actor: Actor | None = None) -> None:
    """As `sign_as`, for a person whose certificate is bound already."""
    actor = actor or cast.actor(key.removesuffix("-sm"))
    certificate = holder(key).certificate
    made = services.prepare(actor=actor, number=session.number, certificate=certificate, origin=ORIGIN, at=at)
    services.complete(actor=actor, number=session.number, signature=signature_of(key, made.attributes), at=at)


def signature_of(key: str, attributes: bytes) -> bytes:
    """The signature value over `attributes` by the key of that holder."""
    who = holder(key)
    return provider_for(x509.Certificate.load(who.certificate).public_key).sign(who.key, attributes)


def opened(number: str) -> SigningSession:
    """The row of a session."""
    return SigningSession.objects.get(number=number)
