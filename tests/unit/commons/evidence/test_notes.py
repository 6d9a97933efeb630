import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from commons.evidence.domain import notes
from commons.evidence.domain.notes import BadNote, Checkpoint, SigningKey, VerifierKey

KEY = SigningKey("city.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
CHECKPOINT = Checkpoint("city.example/log", 7, bytes(range(32)), "2026-01-05T02:00:00.000Z")
NOTE = notes.sign(CHECKPOINT.text(), KEY)


def test_a_note_opens_to_its_text_and_signer():
    text, signer = notes.opened(NOTE, notes.by_id(KEY.verifier))

    assert Checkpoint.parse(text) == CHECKPOINT
    assert signer == KEY.verifier


def test_note_has_the_form_of_c2sp():
    lines = NOTE.split("\n")

    assert lines[:3] == ["city.example/log", "7", base64.b64encode(bytes(range(32))).decode()]
    assert lines[4] == ""
    assert lines[5].startswith("— city.example/log ")


def test_the_published_example_of_c2sp_opens():
    """From c2sp.org/signed-note: the key and note of the Go checksum database's own test."""
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    note = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )

    text, signer = notes.opened(note, notes.by_id(key))

    assert text.startswith("If you think")
    assert signer == key


@pytest.mark.parametrize(
    "note",
    [
        NOTE.replace("\n7\n", "\n8\n"),
        NOTE.replace("— city", "- city"),
        NOTE[:-1],
        NOTE.replace("\n\n", "\n"),
        NOTE.rpartition("— ")[0],
        "",
        "\n\n\n",
        NOTE.replace("city.example/log ", "else.example/log "),
    ],
)
def test_a_changed_note_does_not_open(note):
    with pytest.raises(BadNote):
        notes.opened(note, notes.by_id(KEY.verifier))


def test_a_note_of_an_unknown_key_does_not_open():
    stranger = SigningKey(KEY.name, Ed25519PrivateKey.generate())

    with pytest.raises(BadNote):
        notes.opened(notes.sign(CHECKPOINT.text(), stranger), notes.by_id(KEY.verifier))


def test_verifier_keys_have_a_text_form():
    assert VerifierKey.parse(str(KEY.verifier)) == KEY.verifier


@pytest.mark.parametrize("text", ["", "a", "a+b+c", str(KEY.verifier)[:-4], str(KEY.verifier).replace("city", "town")])
def test_broken_verifier_keys_are_refused(text):
    with pytest.raises(BadNote):
        VerifierKey.parse(text)


@pytest.mark.parametrize(
    "text", ["", "o\n1\nAAAA\nat x\n", CHECKPOINT.text() + "\n", CHECKPOINT.text().replace("\n7\n", "\n07\n")]
)
def test_broken_checkpoints_are_refused(text):
    with pytest.raises(BadNote):
        Checkpoint.parse(text)
