"""The status chain holds against everybody but the platform's own key."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from commons.evidence.domain.notes import SigningKey
from commons.evidence.domain.trust import Keyring, TrustedKey
from signatures.guarantees.domain import chain
from signatures.guarantees.domain.chain import Entry, Status

KEY = SigningKey("city.example/guarantees", Ed25519PrivateKey.from_private_bytes(b"k" * 32))
OTHER = SigningKey("city.example/guarantees", Ed25519PrivateKey.from_private_bytes(b"o" * 32))
TRUSTED = Keyring.of(TrustedKey(KEY.verifier, "2026-01-01T00:00:00.000Z", None))
ANCHOR = "ab" * 32


def told(*statuses: Status, key: SigningKey = KEY, anchor: str = ANCHOR) -> list[Entry]:
    entries: list[Entry] = []
    for number, status in enumerate(statuses):
        at = f"2026-06-{number + 1:02d}T00:00:00.000Z"
        entries.append(chain.append(entries, anchor=anchor, status=status, version=anchor, at=at, key=key))
    return entries


def faults(entries: list[Entry], trusted: Keyring | None = TRUSTED) -> list[str]:
    return list(chain.faults(entries, anchor=ANCHOR, trusted=trusted))


STORY = told(Status.ISSUED, Status.EXTENDED, Status.OPENED, Status.CLAIMED, Status.REFUSED, Status.CLAIMED, Status.PAID)


def test_a_whole_life_holds() -> None:
    assert faults(STORY) == []


def test_it_survives_the_way_through_json() -> None:
    there = [Entry.parse(json.loads(json.dumps(entry.as_json()))) for entry in STORY]

    assert there == STORY


def test_a_left_out_entry_is_found() -> None:
    assert any("does not follow" in fault for fault in faults([*STORY[:3], *STORY[4:]]))


def test_reordered_entries_are_found() -> None:
    assert faults([STORY[0], STORY[2], STORY[1]])


def test_a_changed_entry_is_found() -> None:
    body = STORY[3].body.replace(b"CLAIMED", b"RELEASED")

    assert "entry 4 has a signature that is not the platform's" in faults(
        [*STORY[:3], Entry(body, STORY[3].key, STORY[3].signature)]
    )


def test_another_guarantees_chain_is_found() -> None:
    assert any("another guarantee" in fault for fault in faults(told(Status.ISSUED, anchor="cd" * 32)))


def test_a_key_that_was_not_published_is_found() -> None:
    assert faults(told(Status.ISSUED, key=OTHER)) == ["entry 1 is signed by a key that the platform did not publish"]


def test_a_key_of_another_name_does_not_speak_for_this_platform() -> None:
    receipts = SigningKey("city.example/receipts", KEY.private)
    entry = told(Status.ISSUED)[0]
    forged = Entry(entry.body, str(receipts.verifier), receipts.sign(b"luochui-guarantee-status/v1\n" + entry.body))
    both = Keyring.of(*TRUSTED.keys.values(), TrustedKey(receipts.verifier, "2026-01-01T00:00:00.000Z", None))

    assert any("another platform" in fault for fault in faults([forged], both))


def test_a_key_before_its_time_is_found() -> None:
    later = Keyring.of(TrustedKey(KEY.verifier, "2026-07-01T00:00:00.000Z", None))

    assert any("not in use" in fault for fault in faults(told(Status.ISSUED), later))


@pytest.mark.parametrize(
    "statuses",
    [
        (Status.OPENED,),
        (Status.ISSUED, Status.PAID),
        (Status.ISSUED, Status.RELEASED, Status.OPENED),
        (Status.ISSUED, Status.CANCELLED, Status.EXTENDED),
        (Status.ISSUED, Status.OPENED, Status.CANCELLED),
        (Status.ISSUED, Status.OPENED, Status.CLAIMED, Status.RELEASED),
    ],
)
def test_a_life_that_the_machine_does_not_know_is_found_though_signed(statuses) -> None:
    assert faults(told(*statuses))


def test_nothing_is_no_chain() -> None:
    assert faults([]) == ["there is no entry"]


@pytest.mark.parametrize("value", [None, {}, {"body": "x"}, {"body": {"a": "b"}, "signature": "%%"}])
def test_what_is_no_entry_cannot_be_read(value) -> None:
    with pytest.raises(ValueError):
        Entry.parse(value)


def test_the_body_names_nobody() -> None:
    body = json.loads(STORY[0].body)

    assert set(body) == {"format", "platform", "anchor", "seq", "status", "version", "at", "prev"}
    assert base64.b64encode(STORY[0].signature)
