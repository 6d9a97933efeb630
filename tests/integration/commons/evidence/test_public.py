"""What the public may ask of the log: keys, checkpoints, proofs. Enough to check, nothing to learn."""

import base64

import pytest

from commons.evidence import queries
from commons.evidence.domain import consistency, merkle
from commons.evidence.domain.trust import Keyring
from commons.evidence.services import checkpoint
from tests.integration.commons.evidence.test_appending import AT, append_one, newest

pytestmark = pytest.mark.django_db

API = "/api/v1/evidence"


@pytest.fixture
def entry():
    made = append_one("lot:1")
    append_one("lot:1")
    checkpoint(AT)
    return made


def test_a_stranger_checks_an_entry_with_public_answers_only(client, entry):
    keyring = Keyring.parse(client.get(f"{API}/keys").json())
    asked = {"stream": "lot:1", "seq": 1, "hash": entry.hash.hex()}
    proof = client.get(f"{API}/proof", asked).json()

    stated, _ = keyring.open(proof["checkpoint"]["note"])
    path = [base64.b64decode(hashed) for hashed in proof["path"]]
    assert merkle.root_from_inclusion(entry.hash, int(proof["index"]), stated.size, path) == stated.root
    assert keyring.open(client.get(f"{API}/checkpoint").content.decode())[0] == stated


def test_a_stranger_checks_that_the_log_only_grew(client, entry):
    append_one("lot:2")
    checkpoint(AT)

    sizes = [item["size"] for item in client.get(f"{API}/checkpoints").json()]
    bundle = client.get(f"{API}/consistency", {"old_size": sizes[0]}).json()
    assert sizes == ["2", "3"]
    assert consistency.check(bundle, trusted=queries.keyring()).holds
    assert client.get(f"{API}/checkpoints", {"after_size": 2}).json()[0]["size"] == "3"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"hash": "00" * 32}, 404),
        ({"seq": 3}, 404),
        ({"stream": "lot:9"}, 404),
        ({"hash": "xx"}, 400),
        ({"seq": "a"}, 400),
    ],
)
def test_who_does_not_know_an_entry_learns_nothing_of_its_stream(client, entry, change, status):
    asked = {"stream": "lot:1", "seq": 1, "hash": entry.hash.hex(), **change}

    answer = client.get(f"{API}/proof", asked)

    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/problem+json")


def test_what_is_not_there_is_not_found(client):
    assert client.get(f"{API}/checkpoint").status_code == 404
    assert client.get(f"{API}/consistency", {"old_size": 5}).status_code == 404


def test_public_answers_hold_no_payload_and_no_actor(client, entry):
    asked = {"stream": "lot:1", "seq": 1, "hash": entry.hash.hex()}
    answers = [client.get(f"{API}/{name}", asked).content for name in ("proof", "checkpoints", "checkpoint", "keys")]

    assert not any(b"system:test" in answer or b"payload" in answer for answer in answers)


def test_the_page_shows_the_newest_checkpoint(client, entry, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        shown = client.get("/log/").content.decode()

    assert newest().note.splitlines()[2] in shown
    assert f"{API}/keys" in shown


def test_the_page_before_the_first_checkpoint(client):
    assert client.get("/log/").status_code == 200
