"""Admission to a room's socket: a signed ticket of 60 seconds, so that a storm of reconnects asks no database."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

import msgspec
from django.conf import settings

from exchange.rooms.broadcast.peers import Viewer
from exchange.rooms.protocol import TicketOver

LIFETIME_MS = 60_000
RENEW_AFTER_MS = 40_000


class Ticket(msgspec.Struct, frozen=True, array_like=True):
    """Who may open which room as what, until when. `socket_epoch` dies with the person's sessions."""

    room_id: int
    viewer: Viewer
    alias: str
    person_id: int | None
    socket_epoch: int
    participant_id: int | None
    expires_ms: int


_decoder = msgspec.json.Decoder(Ticket)


def seal(ticket: Ticket) -> str:
    """The ticket as text for the client: opaque, signed."""
    body = urlsafe_b64encode(msgspec.json.encode(ticket)).rstrip(b"=")
    return (body + b"." + _mac(body)).decode()


def unseal(text: str, *, now_ms: int) -> Ticket:
    """The ticket that `seal` made. Refuses `TicketOver` when it is forged or over."""
    body, _, mac = text.encode("ascii", "replace").partition(b".")
    if not hmac.compare_digest(mac, _mac(body)):
        raise TicketOver()
    ticket = _decoder.decode(urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    if ticket.expires_ms <= now_ms:
        raise TicketOver()
    return ticket


def renewed(ticket: Ticket, *, now_ms: int) -> Ticket:
    """The same admission for another while."""
    return msgspec.structs.replace(ticket, expires_ms=now_ms + LIFETIME_MS)


@lru_cache(maxsize=1)
def _key() -> bytes:
    return hashlib.sha256(b"luochui/room-ticket/v1\n" + settings.SECRET_KEY.encode()).digest()


def _mac(body: bytes) -> bytes:
    return urlsafe_b64encode(hmac.digest(_key(), body, "sha256")).rstrip(b"=")
