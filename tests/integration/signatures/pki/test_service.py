"""The authority over HTTP, and the resolver that asks it: allow-listed, cached, hard-fail."""

import http.client
import json
import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from asn1crypto import x509
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from commons.domain.actor import system_actor
from portal.demo.authority.city import load
from portal.demo.authority.holders import bind_issued, give, issue_for, trust
from portal.demo.authority.refusing import ForbiddenInProduction, refuse_in_production
from portal.demo.authority.service import serving
from signatures.crypto import transport
from signatures.crypto.answers import Revocation, RevocationNotProven
from signatures.crypto.authorities import Purpose
from signatures.crypto.timestamps import verify
from signatures.pki import queries, resolver, services
from signatures.pki.domain.bindings import Kind
from tests.cast import person

pytestmark = pytest.mark.django_db
OVER_HTTP = {
    "revocation": "signatures.pki.resolver.AllowListedResolver",
    "time_stamps": "signatures.pki.stamping.ConfiguredStamper",
}


@pytest.fixture
def city(tmp_path, monkeypatch):
    """An authority in a folder, answering on this machine, trusted; the resolver asks it over HTTP.

    It remembers in a cache of this test alone: on Redis, emptying the cache would empty that of every other process.
    """
    monkeypatch.setattr(resolver, "TIMEOUT_S", 60.0)  # a machine at its limit is no authority that is away
    memory = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}}
    settings = override_settings(HOOKS=OVER_HTTP, DATA_DIR=tmp_path, CACHES=memory)
    with settings, serving(load(tmp_path / "authority")) as server:
        trust(server.authority, server.url, at=timezone.now())
        yield server


def status(who, purpose=Purpose.SIGN):
    return services.status_of(certificate=who.certificate, intermediates=who.chain, purpose=purpose, at=timezone.now())


def test_a_certificate_is_checked_over_http(city):
    found = status(city.authority.holder("buyer1"))
    assert found.usable, found.refusal
    assert found.proof.ocsps


def test_a_revocation_while_it_runs_is_noticed_when_the_memory_is_over(city, monkeypatch):
    who = city.authority.holder("buyer1")
    assert status(who).usable
    load(city.authority.folder).revoke("buyer1", at=timezone.now() - timedelta(seconds=5))  # as the command does
    assert status(who).usable  # the answer is remembered for a minute
    monkeypatch.setattr(resolver, "LONGEST_MEMORY", timedelta())
    assert status(who).revocation == Revocation.REVOKED


def test_a_list_that_speaks_of_a_person_is_fetched_again_after_a_minute(city, monkeypatch):
    document = city.authority.trust_list(city.url)
    for entry in document["authorities"]:
        entry["ocsp"] = []
    services.load_trust_list(actor=system_actor("test"), document=document, at=timezone.now())
    who, fetched, fetch = city.authority.holder("buyer1"), [], transport.get
    assert status(who).usable

    def noted(url, **bounds):
        fetched.append(url)
        return fetch(url, **bounds)

    monkeypatch.setattr(transport, "get", noted)
    assert status(who).usable
    assert fetched == []

    monkeypatch.setattr(resolver, "LONGEST_MEMORY", timedelta())

    assert status(who).usable
    assert len(fetched) == len(set(fetched)) > 0, "once for the person, not again for the authority above"


def test_when_nobody_answers_a_good_certificate_is_refused(city):
    who = city.authority.holder("buyer1")
    city.shutdown()
    city.server_close()
    assert status(who).refusal.code == "CERT_REVOCATION_UNKNOWN"


def test_without_ocsp_the_lists_answer(city):
    document = city.authority.trust_list(city.url)
    for entry in document["authorities"]:
        entry["ocsp"] = []
    services.load_trust_list(actor=system_actor("test"), document=document, at=timezone.now())
    assert status(city.authority.holder("buyer1")).usable
    assert status(city.authority.holder("revoked")).revocation == Revocation.REVOKED


def test_addresses_in_certificates_are_never_asked(city, monkeypatch):
    """The certificates name pki.luochui.example; only the addresses of the trust list are opened."""
    asked = []
    real = http.client.HTTPConnection.connect

    def connect(self):
        asked.append((self.host, self.port))
        return real(self)

    monkeypatch.setattr(http.client.HTTPConnection, "connect", connect)
    assert b"pki.luochui.example" in city.authority.holder("buyer1").certificate
    assert status(city.authority.holder("buyer1")).usable
    assert set(asked) == {("127.0.0.1", city.server_address[1])}


def test_an_answer_is_remembered(city, monkeypatch):
    who = city.authority.holder("buyer1")
    assert status(who).usable
    monkeypatch.setattr(transport, "post", None)
    monkeypatch.setattr(transport, "get", None)
    assert status(who).usable


def test_time_stamps_fail_over(city):
    digest = bytes(32)
    document = city.authority.trust_list(city.url)
    services_in_turn = [
        "http://127.0.0.1:9/tsa",
        *(f"{city.url}/tsa/{name}" for name in ("nobody", "rogue-tsa", "tsa2")),
    ]
    document["time_stamps"] = services_in_turn
    services.load_trust_list(actor=system_actor("test"), document=document, at=timezone.now())
    token = services.stamper().stamp(digest, at=timezone.now())
    found = verify(
        token,
        digest=digest,
        at=timezone.now(),
        trust=queries.trust_store(),
        revocation=services.revocation_source(),
    )
    assert found.valid


class Hostile(BaseHTTPRequestHandler):
    """Redirects, floods, and answers nonsense."""

    def do_GET(self):
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 2_000_000 if self.path == "/flood" else b"nonsense")

    do_POST = do_GET  # noqa: N815  # the library's name

    def log_message(self, *args):
        pass


@pytest.fixture
def hostile():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["/redirect", "/flood", "/nonsense"])
def test_hostile_answers_prove_nothing(city, hostile, path):
    document = city.authority.trust_list(city.url)
    for entry in document["authorities"]:
        entry["ocsp"], entry["crl"] = [hostile + path], [hostile + path]
    services.load_trust_list(actor=system_actor("test"), document=document, at=timezone.now())
    assert status(city.authority.holder("buyer1")).revocation == Revocation.UNKNOWN


def test_redirects_are_not_followed_and_floods_are_cut(hostile):
    for path in ("/redirect", "/flood"):
        with pytest.raises(transport.Unreachable):
            transport.get(hostile + path, timeout_s=2, largest=1_000_000)
    with pytest.raises(transport.Unreachable):
        transport.get("file:///etc/passwd", timeout_s=2, largest=10)


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "/", None, 404),
        ("GET", "/crl/nobody.crl", None, 404),
        ("POST", "/ocsp/nobody", b"", 404),
        ("POST", "/tsa/tsa1", b"junk", 400),
        ("POST", "/tsa/tsa1", b"x" * 20_000, 413),
        ("GET", "/ca/nobody.crt", None, 404),
    ],
)
def test_the_service_refuses_what_it_does_not_know(city, method, path, body, code):
    connection = http.client.HTTPConnection("127.0.0.1", city.server_address[1], timeout=5)
    connection.request(method, path, body=body)
    assert connection.getresponse().status == code
    connection.close()


def test_the_certificate_of_an_authority_is_served(city):
    with urllib.request.urlopen(f"{city.url}/ca/lingnan-root.crt", timeout=5) as answer:
        assert answer.read() == city.authority.certificate("lingnan-root")


def test_certificates_stay_the_same_from_one_start_to_the_next(city):
    first = city.authority.holder("buyer1")
    again = load(city.authority.folder).holder("buyer1")
    assert first == again


def test_a_login_gets_a_certificate_and_a_file(city):
    person("buyer1")
    file = give(city.authority, "buyer1", "buyer1", Kind.PERSONAL, at=timezone.now())
    from cryptography.hazmat.primitives.serialization import pkcs12

    opened = pkcs12.load_pkcs12(file.read_bytes(), b"luochui-demo")
    assert opened.cert is not None
    assert opened.cert.certificate.subject.rfc4514_string()
    assert len(opened.additional_certs) == 1
    assert file.stat().st_mode & 0o077 == 0


def test_a_new_certificate_is_issued_at_run_time_and_renews_the_bound_one(city, capsys):
    person("buyer1")
    call_command("issue_certificate", "buyer1", "--bind", "--days", "10", "--password", "secret")
    name, _, path = capsys.readouterr().out.strip().partition(": ")
    assert name == "buyer1-2"  # the first one is declared for every login
    [bound] = queries.certificates_of(person("buyer1").pk)
    assert bound.fingerprint == x509.Certificate.load(city.authority.holder(name).certificate).sha256.hex()
    assert path.endswith("p12/buyer1-2.p12")
    call_command("revoke_certificate", name)
    cache.clear()
    with pytest.raises(Exception, match="CERT_REVOKED"):
        services.require_usable(bound=bound, at=timezone.now() + timedelta(seconds=1))


@pytest.mark.parametrize(("slow", "bound"), [(2, True), (3, False)])
def test_the_demo_city_has_patience_with_its_own_authority(city, monkeypatch, slow, bound):
    person("buyer1")
    who = city.authority.holder("buyer1")
    ask, asked = services.bind, []

    def busy(**fields):
        asked.append(fields)
        if len(asked) <= slow:
            raise RevocationNotProven()
        return ask(**fields)

    monkeypatch.setattr(services, "bind", busy)
    if bound:
        bind_issued(who, "buyer1", Kind.PERSONAL, at=timezone.now())
    else:
        with pytest.raises(RevocationNotProven):
            bind_issued(who, "buyer1", Kind.PERSONAL, at=timezone.now())

    assert bool(queries.certificates_of(person("buyer1").pk)) is bound


def test_commands_say_what_is_wrong(city):
    with pytest.raises(CommandError, match="nobody signs in"):
        call_command("issue_certificate", "nobody")
    with pytest.raises(CommandError, match="no certificate"):
        call_command("revoke_certificate", "nobody")


@pytest.mark.parametrize(
    ("command", "arguments"),
    [("authority", ()), ("issue_certificate", ("buyer1",)), ("revoke_certificate", ("buyer1",))],
)
def test_production_refuses_the_embedded_authority(command, arguments):
    with override_settings(PRODUCTION=True):
        with pytest.raises(ForbiddenInProduction):
            refuse_in_production()
        with pytest.raises(CommandError, match="never started in production"):
            call_command(command, *arguments)


class TestTrustList:
    def test_the_command_loads_a_file(self, city, tmp_path, capsys):
        file = tmp_path / "list.json"
        file.write_text(json.dumps(city.authority.trust_list("http://127.0.0.1:1")), encoding="utf-8")
        call_command("trust_list", str(file))
        assert "lingnan" in capsys.readouterr().out
        assert {one.key for one in queries.trust_store().authorities} == {"lingnan", "zhujiang", "time", "national"}

    @pytest.mark.parametrize(
        "content",
        ["", "[]", "{}", '{"authorities": [{"key": "A B"}]}', '{"authorities": [{"key": "a", "purposes": ["FLY"]}]}',
         '{"authorities": [{"key": "a", "purposes": ["SIGN"], "root": "x"}]}', '{"authorities": [], "time_stamps": ["ftp://x"]}'],
    )  # fmt: skip
    def test_a_bad_file_changes_nothing(self, city, tmp_path, content):
        file = tmp_path / "list.json"
        file.write_text(content, encoding="utf-8")
        before = queries.trust_store()
        with pytest.raises(CommandError):
            call_command("trust_list", str(file))
        assert queries.trust_store() == before

    def test_an_authority_that_leaves_the_list_is_no_longer_trusted(self, city):
        document = city.authority.trust_list(city.url)
        document["authorities"] = [one for one in document["authorities"] if one["key"] != "zhujiang"]
        services.load_trust_list(actor=system_actor("test"), document=document, at=timezone.now())
        assert status(city.authority.holder("buyer2")).refusal.code == "CERT_AUTHORITY_NOT_TRUSTED"
        assert status(city.authority.holder("buyer1")).usable

    def test_a_profile_of_an_authority_changes_what_its_certificates_must_say(self, city):
        document = city.authority.trust_list(city.url)
        document["authorities"][0]["profile"] = {"SIGN": {"all_of": ["data_encipherment"]}}
        services.load_trust_list(actor=system_actor("test"), document=document, at=timezone.now())
        assert status(city.authority.holder("buyer1")).refusal.code == "CERT_WRONG_USAGE"

    def test_a_holders_certificate_is_no_root(self, city):
        document = city.authority.trust_list(city.url)
        from portal.demo.authority.city import _pem

        document["authorities"][0]["root"] = _pem(city.authority.holder("buyer1").certificate)
        with pytest.raises(Exception, match="TRUST_LIST_UNREADABLE"):
            services.load_trust_list(actor=system_actor("test"), document=document, at=timezone.now())


def test_a_second_certificate_of_a_login_gets_a_number(city):
    person("staff")
    at = datetime(2026, 11, 26, tzinfo=UTC)
    issue = partial(issue_for, city.authority, "staff", password="x", kind=Kind.PERSONAL)
    names = [issue(valid_from=at, valid_to=at + timedelta(days=1))[0].name for _ in range(2)]
    assert names == ["staff-2", "staff-3"]
