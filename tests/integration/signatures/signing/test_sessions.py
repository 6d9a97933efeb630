"""A signing session from the request to the signature: who may, with what, once, in its time, and what is recorded."""

import hashlib
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from commons.domain.refusals import Malformed, NotAllowedNow, NotFound, Refusal
from commons.evidence import queries as evidence
from commons.evidence.domain import canonical
from commons.evidence.domain.notes import by_id
from commons.evidence.keys import Purpose as KeyPurpose
from commons.evidence.keys import signing_key
from signatures.crypto import answers, tickets
from signatures.crypto import cms as signed_cms
from signatures.crypto.cms import verify_detached
from signatures.pki import services as pki
from signatures.pki.domain.bindings import CertificateNotBound
from signatures.pki.models import PendingStamp
from signatures.signing import kinds, queries, services
from signatures.signing.domain.sessions import (
    LARGEST_CONTENT_BYTES,
    ContentTooLarge,
    Fact,
    OtherOrganisation,
    SignedAlready,
    Signer,
    SigningElsewhere,
    SigningOver,
    SigningState,
)
from tests.cast import actor
from tests.pki import Revocation, Stamps, bound, holder, trust
from tests.signing import ORIGIN, opened, sign_as, signature_of

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
CONTENT = canonical.encode({"ctx": "test/v1", "amount": "33600.00"})
DONE: list[kinds.Signed] = []


class NotThisTime(Refusal):
    code = "TEST_NOT_THIS_TIME"
    message = "Not this time."


def done(signed):
    if signed.order.context.get("fail"):
        raise NotThisTime()
    DONE.append(signed)


kinds.register_kind("test-paper", label="Confirmation of the deal", done=done)


@pytest.fixture(autouse=True)
def _nothing_done():
    DONE.clear()


def ask(key="buyer1", *, by=None, at=AT, **changes):
    who = actor(key)
    assert who.person_id is not None
    values = {
        "actor": by or who,
        "kind": "test-paper",
        "subject": "deal:7",
        "title": "排污权成交确认",
        "content": CONTENT,
        "signer": Signer(who.person_id, who.organisation_id),
        "role": "Buyer",
        "return_url": "/deals/7/",
        "amount": Decimal("33600.00"),
        "facts": [Fact("Seller", "佛山市排污权储备中心")],
        "at": at,
    }
    return services.request_signature(**{**values, **changes})


def prepare(session, key="buyer1", *, by=None, certificate=None, at=AT):
    certificate = certificate or bound(key).certificate
    return services.prepare(
        actor=by or actor(key), number=session.number, certificate=certificate, origin=ORIGIN, at=at
    )


def types_of(session):
    return [entry.type for entry in evidence.entries(opened(session.number).stream)]


def test_a_signature_is_validated_stored_recorded_and_handed_on():
    session = ask()
    sign_as("buyer1", session, at=AT)

    row = opened(session.number)
    assert row.state == SigningState.SIGNED
    (signed,) = DONE
    assert (signed.order.subject, signed.order.content, signed.session) == ("deal:7", CONTENT, row.stream)
    assert types_of(session) == ["SignatureRequested", "SignaturePrepared", "SignatureGiven"]
    (given,) = queries.signatures_about("deal:7", "test-paper")
    assert row.signature is not None
    assert given.cms == bytes(row.signature)
    assert given.digest == hashlib.sha256(CONTENT).hexdigest()


def test_a_signature_gets_its_time_stamp_later_and_nobody_waits_for_it(monkeypatch):
    source = Stamps(away=True)
    monkeypatch.setattr("signatures.pki.services.stamping.stamper", lambda: source)
    monkeypatch.setattr("signatures.pki.services.stamping.revocation_source", Revocation)
    sign_as("buyer1", ask(), at=AT)
    pki.stamp_due(AT)
    (given,) = queries.signatures_about("deal:7", "test-paper")
    assert given.stamp is not None
    assert (given.stamp.ts_pending, given.stamped) == (True, given.cms), "signed all the same"

    source.away = False
    pki.stamp_due(AT + timedelta(minutes=1))

    (given,) = queries.signatures_about("deal:7", "test-paper")
    status = verify_detached(
        content=CONTENT, signature=given.stamped, at=AT + timedelta(days=1), trust=trust(), revocation=Revocation()
    )
    assert status.valid
    assert status.stamp is not None
    assert given.stamp is not None
    assert status.stamp.time == given.stamp.stamped_at == AT + timedelta(minutes=1)
    assert "buyer1" not in PendingStamp.objects.get().subject, "who signs secret things is not told by their stamps"


def test_openssl_agrees_with_the_stored_signature(tmp_path):
    sign_as("buyer1", ask(), at=AT)
    (given,) = queries.signatures_about("deal:7", "test-paper")
    (tmp_path / "content").write_bytes(given.content)
    (tmp_path / "s.p7s").write_bytes(given.cms)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "s.p7s", "-content", "content"]
    good = subprocess.run([*command, "-noverify"], cwd=tmp_path, capture_output=True, check=False)
    (tmp_path / "content").write_bytes(given.content.replace(b"33600", b"93600"))
    changed = subprocess.run([*command, "-noverify"], cwd=tmp_path, capture_output=True, check=False)

    assert good.returncode == 0, good.stderr
    assert changed.returncode != 0


def test_the_evidence_holds_hashes_and_references_only():
    session = ask()
    sign_as("buyer1", session, at=AT)

    payloads = b"".join(entry.payload for entry in evidence.entries(opened(session.number).stream)).decode()
    assert hashlib.sha256(CONTENT).hexdigest() in payloads
    assert hashlib.sha256(holder("buyer1").certificate).hexdigest() in payloads
    for personal in ("梁一", "金马", "33600.00"):
        assert personal not in payloads


def test_the_ticket_orders_exactly_this_signature():
    session = ask()
    made = prepare(session)

    ticket = tickets.opened(made.ticket, by_id(signing_key(KeyPurpose.TICKETS).verifier))
    assert ticket.origin == ORIGIN
    assert ticket.input_sha256 == hashlib.sha256(made.attributes).hexdigest()
    assert ticket.certificate == hashlib.sha256(holder("buyer1").certificate).hexdigest()
    assert (ticket.title, ticket.amount, ticket.amount_in_capitals) == (
        "排污权成交确认",
        "33600.00",
        "叁万叁仟陆佰元整",
    )
    assert AT < ticket.expires_at <= AT + tickets.LONGEST


@pytest.mark.parametrize(
    ("key", "refusal"), [("buyer2", NotFound), ("staff", NotFound), ("regulator", NotFound), ("seller", NotFound)]
)
def test_nobody_else_sees_prepares_completes_or_declines(key, refusal):
    session = ask()
    made = prepare(session)
    other, signature = actor(key), signature_of("buyer1", made.attributes)

    for attempt in (
        lambda: queries.one(other, session.number),
        lambda: prepare(session, by=other),
        lambda: services.complete(actor=other, number=session.number, signature=signature, at=AT),
        lambda: services.decline(actor=other, number=session.number, reason="", at=AT),
        lambda: services.issue_link(actor=other, number=session.number, at=AT),
    ):
        with pytest.raises(refusal):
            attempt()
    assert DONE == []


def test_another_browser_of_the_same_person_is_told_where_to_sign():
    session = ask()
    elsewhere = replace(actor("buyer1"), session_ref="another-browser")

    with pytest.raises(SigningElsewhere):
        queries.one(elsewhere, session.number)


def test_what_others_ask_for_opens_in_any_browser_but_is_completed_where_it_was_prepared():
    session = ask(by=actor("staff"))
    first, second = (replace(actor("buyer1"), session_ref=f"browser-{number}") for number in (1, 2))
    made = prepare(session, by=first)
    signature = signature_of("buyer1", made.attributes)

    assert queries.one(second, session.number).is_open(AT)
    with pytest.raises(SigningElsewhere):
        services.complete(actor=second, number=session.number, signature=signature, at=AT)
    services.complete(actor=first, number=session.number, signature=signature, at=AT)
    assert len(DONE) == 1


def test_who_acts_for_another_organisation_now_must_switch():
    session = ask()
    elsewhere = replace(actor("buyer1"), organisation_id=actor("buyer2").organisation_id)

    with pytest.raises(OtherOrganisation):
        queries.one(elsewhere, session.number)


@pytest.mark.parametrize(
    ("certificate", "refusal"),
    [
        (lambda: holder("buyer2").certificate, CertificateNotBound),
        (lambda: holder("rogue").certificate, CertificateNotBound),
        (lambda: b"no certificate", answers.CertificateUnreadable),
        (lambda: b"\x30" * 20_000, Malformed),
    ],
    ids=["another person's", "a rogue authority's", "none", "huge"],
)
def test_only_a_bound_certificate_is_prepared_for(certificate, refusal):
    bound("buyer1")
    session = ask()

    with pytest.raises(refusal):
        prepare(session, certificate=certificate())
    assert types_of(session) == ["SignatureRequested"]


class Silent(Revocation):
    """An authority that does not answer."""

    def __init__(self):
        super().__init__(silent=True)


def test_a_certificate_that_nobody_vouches_for_any_more_signs_nothing(settings):
    session = ask()
    made = prepare(session)
    settings.HOOKS = {**settings.HOOKS, "revocation": f"{__name__}.Silent"}

    with pytest.raises(answers.RevocationNotProven):
        services.complete(
            actor=actor("buyer1"), number=session.number, signature=signature_of("buyer1", made.attributes), at=AT
        )
    assert opened(session.number).state == SigningState.PREPARED
    assert DONE == []


@pytest.mark.parametrize(
    ("forge", "refusal"),
    [
        (lambda made: signature_of("buyer2", made.attributes), signed_cms.SignatureWrong),
        (lambda made: signature_of("buyer1", made.attributes + b"\0"), signed_cms.SignatureWrong),
        (lambda made: signature_of("buyer1", CONTENT), signed_cms.SignatureWrong),
        (lambda made: b"", signed_cms.SignatureWrong),
        (lambda made: b"\0" * 72, signed_cms.SignatureWrong),
        (lambda made: b"\0" * 5_000, Malformed),
    ],
    ids=["another's key", "other attributes", "raw content", "empty", "zeros", "huge"],
)
def test_a_wrong_signature_is_not_stored_and_a_right_one_may_follow(forge, refusal):
    session = ask()
    made = prepare(session)

    with pytest.raises(refusal):
        services.complete(actor=actor("buyer1"), number=session.number, signature=forge(made), at=AT)
    row = opened(session.number)
    assert (row.state, row.signature) == (SigningState.PREPARED, None)
    assert DONE == []

    services.complete(
        actor=actor("buyer1"), number=session.number, signature=signature_of("buyer1", made.attributes), at=AT
    )
    assert len(DONE) == 1


def test_a_signature_over_attributes_that_were_replaced_does_not_count():
    session = ask()
    first = prepare(session, at=AT)
    prepare(session, at=AT + timedelta(seconds=1))

    with pytest.raises(signed_cms.SignatureWrong):
        services.complete(
            actor=actor("buyer1"),
            number=session.number,
            signature=signature_of("buyer1", first.attributes),
            at=AT + timedelta(seconds=2),
        )


def test_a_session_signs_once():
    session = ask()
    made = prepare(session)
    signature = signature_of("buyer1", made.attributes)
    services.complete(actor=actor("buyer1"), number=session.number, signature=signature, at=AT)

    for attempt in (
        lambda: services.complete(actor=actor("buyer1"), number=session.number, signature=signature, at=AT),
        lambda: prepare(session),
        lambda: services.decline(actor=actor("buyer1"), number=session.number, reason="", at=AT),
        lambda: services.issue_link(actor=actor("buyer1"), number=session.number, at=AT),
    ):
        with pytest.raises(SignedAlready):
            attempt()
    assert len(DONE) == 1


def test_nothing_is_signed_before_it_is_prepared():
    with pytest.raises(NotAllowedNow):
        services.complete(actor=actor("buyer1"), number=ask().number, signature=b"x", at=AT)


def test_a_session_is_over_at_its_end_and_the_timekeeper_says_so():
    session = ask(valid_for=timedelta(minutes=5))
    made = prepare(session)
    over = AT + timedelta(minutes=5)

    with pytest.raises(SigningOver):
        services.complete(
            actor=actor("buyer1"), number=session.number, signature=signature_of("buyer1", made.attributes), at=over
        )
    assert services.expire_due(over - timedelta(seconds=1)) == 0
    assert services.expire_due(over) == 1
    assert services.expire_due(over) == 0
    assert opened(session.number).state == SigningState.EXPIRED


def test_when_whoever_asked_cannot_take_it_nothing_is_signed():
    session = ask(context={"fail": True})
    made = prepare(session)

    with pytest.raises(NotThisTime):
        services.complete(
            actor=actor("buyer1"), number=session.number, signature=signature_of("buyer1", made.attributes), at=AT
        )
    assert opened(session.number).state == SigningState.PREPARED
    assert types_of(session)[-1] == "SignaturePrepared"


def test_the_signer_may_decline_and_the_reason_stays_out_of_the_log():
    session = ask()
    back = services.decline(actor=actor("buyer1"), number=session.number, reason="价格有误", at=AT)

    assert back == "/deals/7/"
    assert opened(session.number).result == {"reason": "价格有误"}
    last = list(evidence.entries(opened(session.number).stream))[-1]
    assert last.type == "SignatureDeclined"
    assert "价格有误" not in last.payload.decode()


def test_whoever_asked_can_take_back_what_is_still_open():
    session, signed = ask(), ask()
    sign_as("buyer1", signed, at=AT)

    with transaction.atomic():
        assert services.withdraw(actor=actor("staff"), subject="deal:7", kind="test-paper", at=AT) == 1
    assert opened(session.number).state == SigningState.WITHDRAWN
    assert opened(signed.number).state == SigningState.SIGNED


def test_content_beyond_the_limit_is_refused():
    with pytest.raises(ContentTooLarge):
        ask(content=b"x" * (LARGEST_CONTENT_BYTES + 1))


def test_what_waits_is_listed_for_the_signer_alone():
    session = ask(by=actor("staff"))
    ask()  # its own, open in its own browser: no news

    assert [one.number for one in queries.waiting_for(actor("buyer1"), at=AT)] == [session.number]
    assert queries.waiting_for(actor("buyer2"), at=AT) == []
    assert queries.waiting_for(actor("buyer1"), at=AT + timedelta(hours=1)) == []
