"""The pages of certificates: sign in with one, see and bind one's own, the centre's lists."""

import hashlib
import json
from base64 import b64decode, b64encode
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from commons.approvals import services as approvals
from commons.approvals.models import Approval
from commons.domain.time import to_text
from commons.evidence.domain import canonical
from commons.inbox import queries as inbox
from commons.inbox.models import InboxMessage
from commons.people import announcements
from signatures.crypto.answers import CertificateRevoked
from signatures.crypto.certificates import facts_of
from signatures.crypto.suites import Suite, provider_of
from signatures.documents.services import warn_of_seal
from signatures.documents.services.sealing import platform_seal
from signatures.documents.services.watching import SEAL_EXPIRED, SEAL_EXPIRES
from signatures.pki import queries, services
from signatures.pki.models import CertificateAuthority, CertificateBinding
from signatures.pki.services import revoking
from signatures.pki.services.watching import AUTHORITY_EXPIRED, AUTHORITY_EXPIRES, EXPIRED, EXPIRES
from tests.cast import actor, organisation, person
from tests.pki import authority, bound, holder, install_trust

pytestmark = pytest.mark.django_db


@contextmanager
def revoked(name):
    """While its authority calls the certificate of `name` revoked."""
    authority().revoke(name, at=timezone.now() - timedelta(minutes=1))
    try:
        yield
    finally:
        authority().restore(name)


@pytest.fixture(autouse=True)
def _rounds_of_their_own():
    revoking._last.clear()


def browser(login=""):
    client = Client(headers={"accept-language": "en", "accept": "application/json"})
    if login:
        client.force_login(person(login), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def post(client, name, body):
    return client.post(reverse(f"pki:{name}"), json.dumps(body), content_type="application/json")


def prove(client, name, *, prefix="login", key_of="", context="login/v1", origin="http://testserver", **members):
    """What the script of the page does, with a key of the test's authority."""
    who = holder(name)
    challenge = post(client, f"{prefix}_challenge", {}).json()
    statement = canonical.encode(
        {
            "ctx": context,
            "origin": origin,
            "nonce": challenge["nonce"],
            "session": challenge["session"],
            "iat": to_text(timezone.now()),
            "cert_sha256": hashlib.sha256(who.certificate).hexdigest(),
            **members,
        }
    )
    asked = {"statement": b64encode(statement).decode(), "certificate": b64encode(who.certificate).decode()}
    prepared = post(client, f"{prefix}_prepare", asked)
    if prepared.status_code != 200:
        return prepared
    attributes = b64decode(prepared.json()["attributes"])
    value = provider_of(Suite.INTERNATIONAL).sign(holder(key_of or name).key, attributes)
    chain = [b64encode(one).decode() for one in who.chain]
    return post(client, f"{prefix}_complete", {**asked, "chain": chain, "signature": b64encode(value).decode()})


class TestSigningIn:
    def test_a_bound_certificate_signs_in_at_level_four(self):
        bound("buyer1")
        client = browser()
        assert client.get(reverse("pki:login")).status_code == 200
        answer = prove(client, "buyer1")
        assert answer.status_code == 200, answer.content
        page = client.get(reverse("people:account"))
        assert "L4" in page.content.decode()
        assert page.wsgi_request.actor.assurance == 4
        assert page.wsgi_request.actor.organisation_id == organisation("jinma").pk

    def test_a_password_session_of_the_same_person_is_no_level_four(self):
        bound("buyer1")
        page = browser("buyer1").get(reverse("people:account"))
        assert page.wsgi_request.actor.assurance < 4

    def test_the_session_gets_a_new_key(self):
        bound("buyer1")
        client = browser()
        post(client, "login_challenge", {})
        before = client.session.session_key
        assert prove(client, "buyer1").status_code == 200
        assert client.session.session_key != before

    def test_another_origin_is_refused(self):
        bound("buyer1")
        answer = prove(browser(), "buyer1", origin="http://evil.example")
        assert answer.json()["code"] == "PROOF_FOR_SOMETHING_ELSE"

    def test_another_key_is_refused_and_nobody_is_signed_in(self):
        bound("buyer1")
        client = browser()
        assert prove(client, "buyer1", key_of="buyer2").json()["code"] == "SIGNATURE_WRONG"
        assert not client.get(reverse("pki:login")).wsgi_request.user.is_authenticated

    def test_a_certificate_that_nobody_bound_is_refused(self):
        install_trust()
        assert prove(browser(), "buyer1").json()["code"] == "CERT_NOT_BOUND"

    def test_a_person_who_is_locked_out_is_refused(self):
        bound("buyer1")
        person("buyer1").__class__.objects.filter(pk=person("buyer1").pk).update(is_active=False)
        assert prove(browser(), "buyer1").status_code == 403

    def test_who_is_signed_in_goes_on(self):
        answer = browser("buyer1").get(reverse("pki:login") + "?next=/inbox/")
        assert answer.headers["Location"] == "/inbox/"
        answer = browser("buyer1").get(reverse("pki:login") + "?next=https://evil.example/")
        assert answer.headers["Location"] == "/workspace/"

    @pytest.mark.parametrize(
        "body", [{}, {"statement": "!", "certificate": ""}, {"statement": "", "certificate": "", "x": 1}]
    )
    def test_junk_is_refused_politely(self, body):
        assert post(browser(), "login_prepare", body).status_code == 400
        assert post(browser(), "login_complete", body).status_code == 400

    def test_the_page_may_speak_with_the_agent_and_nothing_else(self):
        policy = browser().get(reverse("pki:login")).headers["Content-Security-Policy"]
        assert "ws://127.0.0.1" in policy
        assert "unsafe" not in policy


class TestOwnCertificates:
    def members(self, login="buyer1", kind="PERSONAL", key="jinma"):
        return {"organisation": str(organisation(key).pk), "kind": kind}

    def test_binding_shows_the_certificate(self):
        install_trust()
        client = browser("buyer1")
        assert "No certificate is bound" in client.get(reverse("pki:own")).content.decode()
        answer = prove(client, "buyer1", prefix="bind", context="bind/v1", **self.members())
        assert answer.status_code == 200, answer.content
        page = client.get(reverse("pki:own")).content.decode()
        assert "梁一" in page
        assert "In use" in page

    def test_unbinding(self):
        bound("buyer1")
        client = browser("buyer1")
        [one] = queries.certificates_of(person("buyer1").pk)
        client.post(reverse("pki:unbind", args=[one.id]))
        assert queries.certificates_of(person("buyer1").pk) == ()
        assert "Unbound" in client.get(reverse("pki:own")).content.decode()

    def test_unbinding_ends_the_sessions_that_began_with_the_certificate_and_no_others(self):
        bound("buyer1")
        by_certificate, by_password = browser(), browser("buyer1")
        assert prove(by_certificate, "buyer1").status_code == 200
        assert by_certificate.get(reverse("pki:own")).status_code == 200
        [one] = queries.certificates_of(person("buyer1").pk)

        by_password.post(reverse("pki:unbind", args=[one.id]))

        assert not by_certificate.get(reverse("home")).wsgi_request.user.is_authenticated
        assert by_password.get(reverse("pki:own")).status_code == 200

    def test_a_revocation_ends_the_sessions_that_began_with_the_certificate_and_no_others(self, monkeypatch):
        bound("buyer1")
        by_certificate, other, by_password = browser(), browser(), browser("buyer1")
        bound("buyer2")
        assert prove(by_certificate, "buyer1").status_code == prove(other, "buyer2").status_code == 200
        told: list[announcements.SessionsEnded] = []
        stop = announcements.subscribe(told.append)
        assert services.watch_revocation(timezone.now()) == 0

        revoking._last.clear()
        with revoked("buyer1"), TestCase.captureOnCommitCallbacks(execute=True):
            ended = services.watch_revocation(timezone.now())
        stop()

        assert ended == 1
        assert [(one.person_id, one.reason) for one in told] == [(person("buyer1").pk, "CERTIFICATE_REVOKED")]
        assert not by_certificate.get(reverse("home")).wsgi_request.user.is_authenticated
        assert by_password.get(reverse("pki:own")).status_code == 200
        assert other.get(reverse("pki:own")).status_code == 200
        assert "revoked the certificate of 梁一" in by_password.get("/inbox/").content.decode()

    def test_a_revocation_that_shows_when_somebody_signs_ends_the_sessions_too(self):
        bound("buyer1")
        by_certificate = browser()
        assert prove(by_certificate, "buyer1").status_code == 200
        one = services.active_certificate(
            person_id=person("buyer1").pk, organisation_id=organisation("jinma").pk, at=timezone.now()
        )
        assert one is not None

        with revoked("buyer1"), pytest.raises(CertificateRevoked):
            services.require_usable(bound=one, at=timezone.now())

        assert not by_certificate.get(reverse("home")).wsgi_request.user.is_authenticated

    def test_who_unbinds_the_certificate_of_its_own_session_is_signed_out(self):
        bound("buyer1")
        client = browser()
        assert prove(client, "buyer1").status_code == 200
        [one] = queries.certificates_of(person("buyer1").pk)

        assert client.post(reverse("pki:unbind", args=[one.id])).status_code == 302
        assert not client.get(reverse("home")).wsgi_request.user.is_authenticated

    def test_nobody_unbinds_for_others(self):
        bound("buyer1")
        [one] = queries.certificates_of(person("buyer1").pk)
        assert browser("buyer2").post(reverse("pki:unbind", args=[one.id])).status_code == 403

    def test_the_seal_of_ones_organisation_is_shown(self):
        bound("seal-jinma", login="buyer1")
        assert "Seals of my organisation" in browser("buyer1").get(reverse("pki:own")).content.decode()


class TestOverseeing:
    def test_staff_see_every_binding_and_find_one_by_name(self):
        bound("buyer1")
        bound("buyer2")
        page = browser("staff").get(reverse("pki:bindings") + "?q=何二").content.decode()
        assert "何二" in page
        assert "梁一" not in page
        csv = browser("staff").get(reverse("pki:bindings") + "?format=csv")
        assert "梁一" in b"".join(csv.streaming_content).decode()

    def test_bidders_do_not(self):
        assert browser("buyer1").get(reverse("pki:bindings")).status_code == 403
        assert browser("buyer1").get(reverse("pki:trust_list")).status_code == 403

    def test_an_authority_is_suspended_at_once_and_trusted_again_by_two(self):
        bound("buyer1")
        client = browser("staff")
        assert "岭南电子认证" in client.get(reverse("pki:trust_list")).content.decode()
        client.post(reverse("pki:suspend_authority", args=["lingnan"]), {"reason": "key doubtful"})
        assert prove(browser(), "buyer1").json()["code"] == "CERT_AUTHORITY_NOT_TRUSTED"
        client.post(reverse("pki:resume_authority", args=["lingnan"]), {"reason": "cleared"})
        approval = Approval.objects.latest("pk")
        approvals.approve(actor=actor("staff2"), approval_id=approval.pk, at=timezone.now())
        assert "as approved" in client.get(reverse("pki:trust_list")).content.decode()
        client.post(reverse("pki:resume_authority", args=["lingnan"]), {"approval": str(approval.pk)})
        assert prove(browser(), "buyer1").status_code == 200

    def test_a_reason_is_needed(self):
        install_trust()
        assert browser("staff").post(reverse("pki:suspend_authority", args=["lingnan"]), {}).status_code == 400

    def test_overseers_look_and_change_nothing(self):
        install_trust()
        client = browser("regulator")
        assert client.get(reverse("pki:trust_list")).status_code == 200
        assert client.post(reverse("pki:suspend_authority", args=["lingnan"]), {"reason": "x"}).status_code == 403


class TestExpiry:
    def test_holders_are_told_once_at_each_mark(self):
        bound("buyer1")
        row = CertificateBinding.objects.get()
        from datetime import timedelta

        for days in (40, 29, 28, 6, 1, -1, -2):
            services.warn_of_expiry(row.not_after - timedelta(days=days))
        told = InboxMessage.objects.filter(person_id=row.person_id).order_by("id")
        assert [one.subject_msgid for one in told if one.link == "/certificates/"] == [
            EXPIRES,
            EXPIRES,
            EXPIRES,
            EXPIRED,
        ]

    def test_a_seal_is_told_to_the_organisation(self):
        bound("seal-jinma", login="buyer1")
        row = CertificateBinding.objects.get()
        services.warn_of_expiry(row.not_after)
        told = inbox.rows(actor("buyer1")).filter(person__isnull=True)
        assert "/certificates/" in [one.link for one in told]

    def test_operators_are_told_of_the_authorities_and_of_the_platforms_seal(self):
        install_trust()
        actor("staff")  # is there
        root = facts_of(bytes(CertificateAuthority.objects.get(key="lingnan").root))
        for days in (31, 30, 29, 7, -1):
            services.warn_of_authorities(root.not_after - timedelta(days=days))
        assert told_operators(root.common_name) == [AUTHORITY_EXPIRES] * 2 + [AUTHORITY_EXPIRED]

        seal = facts_of(platform_seal().certificate)
        for days in (40, 20, 19, 1, -1):
            warn_of_seal(seal.not_after - timedelta(days=days))
        assert told_operators(seal.common_name) == [SEAL_EXPIRES] * 2 + [SEAL_EXPIRED]

    def test_a_platform_without_a_seal_is_warned_of_nothing(self, settings, tmp_path):
        settings.PLATFORM_KEYS_DIR = tmp_path
        settings.HOOKS = {name: path for name, path in settings.HOOKS.items() if name != "platform_seal"}
        assert warn_of_seal(timezone.now()) == 0


def told_operators(name):
    told = InboxMessage.objects.filter(person_id=person("staff").pk).order_by("id")
    return [one.subject_msgid for one in told if one.link == "/trust-list/" and one.fields["name"] == name]
