"""What the pages ask of certificates: a signature inside the seal, and keys that open what was wrapped to them."""

import hashlib
from typing import Any

import pytest
from asn1crypto import cms as asn1
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.test import Client

from commons.domain.refusals import Malformed, NotPermitted
from commons.evidence.domain import canonical
from commons.evidence.domain.notes import by_id
from commons.evidence.keys import Purpose, signing_key
from signatures.crypto.certificates import holder_key
from signatures.crypto.suites import Suite
from signatures.crypto.tickets import Action, opened
from signatures.envelopes import services
from signatures.envelopes.domain.encoding import to_base64
from signatures.envelopes.domain.rules import KeyUnusable
from signatures.envelopes.domain.slots import Slot, unwrap_kek
from signatures.pki.domain.bindings import CertificateNotBound
from signatures.signing.models import SigningSession
from tests import cast, pki
from tests.integration.signatures.envelopes import story as stories
from tests.integration.signatures.envelopes.story import AT

pytestmark = pytest.mark.django_db
COMMIT, ORIGIN = "ab" * 32, "https://trade.example.cn"


def prepare(
    key: str = "buyer1", *, commit: str = COMMIT, of: str = "buyer1", suite: Suite = Suite.INTERNATIONAL
) -> services.ToAttest:
    return services.prepare_attestation(
        actor=cast.actor(key),
        commit=commit,
        certificate=pki.holder(of).certificate,
        suite=suite,
        title="道路工程",
        origin=ORIGIN,
        at=AT,
    )


def ticket_in(text: str) -> Any:
    return opened(text, by_id(signing_key(Purpose.TICKETS).verifier))


def test_the_bidder_signs_the_commitment_and_nothing_is_stored() -> None:
    pki.bound("buyer1")

    made = prepare()

    digest = hashlib.sha256(bytes.fromhex(COMMIT))
    (signed,) = [
        one["values"][0].native
        for one in asn1.CMSAttributes.load(made.attributes)
        if one["type"].native == "message_digest"
    ]
    ticket = ticket_in(made.ticket)
    assert signed == digest.digest()
    assert (ticket.action, ticket.digest, ticket.origin) == (Action.SIGN, digest.hexdigest(), ORIGIN)
    assert ticket.input_sha256 == hashlib.sha256(made.attributes).hexdigest()
    assert not SigningSession.objects.exists()


def test_a_certificate_that_would_not_hold_is_refused_before_the_deadline() -> None:
    pki.bound("buyer1")

    with pytest.raises(CertificateNotBound):
        prepare(of="buyer2")
    with pytest.raises(NotPermitted):
        prepare("auditor")
    for strange in ("", "AB" * 32, "a" * 63, "../" * 22):
        with pytest.raises(Malformed):
            prepare(commit=strange)


def test_an_officer_enters_the_key_of_the_own_certificate() -> None:
    story, who = stories.ceremony_before_keys(), pki.bound("officer1")
    seat = stories.seat_of(story, "officer1")
    spki = holder_key(who.certificate)

    slot = services.enrol_key(actor=cast.actor("officer1"), seat_id=seat.pk, spki=spki, kept_on="certificate", at=AT)
    key = load_der_private_key(pki.holder("officer1").key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    code = to_base64(unwrap_kek(slot, key))
    services.try_key(actor=cast.actor("officer1"), seat_id=seat.pk, unlock_code=code, at=AT)

    seat.refresh_from_db()
    assert (seat.kept_on, seat.tried_at) == ("certificate", AT)


def test_no_officer_enters_a_strangers_certificate() -> None:
    story = stories.ceremony_before_keys()
    pki.bound("officer1")
    seat, spki = stories.seat_of(story, "officer1"), holder_key(pki.bound("officer2").certificate)

    with pytest.raises(KeyUnusable):
        services.enrol_key(actor=cast.actor("officer1"), seat_id=seat.pk, spki=spki, kept_on="certificate", at=AT)


def test_the_order_to_open_names_exactly_this_wrapped_key() -> None:
    story = stories.story_of()
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)
    slot = Slot.parse(dict(services.locked_for_bidder(actor=cast.actor("buyer1"), envelope_ref=ref)[0].slot))

    ticket = ticket_in(services.unwrap_ticket(slot=slot, certificate="0" * 64, title="…", origin=ORIGIN, at=AT))

    assert (ticket.action, ticket.certificate) == (Action.UNWRAP, "0" * 64)
    assert ticket.input_sha256 == hashlib.sha256(canonical.encode(dict(slot.wrapped()))).hexdigest()


def test_the_page_gives_orders_only_where_a_certificate_is_named() -> None:
    story = stories.story_of()
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)
    client = Client()
    client.force_login(cast.person("buyer1"), backend="allauth.account.auth_backends.AuthenticationBackend")
    address = f"/openings/envelopes/{ref}/locked/"

    assert "ticket" not in client.get(address).json()["locked"][0]
    assert client.get(address, {"certificate": "0" * 64}).json()["locked"][0]["ticket"]
    assert client.get(address, {"certificate": "none"}).status_code == 400
