"""Proving a key to sign in or to bind: what counts, and every way in which it does not."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from commons.domain.refusals import Malformed, NotPermitted
from commons.domain.time import to_text
from commons.evidence.domain import canonical
from commons.evidence.models import EvidenceEntry
from signatures.crypto import cms
from signatures.crypto.answers import CertificateRevoked
from signatures.crypto.cms import SignatureWrong
from signatures.crypto.suites import Suite, provider_of
from signatures.pki import queries, services
from signatures.pki.domain.bindings import CertificateNamesAnother, CertificateNotBound, CertificateNotForThis, Kind
from signatures.pki.domain.statements import LIFETIME, Context, ProofForSomethingElse, ProofTooLate
from tests.cast import actor, organisation, person
from tests.pki import authority, bound, holder, install_trust

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
ORIGIN = "https://trade.example.cn"
SESSION = "a" * 32


def proof(name, nonce, *, key_of=None, context=Context.LOGIN, session=SESSION, origin=ORIGIN, at=NOW, **changes):
    """What an honest browser hands in; `changes` are members of the statement that it is made to alter."""
    who = holder(name)
    members = {
        "ctx": context.value,
        "origin": origin,
        "nonce": nonce,
        "session": session,
        "iat": to_text(at),
        "cert_sha256": hashlib.sha256(who.certificate).hexdigest(),
    }
    statement = canonical.encode({**members, **changes})
    attributes = cms.signed_attributes(digest=hashlib.sha256(statement).digest(), certificate=who.certificate)
    value = provider_of(Suite.INTERNATIONAL).sign(holder(key_of or name).key, attributes)
    return services.Proof(statement, who.certificate, who.chain, value)


def nonce(*, session=SESSION, context=Context.LOGIN, at=NOW):
    return services.challenge(session_ref=session, context=context, at=at).nonce


def sign_in(made, *, origin=ORIGIN, session=SESSION, at=NOW):
    return services.sign_in(proof=made, origin=origin, session_ref=session, at=at)


def test_who_holds_the_key_is_signed_in():
    bound("buyer1")
    found = sign_in(proof("buyer1", nonce()))
    assert found.person_id == person("buyer1").pk
    entry = EvidenceEntry.objects.filter(type="SignedInByCertificate").latest("pk")
    assert entry.stream == f"person:{person('buyer1').pk}"


def test_a_nonce_is_32_random_bytes_and_lives_two_minutes():
    first, second = services.challenge(session_ref="s", context=Context.LOGIN, at=NOW), nonce()
    assert len(first.nonce) == 43
    assert first.nonce != second
    assert first.expires_at - NOW == LIFETIME == timedelta(seconds=120)


def test_a_login_that_is_replayed_is_refused():
    bound("buyer1")
    made = proof("buyer1", nonce())
    sign_in(made)
    with pytest.raises(ProofTooLate):
        sign_in(made)


def test_a_try_that_failed_has_used_its_nonce():
    bound("buyer1")
    one = nonce()
    with pytest.raises(SignatureWrong):
        sign_in(proof("buyer1", one, key_of="buyer2"))
    with pytest.raises(ProofTooLate):
        sign_in(proof("buyer1", one))


def test_a_login_of_another_browser_is_refused():
    bound("buyer1")
    one = nonce()
    with pytest.raises(ProofForSomethingElse):
        sign_in(proof("buyer1", one), session="b" * 32)
    with pytest.raises(ProofTooLate):  # the statement names the thief's session, the nonce was the victim's
        sign_in(proof("buyer1", one, session="b" * 32), session="b" * 32)


def test_a_login_made_on_another_page_is_refused():
    bound("buyer1")
    with pytest.raises(ProofForSomethingElse):
        sign_in(proof("buyer1", nonce(), origin="https://trade.example.cn.evil.example"))


def test_a_statement_for_another_purpose_is_no_login():
    bound("buyer1")
    made = proof("buyer1", nonce(), context=Context.BIND, organisation="1", kind="PERSONAL")
    with pytest.raises(ProofForSomethingElse):
        sign_in(made)
    with pytest.raises(ProofForSomethingElse):
        sign_in(proof("buyer1", nonce(), ctx="sign/v1"))


def test_a_nonce_for_binding_is_none_for_a_login():
    bound("buyer1")
    with pytest.raises(ProofTooLate):
        sign_in(proof("buyer1", nonce(context=Context.BIND)))


def test_after_two_minutes_it_is_too_late():
    bound("buyer1")
    made = proof("buyer1", nonce())
    with pytest.raises(ProofTooLate):
        sign_in(made, at=NOW + LIFETIME)


def test_a_nonce_that_nobody_gave_is_refused():
    bound("buyer1")
    with pytest.raises(ProofTooLate):
        sign_in(proof("buyer1", "A" * 43))


def test_a_clock_that_is_a_day_off_is_refused():
    bound("buyer1")
    with pytest.raises(ProofTooLate):
        sign_in(proof("buyer1", nonce(), iat=to_text(NOW - timedelta(days=1))))


def test_the_key_of_a_namesake_signs_nobody_in():
    bound("buyer1")
    with pytest.raises(SignatureWrong):
        sign_in(proof("buyer1", nonce(), key_of="buyer1-other-key"))
    with pytest.raises(CertificateNotBound):
        sign_in(proof("buyer1-other-key", nonce()))


def test_a_certificate_other_than_the_one_in_the_statement_is_refused():
    bound("buyer1")
    made = proof("buyer1", nonce())
    with pytest.raises(ProofForSomethingElse):
        sign_in(replace(made, certificate=holder("buyer2").certificate))


def test_a_seal_signs_nobody_in():
    bound("seal-jinma", login="buyer1")
    with pytest.raises(CertificateNotForThis):
        sign_in(proof("seal-jinma", nonce()))


def test_a_certificate_revoked_since_signs_nobody_in():
    bound("buyer1")
    authority().revoke("buyer1", at=NOW - timedelta(minutes=1))
    try:
        with pytest.raises(CertificateRevoked):
            sign_in(proof("buyer1", nonce()))
    finally:
        authority().restore("buyer1")


@pytest.mark.parametrize(
    "statement",
    [b"", b"{}", b"[]", b'{"ctx":"login/v1"}', b"\xff", b'{ "ctx":"login/v1" }', b'{"ctx":1}', b"x" * 5000],
)
def test_a_statement_of_another_form_is_refused(statement):
    bound("buyer1")
    with pytest.raises((Malformed, ProofForSomethingElse)):
        sign_in(replace(proof("buyer1", nonce()), statement=statement))


def test_a_statement_with_a_member_too_many_is_refused():
    bound("buyer1")
    with pytest.raises(Malformed):
        sign_in(proof("buyer1", nonce(), amount="1000000.00"))


class TestBinding:
    def made(self, name, *, login="buyer1", kind=Kind.PERSONAL, organisation_key="jinma", **changes):
        acting = actor(login)
        return proof(
            name,
            nonce(session=acting.session_ref, context=Context.BIND),
            context=Context.BIND,
            session=acting.session_ref,
            organisation=str(organisation(organisation_key).pk),
            kind=kind.value,
            **changes,
        )

    def test_who_proves_the_key_binds_the_certificate(self):
        install_trust()
        found = services.bind_own(actor=actor("buyer1"), proof=self.made("buyer1"), origin=ORIGIN, at=NOW)
        assert queries.certificates_of(person("buyer1").pk) == (found,)
        assert found.chain == holder("buyer1").chain

    def test_who_has_only_the_certificate_does_not(self):
        install_trust()
        with pytest.raises(SignatureWrong):
            services.bind_own(actor=actor("buyer1"), proof=self.made("buyer1", key_of="buyer2"), origin=ORIGIN, at=NOW)

    def test_a_seal_is_bound_by_who_acts_for_the_organisation(self):
        install_trust()
        made = self.made("seal-jinma", kind=Kind.SEAL)
        assert services.bind_own(actor=actor("buyer1"), proof=made, origin=ORIGIN, at=NOW).kind == Kind.SEAL

    def test_the_seal_of_another_organisation_is_not(self):
        install_trust()
        made = self.made("seal-lanshi", kind=Kind.SEAL)
        with pytest.raises(CertificateNamesAnother):
            services.bind_own(actor=actor("buyer1"), proof=made, origin=ORIGIN, at=NOW)

    def test_a_statement_for_another_organisation_is_refused(self):
        install_trust()
        made = self.made("buyer1", organisation_key="lanshi")
        with pytest.raises(ProofForSomethingElse):
            services.bind_own(actor=actor("buyer1"), proof=made, origin=ORIGIN, at=NOW)

    def test_who_is_not_signed_in_binds_nothing(self):
        from commons.domain.actor import ANONYMOUS

        with pytest.raises(NotPermitted):
            services.bind_own(actor=ANONYMOUS, proof=self.made("buyer1"), origin=ORIGIN, at=NOW)


def test_nonces_that_are_long_over_are_forgotten():
    nonce(at=NOW - timedelta(days=2))
    nonce()
    assert services.forget_challenges(NOW) == 1


def test_what_the_holder_signs_is_prepared_only_for_the_right_statement():
    bound("buyer1")
    who, made = holder("buyer1"), proof("buyer1", nonce())
    prepare = partial(
        services.prepare_proof, certificate=who.certificate, context=Context.LOGIN, session_ref=SESSION, at=NOW
    )
    assert prepare(statement=made.statement, origin=ORIGIN)
    with pytest.raises(ProofForSomethingElse):
        prepare(statement=made.statement, origin="http://localhost")
