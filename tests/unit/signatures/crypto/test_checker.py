"""The process that checks raw signatures for another one."""

import subprocess
import sys
from pathlib import Path

import pytest

from signatures.crypto.checker import answer, question
from signatures.crypto.suites import Suite, provider_of

ROOT = Path(__file__).resolve().parents[4]
BID = b'{"bid_id":"one","price":"20000.00"}'


@pytest.mark.parametrize("suite", list(Suite))
def test_each_check_is_answered_in_its_place(suite: Suite) -> None:
    provider = provider_of(suite)
    (private, spki), (_, other) = provider.new_key(), provider.new_key()
    signature = provider.raw_signer(private)(BID)

    asked = question([
        (spki, BID, signature),
        (other, BID, signature),
        (spki, BID.replace(b"20000", b"20001"), signature),
        (spki, BID, b""),
        (spki, BID, b"\xff" * 64),
        (b"no key", BID, signature),
        (b"", b"", b""),
        (spki, BID, signature),
    ])  # fmt: skip

    assert answer(asked) == bytes([1, 0, 0, 0, 0, 0, 0, 1])


def test_it_loads_no_platform() -> None:
    code = "import sys, signatures.crypto.checker; assert not {'django', 'redis', 'psycopg'} & set(sys.modules)"

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
