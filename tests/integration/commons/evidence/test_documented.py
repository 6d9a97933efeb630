"""docs/evidence.md says that a stranger can write a verifier from it: the one it shows is run, its figures too."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from commons.evidence.domain import canonical
from tests.integration.commons.evidence.test_offline import BLOCK, files, verify

pytestmark = pytest.mark.django_db
__all__ = ["files"]

PAGE = (Path(__file__).parents[4] / "docs" / "evidence.md").read_text(encoding="utf-8")


def block(kind):
    found = re.search(rf"^```\w+ {kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert found, kind
    return found[1]


def check(files):
    (files / "check.py").write_text(block("verifier"))
    return subprocess.run([sys.executable, "check.py", "log", "keys"], cwd=files, capture_output=True, text=True)


def test_the_documented_entry_has_the_documented_hash():
    vector = json.loads(block("vector"))

    assert vector["leaf"]["payload_sha256"] == canonical.digest(canonical.encode(vector["payload"]))
    assert hashlib.sha256(b"\x00" + canonical.encode(vector["leaf"])).hexdigest() == vector["hash"]


def test_the_documented_verifier_accepts_what_we_export(files):
    assert check(files).stdout == "4 entries hold\n"


@pytest.mark.parametrize("place", range(1, 5))
def test_the_documented_verifier_refuses_a_changed_entry(files, place):
    lines = (files / "log").read_bytes().splitlines(keepends=True)
    lines[place] = lines[place].replace(b'"payload":{', b'"payload":{"A":"x",')
    (files / "log").write_bytes(b"".join(lines))

    assert check(files).returncode == 1
    assert verify("log", files / "log", "--keys", files / "keys")[0] == 1


def test_the_documented_verifier_needs_nothing_of_ours():
    imported = re.findall(r"^(?:import|from) (.*?)(?: import .*)?$", block("verifier"), re.MULTILINE)

    assert imported == ["base64, hashlib, json, sys", "cryptography.hazmat.primitives.asymmetric.ed25519"]
    assert "django" in BLOCK
