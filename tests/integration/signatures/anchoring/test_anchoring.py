"""Checkpoints under time stamps and witnesses; and what a fork, a rewind or a split view comes to."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.utils import timezone

from commons.domain.refusals import Malformed, NotFound, NotPermitted
from commons.evidence import keys
from commons.evidence import queries as log
from commons.evidence.domain import merkle, notes
from commons.evidence.domain.notes import Checkpoint
from commons.evidence.queries import verify_database
from commons.evidence.services import checkpoint, checkpoint_due
from commons.people import services as people
from signatures.anchoring import queries, services
from signatures.anchoring.domain.cosigning import BadCosignature, BadWitnessKey, WitnessKey, signed_text, verified
from signatures.anchoring.models import CoSignature, SeenView
from signatures.pki import services as pki
from signatures.pki.models import PendingStamp
from tests import cast
from tests import pki as authority
from tests.integration.commons.evidence.test_appending import AT, append_one, newest
from tests.plugins.append_only import triggers_lifted

pytestmark = pytest.mark.django_db

SECONDS = int(AT.timestamp())


@pytest.fixture
def witness():
    """The regulator's key, registered."""
    private = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    key = WitnessKey("regulator.example/witness", private.public_key().public_bytes_raw())
    services.register_witness(actor=cast.actor("regulator"), key=str(key), at=AT)
    return private, key


def line_of(witness, note, seconds=SECONDS):
    private, key = witness
    signature = private.sign(signed_text(note.rpartition("\n\n")[0] + "\n", seconds))
    blob = base64.b64encode(key.key_id + seconds.to_bytes(8, "big") + signature).decode()
    return f"— {key.name} {blob}"


@pytest.fixture
def stamps(monkeypatch):
    """A time-stamp authority without a network; its switch is `away`."""
    authority.install_trust()
    source = authority.Stamps()
    monkeypatch.setattr("signatures.pki.services.stamping.stamper", lambda: source)
    monkeypatch.setattr("signatures.pki.services.stamping.revocation_source", authority.Revocation)
    return source


def test_every_checkpoint_gets_a_time_stamp_and_none_waits_for_it(stamps: authority.Stamps, monkeypatch: Any) -> None:
    append_one()
    stamps.away = True
    checkpoint(AT)
    assert services.stamp_checkpoints(AT) == 1
    pki.stamp_due(AT)
    assert queries.checkpoint(newest().size).ts_pending

    stamps.away = False
    later = AT + timedelta(minutes=5)
    pki.stamp_due(later)

    found = queries.checkpoint(newest().size)
    assert (found.ts_pending, found.stamped_at is not None) == (False, True)
    assert services.stamp_checkpoints(later) == 0
    assert verify_database().facts["stamped"] == "1"


def test_a_stamp_makes_no_checkpoint_of_its_own_for_ever(stamps: authority.Stamps) -> None:
    append_one()
    checkpoint(AT)
    services.stamp_checkpoints(AT)
    pki.stamp_due(AT)

    assert checkpoint_due(AT + timedelta(minutes=2)) is None
    append_one()
    assert checkpoint_due(AT + timedelta(minutes=2)) is not None


def test_a_token_of_an_authority_that_is_not_trusted_is_found(stamps: authority.Stamps, monkeypatch: Any) -> None:
    asked = authority.Revocation()
    monkeypatch.setattr("signatures.pki.services.revocation_source", lambda: asked)
    append_one()
    for number in range(3):
        checkpoint(AT + timedelta(minutes=number))
    services.stamp_checkpoints(AT + timedelta(minutes=3))
    pki.stamp_due(AT + timedelta(minutes=3))
    assert (verify_database().holds, verify_database().facts["stamps_unproven"]) == (True, "0")
    asked.asked.clear()
    verify_database()
    assert len(asked.asked) <= 2, "each certificate of the authority is asked about once, not for every stamp"
    row = PendingStamp.objects.first()
    assert row is not None
    rogue = authority.Stamps(label="rogue-tsa").stamp(bytes(row.digest), at=AT)

    PendingStamp.objects.filter(pk=row.pk).update(token=rogue)

    (fault,) = verify_database().faults
    assert "the certificate of its time-stamp authority does not hold (CERT_AUTHORITY_NOT_TRUSTED)" in fault


def test_silence_about_a_stamp_authority_is_a_fact_and_no_fault(stamps: authority.Stamps, monkeypatch: Any) -> None:
    monkeypatch.setattr("signatures.pki.services.revocation_source", lambda: authority.Revocation(silent=True))
    append_one()
    checkpoint(AT)
    services.stamp_checkpoints(AT)
    pki.stamp_due(AT)

    report = verify_database()

    assert (report.holds, report.facts["stamped"], report.facts["stamps_unproven"]) == (True, "1", "1")


@pytest.mark.parametrize("change", ["other token", "deleted"])
def test_a_changed_or_deleted_stamp_is_found(stamps: authority.Stamps, change: str) -> None:
    append_one()
    checkpoint(AT)
    services.stamp_checkpoints(AT)
    pki.stamp_due(AT)
    rows = PendingStamp.objects.all()
    if change == "deleted":
        rows.delete()
    else:
        token = authority.Stamps().stamp(b"x" * 32, at=AT)
        rows.update(token=token)

    assert any("time stamp" in fault for fault in verify_database().faults)


def test_a_witness_puts_its_signature_under_a_checkpoint(witness: Any) -> None:
    append_one()
    checkpoint(AT)
    note = newest().note
    asked = {"actor": cast.actor("regulator"), "size": newest().size, "line": line_of(witness, note), "at": AT}
    services.cosign(**asked)
    services.cosign(**asked)

    shown = queries.checkpoint(newest().size).note
    assert shown.startswith(note)
    assert log.keyring().open(shown)[0].size == newest().size, "the platform's own signature still holds"
    assert (
        verified(note.rpartition("\n\n")[0] + "\n", shown.splitlines()[-1], witness[1]).signed_at.timestamp() == SECONDS
    )
    assert CoSignature.objects.count() == 1


def test_a_cosignature_that_does_not_hold_is_refused(witness: Any) -> None:
    append_one()
    checkpoint(AT)
    size, note = newest().size, newest().note
    good = line_of(witness, note)
    stranger = (Ed25519PrivateKey.generate(), witness[1])
    other_text = line_of(witness, note.replace(f"\n{size}\n", "\n9\n"))
    for line in (good[:-8], good.replace("witness", "witnes"), line_of(stranger, note), other_text, ""):
        with pytest.raises(BadCosignature):
            services.cosign(actor=cast.actor("regulator"), size=size, line=line, at=AT)
    with pytest.raises(NotFound):
        services.cosign(actor=cast.actor("regulator"), size=size + 5, line=good, at=AT)
    with pytest.raises(BadCosignature):
        services.cosign(actor=cast.actor("auditor"), size=size, line=good, at=AT)


@pytest.mark.parametrize("key", ["buyer1", "staff", "seller"])
def test_only_overseers_witness(key: str) -> None:
    with pytest.raises(NotPermitted):
        services.register_witness(actor=cast.actor(key), key="a+b+c", at=AT)
    with pytest.raises(NotPermitted):
        services.show_view(actor=cast.actor(key), note="", at=AT)


def test_a_bad_witness_key_and_the_name_of_another_witness_are_refused(witness: Any) -> None:
    for text in ("", "a", "a+00000000+AAAA", str(witness[1]).replace("+", "-")):
        with pytest.raises(BadWitnessKey):
            services.register_witness(actor=cast.actor("regulator"), key=text, at=AT)
    taken = WitnessKey(witness[1].name, b"k" * 32)
    with pytest.raises(NotFound):
        services.register_witness(actor=cast.actor("auditor"), key=str(taken), at=AT)


def signed(size: int, root: bytes) -> str:
    """A checkpoint as whoever holds the platform's key could show it to one person only."""
    key = keys.signing_key(keys.Purpose.LOG)
    return notes.sign(Checkpoint(key.name, size, root, "2026-01-05T02:00:00.000Z").text(), key)


@pytest.mark.parametrize(
    ("size", "root", "agrees", "words"),
    [
        (1, None, True, "the same"),
        (1, bytes(32), False, "fork"),
        (9_999, bytes(32), False, "rewound"),
    ],
)
def test_a_view_that_differs_is_found(size: int, root: bytes | None, agrees: bool, words: str) -> None:
    append_one()
    append_one()
    checkpoint(AT)
    note = signed(size, root or log.root_of(size))

    finding = services.show_view(actor=cast.actor("regulator"), note=note, at=AT)

    assert (finding.agrees, words in finding.text) == (agrees, True)
    assert verify_database().holds, "what a witness handed in is kept and told of"


def test_a_view_that_the_platform_did_not_sign_is_no_view() -> None:
    append_one()
    checkpoint(AT)

    with pytest.raises(Malformed):
        services.show_view(actor=cast.actor("regulator"), note=newest().note.replace("at 2026", "at 2027"), at=AT)


@pytest.mark.parametrize("attack", ["delete cosignature", "edit cosignature", "delete view", "edit view"])
def test_what_witnesses_left_cannot_be_changed_unseen(witness: Any, attack: str) -> None:
    append_one()
    checkpoint(AT)
    regulator = cast.actor("regulator")
    services.cosign(actor=regulator, size=newest().size, line=line_of(witness, newest().note), at=AT)
    services.show_view(actor=regulator, note=newest().note, at=AT)
    assert verify_database().holds
    model = CoSignature if "cosignature" in attack else SeenView
    with triggers_lifted(connection):
        if attack.startswith("delete"):
            model.objects.all().delete()
        else:
            field = "line" if model is CoSignature else "note"
            row = model.objects.get()
            model.objects.update(**{field: getattr(row, field)[:-4] + "AAA="})

        assert verify_database(check_triggers=False).faults


def test_a_witness_asks_for_proofs_between_any_two_sizes(client: Any) -> None:
    made = [append_one() for _ in range(5)]
    checkpoint(AT)
    whole, index = log.tree_size(), log.index_of("lot:1", 3)
    assert index is not None
    roots = {size: log.root_of(size) for size in range(whole + 1)}

    for old in range(1, whole):
        answer = client.get("/api/v1/witness/consistency", {"old": old, "new": whole}).json()
        path = [base64.b64decode(part) for part in answer["path"]]
        assert merkle.is_consistent(old, roots[old], whole, roots[whole], path)
    asked = {"hash": made[2].hash.hex(), "index": index, "size": whole - 1}
    answer = client.get("/api/v1/witness/inclusion", asked).json()
    path = [base64.b64decode(part) for part in answer["path"]]
    assert merkle.root_from_inclusion(made[2].hash, index, whole - 1, path) == roots[whole - 1]
    for wrong in ({"index": index - 1}, {"size": index}, {"size": 9_999}, {"hash": "00" * 32}):
        assert client.get("/api/v1/witness/inclusion", {**asked, **wrong}).status_code == 404
    assert client.get("/api/v1/witness/consistency", {"old": 3, "new": 9_999}).status_code == 404
    assert client.get("/api/v1/witness/checkpoints").json()[0]["ts_pending"] is True


def test_a_regulators_program_registers_cosigns_and_shows_its_view_by_rest(client: Any) -> None:
    append_one()
    checkpoint(AT)
    private = Ed25519PrivateKey.generate()
    key = WitnessKey("regulator.example/w", private.public_key().public_bytes_raw())
    secret = people.make_api_key(actor=cast.actor("regulator"), label="witness", at=timezone.now())
    headers = {"Authorization": f"Bearer {secret}"}

    def post(name: str, body: dict[str, Any]) -> Any:
        number = {**headers, "Idempotency-Key": f"{name}-{len(json.dumps(body))}-0123456789"}
        return client.post(f"/api/v1/witness/{name}", body, content_type="application/json", headers=number)

    assert post("keys", {"key": str(key)}).status_code == 200
    line, size = line_of((private, key), newest().note), newest().size
    assert post("cosignatures", {"size": size, "line": line}).json()["line"] == line
    assert post("views", {"note": newest().note}).json()["agrees"] is True
    assert post("cosignatures", {"size": size, "line": "x"}).status_code == 400
    assert line in client.get("/api/v1/witness/checkpoints").json()[0]["note"]
