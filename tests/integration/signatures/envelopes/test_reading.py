"""What a bidder wrote may be anything: reading it never ends an opening."""

import hashlib
from pathlib import Path

import pytest

from commons.domain.actor import system_actor
from commons.vault import services as vault
from signatures.envelopes.services import opened_json
from tests.integration.signatures.envelopes.story import AT

OPENER = system_actor("envelopes")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b'{"price": "1"}', {"price": "1"}),
        (b"[" * 90_000, None),
        (b"no json", None),
        (b"\xff\xfe", None),
        (b'"' + b"x" * 100_000 + b'"', None),
    ],
    ids=["good", "nested without end", "words", "bytes", "too large"],
)
def test_a_file_is_its_json_or_nothing(content: bytes, read: object, tmp_path: Path) -> None:
    file = tmp_path / "0"
    file.write_bytes(content)
    kept = vault.adopt(
        actor=OPENER,
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        name="bid.json",
        at=AT,
        subject="envelope:x",
        organisation_id=None,
    )
    files = [{"name": "bid.json", "document": str(kept.id), "size": str(len(content))}]

    assert opened_json(files, "bid.json", largest=100_000, actor=OPENER, at=AT) == read
    assert opened_json(files, "other.json", largest=100_000, actor=OPENER, at=AT) is None
