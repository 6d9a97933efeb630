"""The commands `deadlines` and `codes`: JSON in, JSON out, exit codes 0, 1 and 2, never a traceback."""

import io
import json
import re

import pytest
from django.conf import settings
from django.core.management import call_command

from commons.calendar.models import CalendarYear


def run(command, question, tmp_path, capsys, language="en"):
    file = tmp_path / "question.json"
    file.write_bytes(question if isinstance(question, bytes) else json.dumps(question).encode())
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(command, str(file), language=language, stdout=out, stderr=err)
    except SystemExit as stop:
        return stop.code, json.loads(out.getvalue()) if out.getvalue() else None, err.getvalue()
    return 0, json.loads(out.getvalue()) if out.getvalue() else None, err.getvalue()


@pytest.mark.django_db
def test_deadlines_answers_the_example_of_the_design(tmp_path, capsys):
    question = {"from": "2026-09-28", "add": 5, "unit": "working_day", "direction": "after"}

    code, answer, complaint = run("deadlines", question, tmp_path, capsys)

    assert (code, complaint) == (0, "")
    assert set(answer) == {"on", "provisional", "steps"}
    assert (answer["on"], answer["provisional"]) == ("2026-10-10", False)


@pytest.mark.django_db
def test_deadlines_uses_the_published_holidays_where_the_database_has_none(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("commons.calendar.queries.published_years", lambda: frozenset())
    question = {"from": "2026-09-28", "add": 5, "unit": "working_day", "direction": "after"}

    code, answer, complaint = run("deadlines", question, tmp_path, capsys)

    assert (code, answer["on"]) == (0, "2026-10-10")
    assert "published holidays" in complaint
    assert CalendarYear.objects.exists()


@pytest.mark.django_db
def test_deadlines_in_hours_answers_an_instant(tmp_path, capsys):
    question = {"from": "2026-09-28T10:00:00+08:00", "add": 90, "unit": "minute", "direction": "after"}
    assert run("deadlines", question, tmp_path, capsys)[1]["on"] == "2026-09-28T11:30:00+08:00"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "question",
    [
        b"",
        b"[",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        {},
        {"from": "2026-09-28", "add": 5, "unit": "working_day"},
        {"from": "2026-09-28", "add": 5, "unit": "weeks", "direction": "after"},
        {"from": "2026-09-28", "add": "5", "unit": "day", "direction": "after"},
        {"from": "2026-09-28", "add": 5.5, "unit": "day", "direction": "after"},
        {"from": "2026-09-28", "add": True, "unit": "day", "direction": "after"},
        {"from": "2026-09-28", "add": -5, "unit": "day", "direction": "after"},
        {"from": "2026-09-28", "add": 10**40, "unit": "day", "direction": "after"},
        {"from": "2026-02-30", "add": 5, "unit": "day", "direction": "after"},
        {"from": "２０２６-09-28", "add": 5, "unit": "day", "direction": "after"},
        {"from": "20260928", "add": 5, "unit": "day", "direction": "after"},
        {"from": "2026-09-28", "add": 5, "unit": "hour", "direction": "after"},
        {"from": "9999-12-31", "add": 5, "unit": "day", "direction": "after"},
        {"from": "2026-09-28", "add": 5, "unit": "day", "direction": "after", "region": "x"},
        {"from": "2026-09-28", "add": 5, "unit": "day", "direction": "after", "extra": 1},
    ],
    ids=lambda question: repr(question)[:60],
)
def test_deadlines_refuses_bad_input_with_a_sentence(question, tmp_path, capsys):
    code, answer, complaint = run("deadlines", question, tmp_path, capsys)

    assert (code, answer) == (2, None)
    assert complaint.strip()
    assert "Traceback" not in complaint


def test_codes_answers_in_the_fixed_form(tmp_path, capsys):
    code, answer, _ = run("codes", {"kind": "uscc", "value": "914403001922038216"}, tmp_path, capsys)

    assert code == 0
    assert set(answer) == {"valid", "expected_check", "parts"}
    assert (answer["valid"], answer["expected_check"]) == (True, "6")
    assert answer["parts"]["organisation_code"] == "192203821"


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("uscc", "914403001922038217", "6"),
        ("uscc", "9144030071526726xg", None),
        ("uscc", "", None),
        ("citizen_id", "110105194912310021", "X"),
        ("citizen_id", "11010519491231002x", None),
        ("citizen_id", "１1010519491231002X", None),
        ("deal_code", "A01-914403001922038216-20260105-000007-0", "K"),
        ("section_code", "A014406002601050001001", None),
    ],
)
def test_codes_says_what_is_wrong_and_exits_with_one(kind, value, expected, tmp_path, capsys):
    code, answer, complaint = run("codes", {"kind": kind, "value": value}, tmp_path, capsys)

    assert (code, complaint) == (1, "")
    assert (answer["valid"], answer["expected_check"]) == (False, expected)
    assert answer["reason"]


@pytest.mark.parametrize(
    "question",
    [b"", b"null", {"kind": "uscc"}, {"kind": "isbn", "value": "1"}, {"kind": "uscc", "value": 914403001922038216}],
)
def test_codes_refuses_bad_input_with_a_sentence(question, tmp_path, capsys):
    code, answer, complaint = run("codes", question, tmp_path, capsys)

    assert (code, answer) == (2, None)
    assert complaint.strip()


def test_a_missing_file_is_bad_input(tmp_path, capsys):
    err = io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("codes", str(tmp_path / "none.json"), language="en", stdout=io.StringIO(), stderr=err)
    assert stopped.value.code == 2
    assert "none.json" in err.getvalue()


def examples(name):
    """The questions and answers of a section of docs/commands.md."""
    text = (settings.BASE_DIR / "docs" / "commands.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## {name}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"```json (question|answer)\n(.*?)```", section, re.DOTALL)
    found = [json.loads(block) for _, block in blocks]
    return list(zip(found[::2], found[1::2], strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("command", "question", "answer"),
    [(command, *example) for command in ("deadlines", "codes") for example in examples(command)],
)
def test_the_documented_examples_hold(command, question, answer, tmp_path, capsys):
    assert run(command, question, tmp_path, capsys)[1] == answer
