"""An issuer's own system over HTTP: what it is told, what it may send, and what is refused."""

import base64
import json
import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from commons import signed_requests
from commons.domain.money import Money
from commons.domain.refusals import NotFound, NotPermitted
from commons.outbox.services import deliver_due
from commons.signed_requests import RequestNotSigned
from portal.demo.cast import CLERK
from signatures.documents.domain.seals import personal_signature
from signatures.guarantees import queries, services
from signatures.guarantees.domain.states import GuaranteeState
from signatures.guarantees.domain.terms import ClaimGround, GuaranteeData, GuaranteeKind, IssuerKind, Party
from signatures.guarantees.models import Guarantee
from tests import papers
from tests.cast import LONG_AGO, actor, organisation
from tests.integration.signatures.guarantees import story
from tests.pki import install_trust, sign

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = b"agreed-with-the-guarantee-company-0001"


class Received(BaseHTTPRequestHandler):
    """The issuer's system: keeps what it is told when the signature is right."""

    told: list[tuple[str, dict[str, Any]]] = []

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            head = signed_requests.read(dict(self.headers), at=timezone.now())
            signed_requests.require(head, secret=SECRET, method="PUT", target=self.path, body=body)
        except RequestNotSigned:
            self.send_response(401)
        else:
            self.told.append((self.path, json.loads(body)))
            self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def issuer(settings, tmp_path):
    settings.PLATFORM_KEYS_DIR = tmp_path
    settings.PLATFORM_KEYS_MAY_BE_MADE = True
    (tmp_path / "issuers").mkdir()
    (tmp_path / "issuers" / "guarantor.secret").write_bytes(SECRET)
    server = HTTPServer(("127.0.0.1", 0), Received)
    Received.told = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    install_trust()
    facts = services.IssuerFacts(
        IssuerKind.GUARANTEE_COMPANY,
        "粤担0007",
        Decimal("0.015"),
        Decimal("80.00"),
        channel="HTTP",
        endpoint=f"http://127.0.0.1:{server.server_port}/luochui",
        key_name="guarantor",
    )
    yield services.list_issuer(
        actor=CLERK, organisation_id=organisation("guarantor").pk, facts=facts, decision_no="1", at=LONG_AGO
    )
    server.shutdown()
    thread.join()
    server.server_close()


def send(path: str, value: dict[str, str], *, secret: bytes = SECRET, nonce: str = "", sent: bytes | None = None):
    """What the platform answers to the issuer; `sent` goes in the place of what was signed."""
    body = json.dumps(value).encode()
    at = timezone.now()
    headers = signed_requests.headers(
        key="guarantor",
        secret=secret,
        method="POST",
        target=path,
        body=body,
        at=at,
        nonce=nonce or f"{at.timestamp():.9f}0000",
    )
    return Client().post(path, body if sent is None else sent, content_type="application/json", headers=headers)


def asked(issuer: int) -> tuple[str, dict[str, Any]]:
    """An application as the issuer got it."""
    now = timezone.now()
    what = replace(story.what(), deadline=now + timedelta(days=2))
    ref = services.apply(actor=actor("buyer1"), issuer_id=issuer, what=what, kind=GuaranteeKind.INDEPENDENT, at=now)
    deliver_due(timezone.now())
    ((path, body),) = Received.told
    assert path == f"/luochui/guarantees/applications/{ref}"
    return ref, body


def guarantee_for(told: dict[str, Any], **changes: Any) -> bytes:
    own = organisation("guarantor")
    data = GuaranteeData(
        number="HZ-7",
        issuer=Party(own.uscc, own.name),
        issuer_kind=IssuerKind.GUARANTEE_COMPANY,
        applicant=Party(**told["applicant"]),
        procedure_commitment=told["procedure"],
        amount=Money(Decimal(told["amount"])),
        kind=GuaranteeKind(told["kind"]),
        issued_on=timezone.now().date(),
        effective_on=timezone.now().date(),
        expires_on=story.required().valid_until,
        claim_grounds=tuple(ClaimGround),
        verify_url="/verify/guarantee/",
    ).as_json()
    from commons.evidence.domain import canonical

    return canonical.encode({**data, **changes})


def pdf_of(signer: str) -> bytes:
    """A PDF that the issuer's own system made and its manager signed."""
    looks = personal_signature(name="经理", organisation="", role="", serial="01", at=papers.AT)
    return papers.sign_field(papers.fielded(), papers.Signature("seller", signer, looks))


def parts(data: bytes, signer: str = "manager2", *, pdf: bytes | None = None) -> dict[str, str]:
    signature = sign(signer, data, at=timezone.now())
    texts = {"data": data, "signature": signature, "pdf": pdf_of("manager2") if pdf is None else pdf}
    return {name: base64.b64encode(value).decode() for name, value in texts.items()}


def test_the_application_tells_neither_the_procedure_nor_the_beneficiary(issuer) -> None:
    _, told = asked(issuer)

    shown = json.dumps(told, ensure_ascii=False)
    assert told["applicant"]["uscc"] == organisation("jinma").uscc
    assert [word for word in ("F0144", organisation("ecology").uscc, "佛山排污权", "lot:901") if word in shown] == []


def test_the_issuer_takes_up_signs_and_learns_of_the_cancellation(issuer) -> None:
    ref, told = asked(issuer)
    assert send(f"/api/v1/guarantees/{ref}/taken-up", {}).status_code == 200
    answer = send(f"/api/v1/guarantees/{ref}/issued", parts(guarantee_for(told)))
    assert answer.status_code == 200, answer.content
    assert queries.one(actor("buyer1"), ref).dossier.anchor == answer.json()["anchor"]
    services.cancel(actor=actor("buyer1"), ref=ref, reason="改用现金", at=timezone.now())
    deliver_due(timezone.now())

    assert Received.told[-1] == (f"/luochui/guarantees/cancellations/{ref}", {})


def test_data_that_fall_short_are_refused_with_both_sides(issuer) -> None:
    ref, told = asked(issuer)
    send(f"/api/v1/guarantees/{ref}/taken-up", {})

    answer = send(f"/api/v1/guarantees/{ref}/issued", parts(guarantee_for(told, amount="6719.99")))

    assert answer.status_code == 409
    assert answer.json()["fields"] == {"fault": "AMOUNT_SHORT", "found": "6719.99", "wanted": "6720.00"}
    narrow = guarantee_for(told, claim_grounds=[ground.value for ground in ClaimGround if ground != "COLLUSION"])
    answer = send(f"/api/v1/guarantees/{ref}/issued", parts(narrow))
    assert answer.json()["fields"] == {"fault": "GROUND_MISSING", "found": "", "wanted": "COLLUSION"}


def test_a_signature_of_another_issuer_is_refused(issuer) -> None:
    ref, told = asked(issuer)
    send(f"/api/v1/guarantees/{ref}/taken-up", {})

    answer = send(f"/api/v1/guarantees/{ref}/issued", parts(guarantee_for(told), signer="manager"))

    assert answer.json()["fields"]["fault"] == "SIGNATURE_INVALID"


def test_the_pdf_must_carry_the_issuers_own_signature(issuer) -> None:
    ref, told = asked(issuer)
    send(f"/api/v1/guarantees/{ref}/taken-up", {})
    address, data = f"/api/v1/guarantees/{ref}/issued", guarantee_for(told)

    unsigned = send(address, parts(data, pdf=papers.paper()))
    changed = send(address, parts(data, pdf=pdf_of("manager2") + b"% more"))
    others = send(address, parts(data, pdf=pdf_of("manager")))

    assert (unsigned.status_code, unsigned.json()["code"]) == (400, "GUARANTEE_UPLOAD_NOT_SIGNED")
    assert unsigned.json()["fields"]["fault"] == "NO_SIGNATURE"
    assert changed.json()["fields"]["fault"] == "TRAILING"
    assert others.json()["code"] == "GUARANTEE_UPLOAD_SIGNED_BY_ANOTHER"
    assert queries.one(actor("buyer1"), ref).state is GuaranteeState.UNDERWRITING


def test_the_pdf_stays_sealed_until_the_opening(issuer) -> None:
    ref, told = asked(issuer)
    send(f"/api/v1/guarantees/{ref}/taken-up", {})
    pdf = pdf_of("manager2")
    assert send(f"/api/v1/guarantees/{ref}/issued", parts(guarantee_for(told), pdf=pdf)).status_code == 200

    kept = bytes(Guarantee.objects.values_list("paper", flat=True).get(ref=ref) or b"")
    assert len(kept) > len(pdf)
    assert pdf[:32] not in kept
    assert queries.paper(actor("buyer1"), ref) == pdf
    for key in ("buyer2", "host", "seller", "regulator"):
        with pytest.raises((NotFound, NotPermitted)):
            queries.paper(actor(key), ref)


def test_an_unsigned_a_forged_and_a_replayed_request_are_refused(issuer) -> None:
    ref, _ = asked(issuer)
    path = f"/api/v1/guarantees/{ref}/taken-up"

    assert Client().post(path, {}, content_type="application/json").status_code == 401
    assert send(path, {}, secret=b"x" * 32).status_code == 401
    assert send(path, {"a": "b"}, sent=b"{}").status_code == 401
    assert send(path, {}, nonce="n" * 22).status_code == 200
    assert send(path, {}, nonce="n" * 22).status_code == 401


def test_another_issuers_application_does_not_open_to_it(issuer) -> None:
    bank = services.list_issuer(
        actor=CLERK,
        organisation_id=organisation("bank").pk,
        facts=services.IssuerFacts(IssuerKind.BANK, "B1", Decimal("0.01"), Decimal("1.00")),
        decision_no="1",
        at=LONG_AGO,
    )
    ref = story.ask(bank)

    assert send(f"/api/v1/guarantees/{ref}/taken-up", {}).status_code == 403
