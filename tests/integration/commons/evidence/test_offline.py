"""The exported log and receipts, checked by `python -m signatures.verify` in a process that has no Django."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from commons.evidence import keys, queries
from commons.evidence.domain import canonical, chain, receipts
from commons.evidence.services import append_prepared, checkpoint, export
from tests.integration.commons.evidence.test_appending import AT, DRAFT, append_one, newest

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[4]
BLOCK = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "psycopg", "msgspec", "rfc8785", "celery"}:
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Blocked())
from signatures.verify.command import main
sys.exit(main(sys.argv[1:]))
"""


def verify(*arguments):
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", BLOCK, *map(str, arguments)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


@pytest.fixture
def files(tmp_path):
    """An exported log of two streams, with entries before and after the checkpoint; the keys; two receipts."""
    rows = chain.extend("room:7", chain.START, [DRAFT, DRAFT])
    append_prepared(rows)
    append_one("lot:1", payload={"标题": "排污权"}, idempotency_key="k")
    checkpoint(AT)
    append_one("lot:1")
    (tmp_path / "log").write_bytes(b"".join(export(at=AT)))
    (tmp_path / "keys").write_text(json.dumps(queries.published_keys()))
    bodies = [
        canonical.encode(
            {"room": "7", "seq": str(row.seq), "hash": row.hash.hex(), "prev_hash": row.prev.hex(), "bid_id": "b"}
        )
        for row in rows
    ]
    issued = receipts.issue(bodies, keys.signing_key(keys.Purpose.RECEIPTS), head=queries.published_head())
    (tmp_path / "receipts").write_text(json.dumps([receipt.as_json() for receipt in issued]))
    return tmp_path


def test_an_exported_log_holds_without_django(files):
    code, answer = verify("log", files / "log", "--keys", files / "keys")

    assert (code, answer["holds"], answer["keys_trusted"]) == (0, True, True)
    assert (answer["entries"], answer["in_checkpoint"], answer["streams"]) == ("4", "3", "2")
    assert answer["heads"]["room:7"]["seq"] == "2"


def test_without_keys_the_answer_says_that_the_signer_is_unknown(files):
    code, answer = verify("log", files / "log")

    assert (code, answer["keys_trusted"]) == (0, False)


def _lines(files):
    return (files / "log").read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize(
    "change",
    {
        "edited": lambda lines: [line.replace("排污权".encode(), "排污".encode()) for line in lines],
        "deleted": lambda lines: lines[:2] + lines[3:],
        "deleted at the end": lambda lines: [
            *lines[:-2],
            lines[-1].replace(b'"4"', b'"3"').replace(b"\\n4\\n", b"\\n3\\n"),
        ],
        "reordered": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        "doubled": lambda lines: [*lines[:2], lines[1], *lines[2:]],
        "cut off": lambda lines: lines[:-1],
        "continued": lambda lines: [*lines, lines[1]],
        "spaced": lambda lines: [lines[0], lines[1].replace(b'":"', b'": "'), *lines[2:]],
        "another index": lambda lines: [line.replace(b'"index":"0"', b'"index":"1"') for line in lines],
        "stream dropped": lambda lines: [
            *(line for line in lines[:-1] if b'"stream":"room' not in line),
            lines[-1],
        ],
        "another root": lambda lines: [lines[0].replace(b"\\n3\\n", b"\\n4\\n"), *lines[1:]],
        "checkpoint dropped": lambda lines: [_without_checkpoint(lines[0]), *lines[1:]],
    }.items(),
    ids=lambda item: item[0],
)
def test_a_changed_export_does_not_hold(files, change):
    changed = change[1](_lines(files))
    assert changed != _lines(files)
    (files / "log").write_bytes(b"".join(changed))

    code, answer = verify("log", files / "log", "--keys", files / "keys")

    assert (code, answer["holds"]) == (1, False)
    assert answer["faults"]


def _without_checkpoint(header):
    return canonical.encode({**json.loads(header), "checkpoint": None}) + b"\n"


def test_a_log_signed_by_a_stranger_does_not_hold(files, settings, tmp_path):
    settings.PLATFORM_KEYS_DIR = tmp_path / "other"
    checkpoint(AT)
    (files / "log").write_bytes(b"".join(export(at=AT)))

    assert verify("log", files / "log")[0] == 0, "it agrees with itself"
    assert verify("log", files / "log", "--keys", files / "keys")[0] == 1


def test_receipts_hold_without_django(files):
    code, answer = verify("receipt", files / "receipts", "--keys", files / "keys")

    assert (code, answer["receipts"], answer["keys_trusted"]) == (0, "2", True)


def _forked(files):
    """The receipts again, as of a log that the platform showed to this bidder alone: signed, and of the same size."""
    elsewhere = receipts.Head(queries.published_head().size, b"\x01" * 32)
    bodies = [canonical.encode(one["body"]) for one in json.loads((files / "receipts").read_text())]
    issued = receipts.issue(bodies, keys.signing_key(keys.Purpose.RECEIPTS), head=elsewhere)
    (files / "forked").write_text(json.dumps([one.as_json() for one in issued]))
    return files / "forked"


def test_receipts_are_proven_against_later_checkpoints_and_a_fork_is_found(files):
    forked, old = _forked(files), queries.published_head().size
    checkpoint(AT)
    (files / "proof").write_text(json.dumps(queries.consistency_bundle(old)))
    offline = ("--keys", files / "keys", "--consistency", files / "proof")

    code, answer = verify("receipt", files / "receipts", *offline)
    assert (code, answer["heads_proven"]) == (0, True)

    code, answer = verify("receipt", forked, *offline)
    assert (code, answer["fault_count"]) == (1, "2")
    assert "with another root: the log was forked" in answer["faults"][0]
    assert verify("receipt", forked, "--keys", files / "keys")[0] == 0, "nobody else's view is at hand"


def test_a_head_without_its_proof_is_not_believed(files):
    checkpoint(AT)
    newest_only = queries.consistency_bundle(queries.published_head().size)
    (files / "proof").write_text(json.dumps(newest_only))

    code, answer = verify("receipt", files / "receipts", "--keys", files / "keys", "--consistency", files / "proof")

    assert code == 1
    assert "no proof that holds was given" in answer["faults"][0]
    assert verify("receipt", files / "receipts", "--consistency", files / "proof")[0] == 2, "whose checkpoints?"


def test_the_database_disowns_receipts_of_a_forked_or_longer_log(files, capsys):
    call_command("verify_receipt", str(files / "receipts"))
    capsys.readouterr()
    with pytest.raises(SystemExit):
        call_command("verify_receipt", str(_forked(files)))
    assert "forked" in capsys.readouterr().out
    longer = receipts.Head(10_000, bytes(32))
    issued = receipts.issue([canonical.encode({"a": "b"})], keys.signing_key(keys.Purpose.RECEIPTS), head=longer)
    (files / "longer").write_text(json.dumps(issued[0].as_json()))
    with pytest.raises(SystemExit):
        call_command("verify_receipt", str(files / "longer"))
    assert "rewound" in capsys.readouterr().out


def test_a_changed_receipt_does_not_hold(files):
    (files / "receipts").write_text((files / "receipts").read_text().replace('"seq": "2"', '"seq": "3"'))

    code, answer = verify("receipt", files / "receipts", "--keys", files / "keys")

    assert (code, answer["faults"][0][:9]) == (1, "receipt 2")


def test_a_receipt_of_another_key_does_not_hold(files):
    rotated = json.loads((files / "keys").read_text())
    rotated["keys"] = [item for item in rotated["keys"] if "/log" in item["key"]]
    (files / "keys").write_text(json.dumps(rotated))

    assert verify("receipt", files / "receipts", "--keys", files / "keys")[0] == 1


def test_two_checkpoints_are_shown_to_be_of_one_log(files):
    old = newest()
    checkpoint(AT)
    bundle = queries.consistency_bundle(old.size)
    assert bundle is not None
    (files / "proof").write_text(json.dumps(bundle))

    assert verify("consistency", files / "proof", "--keys", files / "keys")[0] == 0
    (files / "proof").write_text(json.dumps({**bundle, "path": []}))
    assert verify("consistency", files / "proof", "--keys", files / "keys")[0] == 1


@pytest.mark.parametrize("kind", ["log", "receipt", "consistency"])
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff\xfe", b'{"format":"luochui-log/v2"}', b"[" * 100_000, b"x" * (17 << 20)]
)
def test_bad_input_is_refused_with_a_sentence(files, kind, content):
    (files / "bad").write_bytes(content)

    code, sentence = verify(kind, files / "bad", "--keys", files / "keys")

    if (kind, content) != ("receipt", b'{"format":"luochui-log/v2"}'):
        assert code == 2
        assert sentence.strip()
    else:
        assert code == 1


def test_a_missing_file_is_bad_input(files):
    assert verify("log", files / "nowhere")[0] == 2


def test_commands_verify_the_database_an_export_and_receipts(files, capsys):
    call_command("verify_log")
    assert json.loads(capsys.readouterr().out)["holds"] is True
    call_command("verify_log", str(files / "log"))
    assert json.loads(capsys.readouterr().out)["keys_trusted"] is True
    call_command("verify_receipt", str(files / "receipts"))
    assert json.loads(capsys.readouterr().out)["found_in_log"] == "2"


def test_verify_receipt_finds_a_receipt_of_what_the_log_does_not_hold(files, capsys):
    body = canonical.encode({"room": "7", "seq": "9", "hash": "00", "bid_id": "b"})
    forged = receipts.issue([body], keys.signing_key(keys.Purpose.RECEIPTS), head=queries.published_head())
    (files / "receipts").write_text(json.dumps(forged[0].as_json()))

    with pytest.raises(SystemExit) as ended:
        call_command("verify_receipt", str(files / "receipts"))

    assert ended.value.code == 1
    assert "no room:7 seq 9" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["verify_log", "/nowhere"], ["verify_receipt", "/nowhere"]])
def test_commands_end_with_2_for_bad_input(arguments):
    with pytest.raises(SystemExit) as ended:
        call_command(*arguments)

    assert ended.value.code == 2


def test_export_log_writes_what_the_verifier_reads(files, capfdbinary):
    call_command("export_log", "room:7")

    lines = capfdbinary.readouterr().out.splitlines()
    assert len(lines) == 4
    assert json.loads(lines[0])["streams"] == ["room:7"]


def test_checkpoint_command_prints_a_note(files, capsys):
    call_command("checkpoint")

    assert queries.keyring().open(capsys.readouterr().out)[0].size == 4


def test_platform_keys_rotates(settings, tmp_path, capsys):
    settings.PLATFORM_KEYS_DIR = tmp_path
    settings.PLATFORM_KEYS_MAY_BE_MADE = False
    call_command("platform_keys", "--rotate", "receipts")

    published = json.loads(capsys.readouterr().out)["keys"]
    ended = [item for item in published if item["valid_until"] is not None]
    assert len(published) == len(keys.Purpose) + 1
    assert ["/receipts+" in item["key"] for item in ended] == [True]
