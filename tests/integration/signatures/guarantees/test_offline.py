"""A stranger's platform checks a guarantee with the public keys alone: no Django, no database, no network."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client

from commons.evidence import keys
from commons.evidence.queries import published_keys
from signatures.guarantees import queries
from signatures.guarantees import services as guarantees
from signatures.verify import signed_data
from signatures.verify.signed_data import BadSignedData
from tests import pki
from tests.cast import actor
from tests.integration.signatures.guarantees import story
from tests.pki import authority

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def bundle() -> dict[str, Any]:
    """An opened guarantee with an extension."""
    ref = story.opened(story.city()["bank"])
    guarantees.ask_extension(actor=actor("buyer1"), ref=ref, until=date(2026, 12, 31), at=story.later(1))
    story.signed(ref, at=story.later(2))
    return queries.bundle(actor("seller"), ref)


@pytest.fixture
def check(tmp_path):
    """The checker as its users run it; gives exit code and answer."""
    keys.publish(at=story.ASKED)
    (tmp_path / "keys.json").write_text(json.dumps(published_keys()))
    pem = x509.load_der_x509_certificate(authority().certificate("lingnan-root")).public_bytes(Encoding.PEM)
    (tmp_path / "roots.pem").write_bytes(pem)

    def run(value: object) -> tuple[int, dict[str, Any]]:
        (tmp_path / "bundle.json").write_text(json.dumps(value))
        command = [sys.executable, "-m", "signatures.verify", "guarantee", str(tmp_path / "bundle.json")]
        command += ["--keys", str(tmp_path / "keys.json"), "--roots", str(tmp_path / "roots.pem")]
        done = subprocess.run(command, cwd=ROOT, env={"PATH": "/usr/bin"}, capture_output=True, text=True, check=False)
        return done.returncode, json.loads(done.stdout) if done.stdout else {"sentence": done.stderr}

    return run


def test_what_the_platform_gave_holds(bundle, check) -> None:
    code, answer = check(bundle)

    assert (code, answer["faults"]) == (0, [])
    assert (answer["status"], answer["section"]) == ("EXTENDED", "F01440600260608000123001")
    assert answer["expires_on"] == "2026-12-31"


def test_a_signature_in_the_national_algorithms_is_checked_where_they_are_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signature, at = pki.sign("buyer1-sm", b"guarantee", at=story.ASKED), story.ASKED
    national, foreign = (x509.load_der_x509_certificate(authority().certificate(name)) for name in (
        "national-root", "lingnan-root",
    ))  # fmt: skip

    leaf, others = signed_data.signer_of(b"guarantee", signature)

    assert signed_data.chain_fault(leaf, others, [national], at) == ""
    assert "no chain leads" in signed_data.chain_fault(leaf, others, [foreign], at)
    with pytest.raises(BadSignedData, match="something else"):
        signed_data.signer_of(b"guaranteE", signature)
    damaged = signature[:-1] + bytes([signature[-1] ^ 1])
    with pytest.raises(BadSignedData, match="not by the key"):
        signed_data.signer_of(b"guarantee", damaged)
    monkeypatch.setitem(sys.modules, "tongsuopy.crypto", None)
    with pytest.raises(BadSignedData, match="tongsuopy"):
        signed_data.signer_of(b"guarantee", signature)


def change_amount(bundle: dict[str, Any]) -> None:
    bundle["versions"][0]["data"]["amount"] = "9999.00"


def transplant(bundle: dict[str, Any]) -> None:
    bundle["versions"][0]["signature"] = bundle["versions"][1]["signature"]


def other_section(bundle: dict[str, Any]) -> None:
    bundle["disclosure"]["procedure"]["section_code"] = "F01440600260608000123002"


def hide_the_end(bundle: dict[str, Any]) -> None:
    del bundle["status"][1]


def drop_the_extension(bundle: dict[str, Any]) -> None:
    del bundle["versions"][1]


def forge_a_status(bundle: dict[str, Any]) -> None:
    bundle["status"][0]["body"]["at"] = "2026-06-01T00:00:00.000Z"


@pytest.mark.parametrize(
    "change", [change_amount, transplant, other_section, hide_the_end, drop_the_extension, forge_a_status]
)
def test_every_change_is_found(bundle, check, change) -> None:
    change(bundle)

    code, answer = check(bundle)

    assert code == 1
    assert answer["faults"]


def fed(client: Client, tmp_path: Path, change: Callable[[list[Any]], None]) -> tuple[int, dict[str, Any]]:
    """What another city makes of the public feed, fetched in two pages."""
    first = client.get("/api/v1/guarantees/feed").json()
    pages = [{"items": first["items"][:1], "next": 1}, {"items": first["items"][1:], "next": first["next"]}]
    assert client.get("/api/v1/guarantees/feed", {"after": first["next"]}).json() == {
        "items": [],
        "next": first["next"],
    }
    change(pages)
    (tmp_path / "feed.json").write_text(json.dumps(pages))
    command = [sys.executable, "-m", "signatures.verify", "guarantee-feed", str(tmp_path / "feed.json")]
    command += ["--keys", str(tmp_path / "keys.json")]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": "/usr/bin"}, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else {"sentence": done.stderr}


def test_another_city_checks_the_feed_with_the_public_keys_alone(bundle, check, client: Client, tmp_path: Path) -> None:
    anchor = bundle["status"][0]["body"]["anchor"]

    code, answer = fed(client, tmp_path, lambda pages: None)
    assert (code, answer["faults"], answer["guarantees"]) == (0, [], {anchor: "EXTENDED"})

    assert client.get(f"/api/v1/guarantees/status/{anchor}").json() == bundle["status"]
    assert client.get("/api/v1/guarantees/status/" + "0" * 64).status_code == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda pages: pages[0]["items"].clear(), 1),
        (lambda pages: pages[1]["items"][0]["body"].update(status="RELEASED"), 1),
        (lambda pages: pages.reverse(), 1),
        (lambda pages: pages[1]["items"].append(1), 2),
        (lambda pages: pages[1].clear(), 2),
    ],
    ids=["beginning withheld", "status changed", "order changed", "no entry", "no page"],
)
def test_a_feed_that_was_changed_does_not_hold(bundle, check, client: Client, tmp_path: Path, change, code) -> None:
    assert fed(client, tmp_path, change)[0] == code


@pytest.mark.parametrize("value", [{}, [], {"format": "luochui-guarantee-bundle/v1", "versions": [], "status": []}])
def test_what_is_no_bundle_is_bad_input(check, value) -> None:
    code, answer = check(value)

    assert code == 2
    assert "file" in answer["sentence"]
