"""What the agent takes as an order: signed by the listed platform, for this page, not over, not used, about this."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from asn1crypto import cms

from commons.evidence.domain.notes import VerifierKey, by_id
from signatures.crypto.tickets import LONGEST, BadTicket, Ticket, opened


class Refused(Exception):
    """The agent does not do it; `code` is the protocol's."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class Desk:
    """Checks orders; remembers which tickets were used for as long as they could come again."""

    def __init__(self, platforms: Mapping[str, VerifierKey]) -> None:
        self.platforms = dict(platforms)
        self._used: dict[str, datetime] = {}

    def accept(self, text: str, *, origin: str, data: bytes, at: datetime) -> Ticket:
        """The ticket, used up from here on. Raises `Refused`."""
        try:
            ticket = opened(text, by_id(self.platforms[origin]))
        except (BadTicket, KeyError):
            raise Refused("TICKET_WRONG", "the platform did not issue this ticket") from None
        if ticket.origin != origin:
            raise Refused("TICKET_WRONG", "the ticket is for another page")
        if not at < ticket.expires_at <= at + LONGEST:
            raise Refused("TICKET_OVER", "the ticket is over")
        if ticket.input_sha256 != hashlib.sha256(data).hexdigest():
            raise Refused("NOT_AS_ORDERED", "this is not what the ticket was issued for")
        self._use(ticket, at)
        return ticket

    def _use(self, ticket: Ticket, at: datetime) -> None:
        self._used = {number: until for number, until in self._used.items() if until > at}
        if ticket.number in self._used:
            raise Refused("TICKET_USED", "the ticket was used already")
        self._used[ticket.number] = ticket.expires_at


def require_shown(attributes: bytes, ticket: Ticket) -> None:
    """Refuses (`Refused`) attributes over another content than the one whose digest the holder is shown."""
    try:
        parsed = cms.CMSAttributes.load(attributes, strict=True)
        digests = [
            bytes(value) for row in parsed if row["type"].native == "message_digest" for value in row["values"].native
        ]
    except (ValueError, TypeError):
        raise Refused("NOT_AS_ORDERED", "the attributes cannot be read") from None
    if [digest.hex() for digest in digests] != [ticket.digest]:
        raise Refused("NOT_AS_ORDERED", "the attributes belong to another content than the one shown")
