"""The agent's socket. One order at a time; whatever goes wrong is answered with a code and a sentence."""

import asyncio
import binascii
import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from commons.evidence.domain import canonical
from commons.evidence.domain.notes import VerifierKey
from signatures.agent.orders import Desk, Refused, require_shown
from signatures.agent.prompts import Order, Prompt
from signatures.agent.tokens import OnToken, Tokens, TokenTrouble, is_national
from signatures.crypto.tickets import Action, Ticket

logger = logging.getLogger(__name__)

HOST = "127.0.0.1"
PORT = 14732
PROTOCOL = "luochui/agent/v1"
LARGEST_MESSAGE_BYTES = 64_000

Message = dict[str, Any]


def now() -> datetime:
    return datetime.now(UTC)


class Agent:
    """Serves the pages of listed origins, each with the key under which its platform signs tickets."""

    def __init__(
        self,
        platforms: Mapping[str, VerifierKey],
        tokens: Tokens,
        prompt: Prompt,
        *,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._desk = Desk(platforms)
        self._tokens = tokens
        self._prompt = prompt
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def listen(self, port: int = PORT) -> Server:
        """Start listening on the loopback address; pages of other origins are turned away at the handshake (403)."""
        origins = [Origin(origin) for origin in self._desk.platforms]
        return await serve(self._serve, HOST, port, origins=origins, max_size=LARGEST_MESSAGE_BYTES, compression=None)

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None, "the handshake is over"
        origin = connection.request.headers["Origin"]
        try:
            await connection.send(json.dumps({"type": "hello", "protocol": PROTOCOL}))
            async for text in connection:
                await connection.send(json.dumps(await self._answer(text, origin)))
        except ConnectionClosed:
            pass

    async def _answer(self, text: str | bytes, origin: str) -> Message:
        number: object = None
        try:
            message = json.loads(text)
            number = message.get("id")
            async with self._one_at_a_time:
                return {**await asyncio.to_thread(self._obey, message, origin), "id": number}
        except (Refused, TokenTrouble) as refusal:
            logger.info("refused: %s", refusal.code)
            return {"type": "refusal", "id": number, "code": refusal.code, "message": str(refusal)}
        except (KeyError, TypeError, ValueError, AttributeError, binascii.Error):
            return {"type": "refusal", "id": number, "code": "MALFORMED", "message": "the message cannot be read"}
        except Exception:
            logger.exception("an order failed")
            return {"type": "refusal", "id": number, "code": "TOKEN_FAILED", "message": "the agent failed; see its log"}

    def _obey(self, message: Message, origin: str) -> Message:
        match message["type"]:
            case "list":
                return {"type": "certificates", "certificates": [_listed(one) for one in self._tokens.certificates()]}
            case "sign":
                return self._sign(message, origin)
            case "unwrap":
                return self._unwrap(message, origin)
        raise Refused("MALFORMED", "the agent knows no such order")

    def _sign(self, message: Message, origin: str) -> Message:
        attributes = b64decode(message["attributes"], validate=True)
        ticket = self._ticket(message, origin, attributes, Action.SIGN)
        require_shown(attributes, ticket)
        certificate, pin = self._agreed(ticket)
        signature = self._tokens.sign(certificate, attributes, pin)
        return {"type": "signature", "signature": b64encode(signature).decode()}

    def _unwrap(self, message: Message, origin: str) -> Message:
        wrapped = {str(name): str(value) for name, value in message["wrapped"].items()}
        ticket = self._ticket(message, origin, canonical.encode(dict(wrapped)), Action.UNWRAP)
        certificate, pin = self._agreed(ticket)
        if wrapped["alg"] == "RSA-OAEP-256":
            secret = self._tokens.decrypt(certificate, b64decode(wrapped["ciphertext"], validate=True), pin)
            return {"type": "unwrapped", "secret": b64encode(secret).decode()}
        shared = self._tokens.agree(certificate, b64decode(wrapped["epk"], validate=True), pin)
        return {"type": "agreed", "shared": b64encode(shared).decode()}

    def _ticket(self, message: Message, origin: str, data: bytes, action: Action) -> Ticket:
        ticket = self._desk.accept(message["ticket"], origin=origin, data=data, at=self._clock())
        if ticket.action is not action:
            raise Refused("NOT_AS_ORDERED", "the ticket is for something else")
        return ticket

    def _agreed(self, ticket: Ticket) -> tuple[OnToken, str]:
        """The certificate and the PIN, once the holder has seen the order and agreed."""
        found = next((one for one in self._tokens.certificates() if one.sha256 == ticket.certificate), None)
        if found is None:
            raise Refused("NO_SUCH_KEY", "no token holds this certificate")
        pin = self._prompt.pin_for(_order(ticket, found))
        if pin is None:
            raise Refused("HOLDER_SAID_NO", "the holder refused")
        return found, pin


def _listed(certificate: OnToken) -> Message:
    return {"certificate": b64encode(certificate.der).decode(), "token": certificate.token}


def _order(ticket: Ticket, found: OnToken) -> Order:
    digest_name = "SM3" if is_national(found.der) and ticket.action is Action.SIGN else "SHA-256"
    return Order(ticket, _subject(found.der), found.token, digest_name)


def _subject(der: bytes) -> str:
    return x509.load_der_x509_certificate(der).subject.rfc4514_string()
