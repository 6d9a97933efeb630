"""Signers of one paper come one after the other, under a lease; who may not sign, does not."""

from datetime import timedelta
from typing import Any

import pytest

from commons.domain.refusals import NotAllowedNow, NotFound, NotPermitted
from commons.domain.suites import Suite
from commons.domain.time import to_text
from signatures.crypto.answers import CertificateRevoked
from signatures.crypto.mixing import NationalAsked, SuitesMixed
from signatures.documents import queries, services
from signatures.documents.domain.papers import LEASE, Mode, PaperBusy, PaperMoved, PaperSignedAlready, PaperState
from signatures.signing import services as signing
from signatures.signing.domain.sessions import SignedAlready
from tests.cast import actor
from tests.integration.signatures.documents.story import (
    AT,
    SIDES,
    SIGNED,
    check,
    complete,
    drawn,
    newest,
    paper_of,
    prepared,
    sealed,
    sides,
    sign,
)
from tests.pki import authority, bound, holder
from tests.signing import ORIGIN, signature_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("drawn_without_templates")]


def test_one_signer_holds_the_paper_until_it_signs():
    ref = sealed()
    number, attributes = prepared(ref, "seller")
    with pytest.raises(PaperBusy) as busy:
        prepared(ref, "buyer")
    assert busy.value.fields == {"until": to_text(AT + LEASE)}
    complete(number, attributes, "seller")
    sign(ref, "buyer")
    assert paper_of(ref).state == PaperState.SIGNED


def test_two_that_ask_at_once_do_not_both_prepare():
    ref = sealed()
    for login in ("seller", "buyer1"):
        bound(login)
    sessions = [
        services.ask(actor=actor(SIDES[field]), paper_id=ref.id, field=field, return_url="/", at=AT) for field in SIDES
    ]
    made = []
    for session, login in zip(sessions, ("seller", "buyer1"), strict=True):
        try:
            certificate = holder(login).certificate
            signing.prepare(actor=actor(login), number=session.number, certificate=certificate, origin=ORIGIN, at=AT)
            made.append(login)
        except PaperBusy:
            continue
    assert made == ["seller"]


def test_a_lease_ends_and_what_was_prepared_under_it_counts_no_more():
    ref = sealed()
    number, attributes = prepared(ref, "seller")
    sign(ref, "buyer", at=AT + LEASE)
    with pytest.raises(PaperMoved):
        signing.complete(
            actor=actor("seller"), number=number, signature=signature_of("seller", attributes), at=AT + LEASE / 2
        )
    assert [part.field for part in SIGNED] == ["buyer"]
    assert check(newest(ref), AT + LEASE).holds


def test_who_has_signed_does_not_sign_again():
    ref = sealed()
    sign(ref, "seller")
    with pytest.raises(PaperSignedAlready):
        services.ask(actor=actor("seller"), paper_id=ref.id, field="seller", return_url="/", at=AT)


def test_only_the_side_signs_and_only_a_sealed_paper():
    ref = drawn()
    with pytest.raises(NotAllowedNow):
        services.ask(actor=actor("seller"), paper_id=ref.id, field="seller", return_url="/", at=AT)
    services.certify(paper_id=ref.id, at=AT)
    with pytest.raises(NotPermitted):
        services.ask(actor=actor("buyer2"), paper_id=ref.id, field="buyer", return_url="/", at=AT)
    with pytest.raises(NotFound):
        services.ask(actor=actor("seller"), paper_id=ref.id, field="nobody", return_url="/", at=AT)


def test_a_revoked_certificate_is_refused_before_anything_is_prepared():
    ref = sealed()
    bound("buyer1")
    session = services.ask(actor=actor("buyer1"), paper_id=ref.id, field="buyer", return_url="/", at=AT)
    authority().revoke("buyer1", at=AT - timedelta(hours=1))
    try:
        with pytest.raises(CertificateRevoked):
            signing.prepare(
                actor=actor("buyer1"),
                number=session.number,
                certificate=holder("buyer1").certificate,
                origin=ORIGIN,
                at=AT,
            )
    finally:
        authority().restore("buyer1")
    assert paper_of(ref).lease_until is None


@pytest.mark.parametrize("suite", list(Suite), ids=lambda suite: suite.value)
def test_a_paper_is_signed_with_the_suite_of_its_procedure_alone(suite):
    """The business documents of a national sale or tender are signed with SM2, those of others never."""
    ref = sealed(suite=suite)
    right, wrong = ("buyer1-sm", "buyer1") if suite is Suite.SM else ("buyer1", "buyer1-sm")
    for name in (right, wrong):
        bound(name)
    session = services.ask(actor=actor("buyer1"), paper_id=ref.id, field="buyer", return_url="/", at=AT)
    order: dict[str, Any] = {"actor": actor("buyer1"), "number": session.number, "origin": ORIGIN, "at": AT}

    with pytest.raises(NationalAsked if suite is Suite.SM else SuitesMixed):
        signing.prepare(certificate=holder(wrong).certificate, **order)
    made = signing.prepare(certificate=holder(right).certificate, **order)
    signature = signature_of(right, made.attributes)
    signing.complete(actor=actor("buyer1"), number=session.number, signature=signature, at=AT)

    assert check(newest(ref)).holds


def test_a_signature_by_another_key_is_not_stored():
    ref = sealed()
    number, attributes = prepared(ref, "seller")
    with pytest.raises(Exception, match="SIGNATURE_WRONG"):
        signing.complete(actor=actor("seller"), number=number, signature=signature_of("buyer2", attributes), at=AT)
    assert paper_of(ref).revision == 2


def test_a_withdrawn_paper_cannot_be_signed():
    ref = sealed(public=True)
    number, attributes = prepared(ref, "seller")
    services.withdraw(actor=actor("staff"), paper_id=ref.id, reason="price wrong", at=AT)
    with pytest.raises(Exception, match="SIGNING_DONE"):
        complete(number, attributes, "seller")
    assert check(newest(ref)).registration["state"] == "WITHDRAWN"


def test_what_waits_to_be_signed_beside_a_withdrawn_paper_is_taken_back():
    ref = drawn(sides(Mode.PARALLEL))
    number, attributes = prepared(ref, "seller")
    services.withdraw(actor=actor("staff"), paper_id=ref.id, reason="price wrong", at=AT)
    with pytest.raises(SignedAlready):
        complete(number, attributes, "seller")


def test_what_waits_is_listed_for_the_side():
    ref = sealed()
    assert [one.id for one in queries.waiting_for(actor("buyer1"))] == [ref.id]
    assert queries.waiting_for(actor("buyer2")) == []
