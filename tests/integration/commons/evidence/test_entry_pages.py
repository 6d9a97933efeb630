"""The public page of one entry: what it shows of public and other streams, and to whom."""

import json
from base64 import b64decode
from typing import Any

import pytest
from django.test import Client

from commons.evidence import publicity
from commons.evidence.domain.merkle import root_from_inclusion
from commons.evidence.models import EvidenceEntry
from commons.evidence.services import checkpoint
from tests.integration.commons.evidence.test_appending import AT, append_one

pytestmark = pytest.mark.django_db


def data_of(html: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(html.split('type="application/json">')[1].split("</script>")[0])
    return found


def hash_of(stream: str, seq: int = 1) -> str:
    return bytes(EvidenceEntry.objects.get(stream=stream, seq=seq).hash).hex()


def test_a_public_entry_is_shown_with_its_content_and_its_proof(client: Client) -> None:
    append_one("calendar", payload={"标题": "调休</script>"})
    append_one("lot:1")
    checkpoint(AT)

    page = client.get("/evidence/calendar/1/")

    html = page.content.decode()
    found = data_of(html)
    assert page.status_code == 200
    assert found["entry"]["payload"] == {"标题": "调休</script>"}
    assert found["hash"] == hash_of("calendar")
    assert found["keys"]["format"] == "luochui-keys/v1"
    assert "调休&lt;/script&gt;" in html


def test_of_another_stream_only_the_hash_is_shown_and_only_to_who_knows_it(client: Client) -> None:
    append_one("lot:1", payload={"secret": "bidder"})
    checkpoint(AT)

    assert client.get("/evidence/lot:1/1/").status_code == 404
    assert client.get(f"/evidence/lot:1/1/?hash={'0' * 64}").status_code == 404
    page = client.get(f"/evidence/lot:1/1/?hash={hash_of('lot:1')}")

    found = data_of(page.content.decode())
    assert found["entry"] is None
    assert b"bidder" not in page.content
    path = [b64decode(one) for one in found["path"]]
    size = int(found["checkpoint"].split("\n")[1])
    assert root_from_inclusion(bytes.fromhex(found["hash"]), int(found["index"]), size, path) is not None


@pytest.mark.parametrize(
    "address", ["calendar/9/", "calendar/1/?hash=zz", f"calendar/1/?hash={'1' * 64}", f"calendar/{2**64}/", "no/1/"]
)
def test_what_is_not_there_is_not_found(client: Client, address: str) -> None:
    append_one("calendar")

    assert client.get(f"/evidence/{address}").status_code == 404


def test_an_entry_younger_than_the_checkpoint_says_so(client: Client) -> None:
    append_one("calendar")

    found = data_of(client.get("/evidence/calendar/1/").content.decode())

    assert (found["checkpoint"], found["path"]) == (None, None)


@pytest.mark.parametrize(
    ("stream", "public"),
    [("calendar", True), ("blind:ab", True), ("room:999", False), ("lot:1", False), ("paper:x", False), ("", False)],
)
def test_streams_are_public_only_where_their_package_says_so(stream: str, public: bool) -> None:
    assert publicity.is_public(stream) is public
