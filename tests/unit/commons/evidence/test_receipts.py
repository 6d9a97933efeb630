import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from commons.evidence.domain import canonical, receipts
from commons.evidence.domain.notes import SigningKey, VerifierKey
from commons.evidence.domain.receipts import BadReceipt

KEY = SigningKey("test/receipts", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
HEAD = receipts.Head(7, bytes(range(1, 33)))


def bodies(count):
    return [canonical.encode({"bid_id": f"b{number}", "seq": str(number)}) for number in range(count)]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 100])
def test_every_receipt_of_a_batch_can_be_checked_alone(count):
    for receipt in receipts.issue(bodies(count), KEY, head=HEAD):
        again = receipts.from_json(receipt.as_json())

        assert again == receipt
        receipts.verify(again, VerifierKey.parse(again.batch.key))


def test_no_bodies_need_no_signature():
    assert receipts.issue([], KEY, head=HEAD) == []


def test_wire_form_is_canonical():
    receipt = receipts.issue(bodies(3), KEY, head=HEAD)[1]

    assert canonical.encode(receipt.as_json()) == receipt.as_bytes()


def _spoiled():
    receipt = receipts.issue(bodies(5), KEY, head=HEAD)[2]
    other_key = SigningKey("test/receipts", Ed25519PrivateKey.generate())
    yield "body", replace(receipt, body=bodies(5)[3])
    yield "index", replace(receipt, index=3)
    yield "path", replace(receipt, path=receipt.path[::-1])
    yield "root", replace(receipt, batch=replace(receipt.batch, root=bytes(32)))
    yield "size", replace(receipt, batch=replace(receipt.batch, size=6))
    yield "signature", replace(receipt, batch=replace(receipt.batch, signature=bytes(64)))
    yield "head", replace(receipt, batch=replace(receipt.batch, head=replace(HEAD, size=8)))
    yield "root of the head", replace(receipt, batch=replace(receipt.batch, head=replace(HEAD, root=bytes(32))))
    yield "key", receipts.issue(bodies(5), other_key, head=HEAD)[2]


@pytest.mark.parametrize("spoiled", [pytest.param(item, id=name) for name, item in _spoiled()])
def test_a_spoiled_receipt_is_refused(spoiled):
    with pytest.raises(BadReceipt):
        receipts.verify(spoiled, KEY.verifier)


@pytest.mark.parametrize(
    "change",
    [
        {"index": "-1"},
        {"index": "٣"},
        {"size": "0"},
        {"path": None},
        {"path": ["!"]},
        {"signature": "x"},
        {"body": {"a": 1}},
        {"index": 1},
        {"head": None},
        {"head": {"root": "AA==", "size": "7"}},
    ],
)
def test_malformed_receipts_are_refused(change):
    value = json.loads(receipts.issue(bodies(5), KEY, head=HEAD)[2].as_bytes())

    with pytest.raises(BadReceipt):
        receipts.from_json({**value, **change})


@pytest.mark.parametrize("value", [None, [], "x", {}])
def test_what_is_no_receipt_is_refused(value):
    with pytest.raises(BadReceipt):
        receipts.from_json(value)


def test_two_receipts_with_different_logs_of_one_size_show_a_split_view():
    one, other = receipts.Head(7, bytes(32)), receipts.Head(9, bytes(32))
    shown = [receipts.issue(bodies(1), KEY, head=head)[0] for head in (HEAD, other, HEAD, one)]

    (fault,) = receipts.split_views(shown)

    assert fault.startswith("receipt 4: it names a head of 7 entries with another root")
