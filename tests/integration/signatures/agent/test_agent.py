"""The agent against a software token: what it signs, whom it turns away, and which orders it refuses."""

import asyncio
import hashlib
import json
from base64 import b64decode, b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID
from pkcs11 import Attribute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from commons.evidence.domain import canonical
from commons.evidence.domain.notes import SigningKey
from signatures.agent.prompts import Order
from signatures.agent.server import Agent
from signatures.agent.tokens import Pkcs11Tokens
from signatures.crypto import cms, tickets
from tests.softhsm import MODULE, PIN, soft_token

pytestmark = pytest.mark.xdist_group("softhsm")

ORIGIN = "https://trade.example.cn"
PLATFORM = SigningKey("trade.example.cn/tickets", Ed25519PrivateKey.generate())
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
CONTENT = b'{"deal":"deal:7"}'


@dataclass
class Holder:
    """The person at the keyboard: the PIN that it types, and the orders that it was shown."""

    pin: str | None = PIN
    shown: list[Order] = field(default_factory=list)

    def pin_for(self, order: Order) -> str | None:
        self.shown.append(order)
        return self.pin


def certificate_of(key, name):
    """A self-signed certificate: whom it belongs to is the platform's question, not the agent's."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        issuer_name=subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=NOW - timedelta(days=1),
        not_valid_after=NOW + timedelta(days=365),
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def keys():
    return {
        "RSA": rsa.generate_private_key(65537, 2048),
        "EC": ec.generate_private_key(ec.SECP256R1()),
    }


@pytest.fixture(scope="module")
def certificates(keys):
    return {name: certificate_of(key, f"李小红 {name}") for name, key in keys.items()}


@pytest.fixture(scope="module")
def token(tmp_path_factory, keys, certificates):
    with soft_token(tmp_path_factory.mktemp("softhsm")) as token:
        for name, key in keys.items():
            token.put(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), certificates[name])
        yield token


@asynccontextmanager
async def agent(holder):
    """The agent on a free port; gives its address."""
    made = Agent({ORIGIN: PLATFORM.verifier}, Pkcs11Tokens(MODULE), holder, clock=lambda: NOW)
    server = await made.listen(0)
    try:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


async def ask(url, *messages, origin=ORIGIN):
    """What the agent says to `messages`, one after the other, after its hello."""
    async with connect(url, origin=origin) as socket:
        assert json.loads(await socket.recv())["type"] == "hello"
        answers = []
        for message in messages:
            await socket.send(message if isinstance(message, str | bytes) else json.dumps(message))
            answers.append(json.loads(await socket.recv()))
        return answers


def attributes_over(content, certificate):
    return cms.signed_attributes(digest=hashlib.sha256(content).digest(), certificate=certificate)


def ticket_for(holder_certificate, data, **changes):
    ticket = tickets.Ticket(
        number="t-1",
        origin=ORIGIN,
        action=tickets.Action.SIGN,
        certificate=hashlib.sha256(holder_certificate).hexdigest(),
        input_sha256=hashlib.sha256(data).hexdigest(),
        digest=hashlib.sha256(CONTENT).hexdigest(),
        title="排污权交易成交确认书",
        role="受让方",
        amount="33600.00",
        amount_in_capitals="叁万叁仟陆佰元整",
        expires_at=NOW + timedelta(minutes=5),
    )
    return replace(ticket, **changes)


def order(holder_certificate, *, key=PLATFORM, **changes):
    """A `sign` message whose ticket may differ from what it ought to be."""
    attributes = attributes_over(CONTENT, holder_certificate)
    text = tickets.issue(ticket_for(holder_certificate, attributes, **changes), key)
    fingerprint = hashlib.sha256(holder_certificate).hexdigest()
    encoded = b64encode(attributes).decode()
    return {"type": "sign", "id": "1", "certificate": fingerprint, "attributes": encoded, "ticket": text}


async def test_certificates_are_listed_without_a_pin(token, certificates):
    holder = Holder()
    async with agent(holder) as url:
        (answer,) = await ask(url, {"type": "list", "id": "1"})

    listed = {b64decode(one["certificate"]) for one in answer["certificates"]}
    assert listed == set(certificates.values())
    assert holder.shown == []


@pytest.mark.parametrize("kind", ["RSA", "EC"])
async def test_a_signature_is_one_that_a_cms_can_hold(token, keys, certificates, kind):
    async with agent(Holder()) as url:
        (answer,) = await ask(url, order(certificates[kind]))

    signature, data = b64decode(answer["signature"]), attributes_over(CONTENT, certificates[kind])
    public = keys[kind].public_key()
    if kind == "RSA":
        public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
    else:
        public.verify(signature, data, ec.ECDSA(hashes.SHA256()))


async def test_the_holder_is_shown_what_the_platform_ordered(token, certificates):
    holder = Holder()
    async with agent(holder) as url:
        await ask(url, order(certificates["EC"]))

    (shown,) = holder.shown
    words = "\n".join(shown.lines())
    for part in ("排污权交易成交确认书", "33600.00", "叁万叁仟陆佰元整", "受让方", ORIGIN, "李小红 EC"):
        assert part in words
    assert hashlib.sha256(CONTENT).hexdigest() in words.replace(" ", "")


@pytest.mark.parametrize("origin", ["https://evil.example", "http://trade.example.cn", "null", None])
async def test_a_page_of_another_origin_is_turned_away_at_the_door(token, origin):
    holder = Holder()
    async with agent(holder) as url:
        with pytest.raises(InvalidStatus) as refused:
            await ask(url, {"type": "list", "id": "1"}, origin=origin)

    assert refused.value.response.status_code == 403
    assert holder.shown == []


async def test_only_this_computer_reaches_the_agent(token):
    async with agent(Holder()) as url:
        port = url.rsplit(":", 1)[1]
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.2", int(port))


FOREIGN = SigningKey("trade.example.cn/tickets", Ed25519PrivateKey.generate())
BAD_ORDERS: dict[str, tuple[dict[str, object], str]] = {
    "of a forged platform": ({"key": FOREIGN}, "TICKET_WRONG"),
    "for another page": ({"origin": "https://other.example"}, "TICKET_WRONG"),
    "that is over": ({"expires_at": NOW}, "TICKET_OVER"),
    "that would hold for a day": ({"expires_at": NOW + timedelta(days=1)}, "TICKET_OVER"),
    "for other attributes": ({"input_sha256": "00" * 32}, "NOT_AS_ORDERED"),
    "that shows another digest": ({"digest": "11" * 32}, "NOT_AS_ORDERED"),
    "for another action": ({"action": tickets.Action.UNWRAP}, "NOT_AS_ORDERED"),
    "for a certificate that is not here": ({"certificate": "22" * 32}, "NO_SUCH_KEY"),
}


@pytest.mark.parametrize("name", BAD_ORDERS)
async def test_a_bad_order_is_refused_before_anybody_is_asked(token, certificates, name):
    changes, code = BAD_ORDERS[name]
    holder = Holder()
    async with agent(holder) as url:
        (answer,) = await ask(url, order(certificates["EC"], **changes))

    assert (answer["type"], answer["code"]) == ("refusal", code)
    assert holder.shown == []


async def test_a_ticket_signs_once(token, certificates):
    async with agent(Holder()) as url:
        first, again = await ask(url, order(certificates["EC"]), order(certificates["EC"]))
        (elsewhere,) = await ask(url, order(certificates["EC"]))

    assert first["type"] == "signature"
    assert (again["code"], elsewhere["code"]) == ("TICKET_USED", "TICKET_USED")


async def test_a_refused_order_cannot_be_asked_again(token, certificates):
    holder = Holder(pin=None)
    async with agent(holder) as url:
        refused, again = await ask(url, order(certificates["EC"]), order(certificates["EC"]))

    assert (refused["code"], again["code"]) == ("HOLDER_SAID_NO", "TICKET_USED")
    assert len(holder.shown) == 1


async def test_a_wrong_pin_signs_nothing(token, certificates):
    async with agent(Holder(pin="999999")) as url:
        (answer,) = await ask(url, order(certificates["EC"]))

    assert answer["code"] == "PIN_WRONG"


async def test_what_is_no_message_is_answered_and_the_agent_goes_on(token, certificates):
    bad = ["{", "[]", '"list"', "{}", '{"type":"steal","id":"1"}', '{"type":"sign","id":"1"}', "null"]
    async with agent(Holder()) as url:
        *answers, last = await ask(url, *bad, order(certificates["EC"]))

    assert {answer["code"] for answer in answers} == {"MALFORMED"}
    assert last["type"] == "signature"


@pytest.mark.parametrize("use", [Attribute.SIGN, Attribute.DECRYPT])
async def test_a_key_that_the_token_keeps_from_its_use_says_so(token, certificates, use):
    wrapped = {"alg": "RSA-OAEP-256", "ciphertext": b64encode(bytes(256)).decode(), "epk": ""}
    ticket = ticket_for(certificates["RSA"], canonical.encode(wrapped), action=tickets.Action.UNWRAP)
    unwrap = {"type": "unwrap", "id": "1", "wrapped": wrapped, "ticket": tickets.issue(ticket, PLATFORM)}
    async with agent(Holder()) as url:
        with token.forbidding(use, certificates["RSA"]):
            (answer,) = await ask(url, order(certificates["RSA"]) if use == Attribute.SIGN else unwrap)

    assert (answer["type"], answer["code"]) == ("refusal", "KEY_NOT_FOR_THIS")


async def test_what_was_wrapped_to_the_certificate_is_opened(token, keys, certificates):
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    wrapped = {"alg": "ECDH-ES-P256", "ciphertext": "", "epk": b64encode(point).decode()}
    data = canonical.encode(wrapped)
    ticket = ticket_for(certificates["EC"], data, action=tickets.Action.UNWRAP)
    message = {"type": "unwrap", "id": "1", "wrapped": wrapped, "ticket": tickets.issue(ticket, PLATFORM)}
    async with agent(Holder()) as url:
        (answer,) = await ask(url, message)

    assert b64decode(answer["shared"]) == ephemeral.exchange(ec.ECDH(), keys["EC"].public_key())
