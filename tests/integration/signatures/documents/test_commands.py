"""Checking a paper by command: `manage.py verify_document`, and offline `python -m signatures.verify document`."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from commons.evidence import queries as evidence
from commons.evidence.services import checkpoint, export
from tests import papers
from tests.integration.signatures.documents import story as made
from tests.integration.signatures.documents.story import LATER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("drawn_without_templates")]
NOW = papers.AT + timedelta(days=1)
"""After everything that these tests sign."""
ROOT = Path(__file__).parents[4]
WITHOUT_DJANGO = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "psycopg", "celery"}:
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Blocked())
import time_machine
from signatures.verify.command import main
with time_machine.travel(sys.argv[1], tick=False):
    sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A sealed paper, the same changed, the roots, the exported log and the keys."""
    content = made.newest(made.sealed([]))
    checkpoint(LATER)
    (tmp_path / "paper.pdf").write_bytes(content)
    (tmp_path / "changed.pdf").write_bytes(made.altered(content))
    (tmp_path / "longer.pdf").write_bytes(content + b"\n% one more line\n")
    (tmp_path / "other.pdf").write_bytes(papers.signed_paper())
    (tmp_path / "roots.pem").write_text(made.roots())
    (tmp_path / "log").write_bytes(b"".join(export(at=LATER)))
    (tmp_path / "keys").write_text(json.dumps(evidence.published_keys()))
    return tmp_path


def offline(*arguments: object):
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO, NOW.isoformat(), "document", *map(str, arguments)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def test_a_paper_is_checked_offline_with_roots_log_and_keys(files: Path):
    code, answer = offline(
        files / "paper.pdf", "--roots", files / "roots.pem", "--log", files / "log", "--keys", files / "keys"
    )
    assert (code, answer["holds"], answer["registered"], answer["level"]) == (0, True, True, "B-LT")
    code, answer = offline(files / "paper.pdf", "--roots", files / "roots.pem")
    assert (code, answer["registered"]) == (0, None), "nobody asked the log"
    code, answer = offline(files / "other.pdf", "--roots", files / "roots.pem", "--log", files / "log")
    assert (code, answer["faults"], answer["signature"]) == (1, ["NOT_REGISTERED"], True)


def test_offline_changed_and_unreadable_papers_are_told_apart(files: Path):
    for name in ("changed.pdf", "longer.pdf"):
        code, answer = offline(files / name, "--roots", files / "roots.pem")
        assert (code, answer["holds"]) == (1, False), name
    code, words = offline(files / "keys", "--roots", files / "roots.pem")
    assert (code, "no readable PDF" in words) == (2, True)
    code, words = offline(files / "paper.pdf")
    assert (code, "--roots" in words) == (2, True)


def test_the_servers_command_answers_by_trust_list_and_log(files: Path, capsys):
    with time_machine.travel(NOW, tick=False):
        call_command("verify_document", str(files / "paper.pdf"))
        answer = json.loads(capsys.readouterr().out)
        assert (answer["holds"], answer["registered"]) == (True, True)
        codes = []
        for name in ("longer.pdf", "other.pdf", "keys"):
            with pytest.raises(SystemExit) as ended:
                call_command("verify_document", str(files / name))
            codes.append(ended.value.code)
    assert codes == [1, 1, 2]
