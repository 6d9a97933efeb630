"""Signed requests of issuers' own systems: who speaks, and that each request counts once."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction

from commons import signed_requests
from commons.domain.actor import Actor, Assurance, Role
from commons.signed_requests import RequestNotSigned
from signatures.guarantees.http import secret_of
from signatures.guarantees.models import Issuer, UsedNonce


def issuer_behind(*, headers: Mapping[str, str], method: str, target: str, body: bytes, at: datetime) -> Actor:
    """The issuer that signed a request, as an actor. Refuses (`RequestNotSigned`).

    It acts as its own underwriter and manager: who assesses and who signs is that system's own order.
    """
    signed = signed_requests.read(headers, at=at)
    issuer = Issuer.objects.filter(channel=Issuer.HTTP, key_name=signed.key).first()
    if issuer is None:
        raise RequestNotSigned(reason="the key is unknown")
    try:
        secret = secret_of(issuer.key_name)
    except ImproperlyConfigured:
        raise RequestNotSigned(reason="the key is unknown") from None
    signed_requests.require(signed, secret=secret, method=method, target=target, body=body)
    try:
        with transaction.atomic():
            UsedNonce.objects.create(key_name=signed.key, nonce=signed.nonce, at=at)
    except IntegrityError:
        raise RequestNotSigned(reason="the nonce was used before") from None
    return Actor(
        system=f"issuer:{issuer.pk}",
        organisation_id=issuer.organisation_id,
        roles=frozenset({Role.ISSUER, Role.ISSUER_MANAGER}),
        assurance=Assurance.CERTIFICATE,
    )
