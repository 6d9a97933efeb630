"""Tickets for the holder's local agent: what it may do, once, with which key, for which page.

A ticket is a signed note (C2SP signed-note, Ed25519) of the platform over one line of canonical JSON. The agent shows
what stands in the ticket, never what the page says beside it: a page that was tampered with can neither word an order
nor have another one signed. Pure; the agent uses it without Django.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from commons.domain.time import from_text, to_text
from commons.evidence.domain import canonical, notes

CONTEXT = "luochui/agent-ticket/v1"
LONGEST = timedelta(minutes=10)
"""A ticket is for now; what asks for longer is refused by the agent."""


class Action(StrEnum):
    """What the holder's key is asked to do."""

    SIGN = "sign"
    UNWRAP = "unwrap"


class BadTicket(ValueError):
    """The text is no ticket of a known platform."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One order to the agent. Hashes are SHA-256 in hex, amounts plain decimals (empty where none is at stake)."""

    number: str
    """Used once."""
    origin: str
    """The page's origin; the agent compares it with that of the socket."""
    action: Action
    certificate: str
    """Of the certificate whose key is asked for."""
    input_sha256: str
    """Of the attributes to be signed, or of the canonical JSON of what is to be unwrapped."""
    digest: str
    """Of the content that is signed, as the page shows it."""
    title: str
    role: str
    amount: str
    amount_in_capitals: str
    expires_at: datetime


def issue(ticket: Ticket, key: notes.SigningKey) -> str:
    """The ticket as text."""
    fields = {**asdict(ticket), "action": ticket.action.value, "expires_at": to_text(ticket.expires_at)}
    return notes.sign(canonical.encode({"ctx": CONTEXT, **fields}).decode() + "\n", key)


def opened(text: str, keys: Mapping[bytes, notes.VerifierKey]) -> Ticket:
    """The ticket that a known platform signed; raises `BadTicket`. Expiry and use are the caller's to check."""
    try:
        body, _ = notes.opened(text, keys)
        fields = canonical.decode(body.rstrip("\n").encode())
    except (notes.BadNote, canonical.NotCanonical) as error:
        raise BadTicket(str(error)) from None
    if not isinstance(fields, dict) or fields.pop("ctx", None) != CONTEXT:
        raise BadTicket("the note is no ticket")
    try:
        values = {name: str(value) for name, value in fields.items()}
        expires_at, action = from_text(values.pop("expires_at")), Action(values.pop("action"))
        return Ticket(**values, action=action, expires_at=expires_at)
    except (KeyError, TypeError, ValueError):
        raise BadTicket("the ticket lacks a field") from None
