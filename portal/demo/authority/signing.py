"""The cast signs with the keys that the embedded authority holds for it, as browsers would with .p12 files."""

from datetime import datetime

from asn1crypto import x509
from django.conf import settings

from portal.demo.authority.city import CityAuthority
from portal.demo.cast import actor
from signatures.crypto.suites import provider_for
from signatures.signing import services
from signatures.signing.services import SessionRef


def sign_as(authority: CityAuthority, login: str, session: SessionRef, *, at: datetime) -> None:
    """Complete a session as its signer, whose certificate of `authority` is bound.

    Raises what `prepare` and `complete` refuse.
    """
    who, signer = authority.holder(login), actor(login)
    made = services.prepare(
        actor=signer, number=session.number, certificate=who.certificate, origin=settings.PUBLIC_URL, at=at
    )
    signature = provider_for(x509.Certificate.load(who.certificate).public_key).sign(who.key, made.attributes)
    services.complete(actor=signer, number=session.number, signature=signature, at=at)
