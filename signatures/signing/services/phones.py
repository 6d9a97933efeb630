"""Signing on the phone: a short-lived one-time link, shown as a QR code, lets the signer's phone into the session."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from signatures.signing.domain.sessions import (
    LINK_LIFETIME,
    LinkOfAnother,
    LinkOver,
    LinkUsed,
    require_time,
    token_digest,
)
from signatures.signing.models import PhoneLink, SigningSession
from signatures.signing.policies import can_move_to_phone
from signatures.signing.services.steps import locked, record, require_open


@dataclass(frozen=True, slots=True)
class Link:
    """A fresh link; the token is shown once and kept nowhere."""

    token: str
    expires_at: datetime


@transaction.atomic
def issue_link(*, actor: Actor, number: str, at: datetime) -> Link:
    """A link into the session for the signer's phone; an earlier one that nobody took is void.

    Refuses what `can_move_to_phone` refuses, `SignedAlready`, `SigningOver`.
    """
    row = locked(number)
    can_move_to_phone(actor, row).require()
    require_open(row)
    require_time(row.expires_at, at)
    PhoneLink.objects.filter(session=row, used_at__isnull=True).update(used_at=at)
    token = secrets.token_urlsafe(32)
    expires_at = min(at + LINK_LIFETIME, row.expires_at)
    PhoneLink.objects.create(session=row, token_sha256=token_digest(token), issued_at=at, expires_at=expires_at)
    record(row, "PhoneLinkIssued", actor=actor, payload={"kind": row.kind}, at=at)
    return Link(token, expires_at)


def take_link(*, actor: Actor, token: str, at: datetime) -> str:
    """The signer's phone takes the session over; gives the session's number. Once.

    Refuses `NotFound`, `LinkUsed`, `LinkOver`, `LinkOfAnother` and what `can_sign` refuses about the organisation. An
    attempt by another account stands in the log and voids the link.
    """
    link = PhoneLink.objects.select_related("session").filter(token_sha256=token_digest(token)).first()
    if link is None or actor.person_id is None:
        raise NotFound()
    session = link.session
    if actor.person_id != session.signer_id:
        _void(link, actor=actor, at=at)
        raise LinkOfAnother()
    with transaction.atomic():
        session = locked(session.number)
        require_open(session)
        if at >= link.expires_at:
            raise LinkOver()
        if PhoneLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at) != 1:
            raise LinkUsed()
        SigningSession.objects.filter(pk=session.pk).update(phone_session_ref=actor.session_ref)
        record(session, "PhoneLinkTaken", actor=actor, payload={"kind": session.kind}, at=at)
    return session.number


@transaction.atomic
def _void(link: PhoneLink, *, actor: Actor, at: datetime) -> None:
    if PhoneLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at):
        payload = {"kind": link.session.kind}
        record(link.session, "PhoneLinkOfAnother", actor=actor, payload=payload, at=at)
