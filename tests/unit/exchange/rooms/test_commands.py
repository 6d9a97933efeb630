"""The commands `clear` and `whatif` as an auditor runs them; the documented examples and schema hold."""

import io
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.conf import settings
from django.core.management import call_command

from exchange.rooms.domain import log
from tests.unit.exchange.rooms.story import Story, foshan

Answer = tuple[int, Any, str]


def run(command: str, question: object, folder: Path, language: str = "en") -> Answer:
    """Exit code, answer and complaint of a command."""
    file = folder / "question.json"
    file.write_bytes(question if isinstance(question, bytes) else json.dumps(question).encode())
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(command, str(file), language=language, stdout=out, stderr=err)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    return code, json.loads(out.getvalue() or "null"), err.getvalue()


def section(name: str) -> str:
    text = (Path(settings.BASE_DIR) / "docs" / "commands.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {name}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/commands.md has no section {name}"
    return found[1]


def blocks(name: str, kind: str) -> list[Any]:
    return [json.loads(block) for block in re.findall(rf"```json {kind}\n(.*?)```", section(name), re.DOTALL)]


EXAMPLES = [
    (name, *pair)
    for name in ("clear", "whatif")
    for pair in zip(blocks(name, "question"), blocks(name, "answer"), strict=True)
]


@pytest.mark.parametrize(("command", "question", "answer"), EXAMPLES)
def test_documented_examples_hold(command: str, question: Any, answer: Any, tmp_path: Path) -> None:
    assert run(command, question, tmp_path) == (0, answer, "")


ENGLISH_WORDS = re.compile(r"[A-Za-z]{4,}")


@pytest.mark.parametrize(("command", "question", "answer"), EXAMPLES)
def test_the_same_answer_is_explained_in_chinese(command: str, question: Any, answer: Any, tmp_path: Path) -> None:
    code, told, complaint = run(command, question, tmp_path, language="zh-hans")

    def explained(given: Any) -> tuple[list[str], Any]:
        cleared = given["other"].get("clearing", {}) if command == "whatif" else given
        return cleared.pop("explanation", []), given

    (chinese, rest), (english, same) = explained(told), explained(json.loads(json.dumps(answer)))
    assert (code, complaint, rest) == (0, "", same)
    assert len(chinese) == len(english)
    assert not [sentence for sentence in chinese if ENGLISH_WORDS.search(sentence)]


def test_every_sentence_of_a_clearing_has_a_chinese_one(tmp_path: Path) -> None:
    """Each rule that explains itself is used once; no sentence stays English."""
    bids = [
        {"id": "b1", "bidder": "X", "quantity": "40", "price": "15", "at": "2026-01-05T02:00:00.000Z"},
        {"id": "b2", "bidder": "Y", "quantity": "40", "minimum": "35", "price": "12", "at": "2026-01-05T02:00:01.000Z"},
        {"id": "b3", "bidder": "Z", "quantity": "40", "price": "12", "at": "2026-01-05T02:00:02.000Z"},
        {"id": "b4", "bidder": "W", "quantity": "5", "price": "1", "at": "2026-01-05T02:00:03.000Z"},
    ]
    rules: list[dict[str, Any]] = [
        {"price": "uniform", "reserve": "10"},
        {"price": "uniform", "tie": "random", "seed": "s"},
        {"price": "pay_as_bid", "tie": "pro_rata"},
        {"price": "top_share", "top_share": "0.5"},
        {"price": "uniform", "secret_reserve": "100"},
        {"price": "uniform", "cap_share": "0.3"},
        {"price": "uniform", "extra_supply": [{"trigger": "11", "quantity": "20"}]},
        {"price": "uniform", "extra_supply": [{"trigger": "11", "quantity": "200"}]},
        {"price": "uniform", "shortfall": "lowest_bid"},
    ]
    sentences: list[str] = []
    for rule in rules:
        for supply in ("60", "500"):
            question = {"supply": supply, "rule": rule, "bids": bids}
            code, told, _ = run("clear", question, tmp_path, language="zh-hans")
            assert code == 0
            sentences += told["explanation"]
    code, told, _ = run(
        "clear",
        {"supply": "500", "rule": {"price": "uniform", "shortfall": "cancel"}, "bids": bids},
        tmp_path,
        "zh-hans",
    )

    assert not [sentence for sentence in [*sentences, *told["explanation"]] if ENGLISH_WORDS.search(sentence)]
    assert len(set(sentences)) > 20


def test_documented_schema_names_what_the_command_reads() -> None:
    from exchange.management.commands.clear import ClearRequest
    from exchange.rooms.domain.clearing.model import Rule

    (schema,) = blocks("clear", "schema")

    for question in blocks("clear", "question"):
        jsonschema.validate(question, schema)
    assert set(schema["properties"]) == set(ClearRequest.__struct_fields__)
    assert set(schema["properties"]["rule"]["properties"]) == set(Rule.__slots__)


@pytest.mark.parametrize("command", ["clear", "whatif"])
@pytest.mark.parametrize(
    "question",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        {},
        {"supply": 60, "rule": {}, "bids": []},
        {"supply": "60", "rule": {"price": "uniform"}, "bids": [{}]},
        {"supply": "60", "rule": {"price": "uniform"}, "bids": [], "surprise": 1},
        {"log": {}},
        {"log": {"events": []}, "rules": {}},
        {"log": log.to_json(Story(foshan()).events)},
        {"log": log.to_json(Story(foshan()).events), "rules": {"step": "0"}},
        {"log": log.to_json(Story(foshan()).events), "rules": {"colour": "red"}},
        {"log": log.to_json(Story(foshan()).events), "clearing": {"price": "guess"}},
        {"log": log.to_json(Story(foshan()).events), "clearing": {"price": "uniform"}, "rules": {}},
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(command: str, question: object, tmp_path: Path) -> None:
    code, answer, complaint = run(command, question, tmp_path)

    assert (code, answer) == (2, None)
    assert len(complaint.strip().splitlines()) == 1
    assert "Traceback" not in complaint


def test_missing_file_is_bad_input(tmp_path: Path) -> None:
    err = io.StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command("clear", str(tmp_path / "none.json"), language="en", stdout=io.StringIO(), stderr=err)

    assert stopped.value.code == 2
    assert "none.json" in err.getvalue()


def test_large_sale_is_cleared_in_a_moment(tmp_path: Path) -> None:
    bids = [
        {
            "id": f"b{n}",
            "bidder": f"X{n % 400}",
            "quantity": "7",
            "price": str(n % 97 + 1),
            "at": "2026-01-05T02:00:00Z",
        }
        for n in range(4000)
    ]
    rule = {"price": "uniform", "tie": "random", "seed": "s", "cap_share": "0.01"}

    code, answer, _ = run("clear", {"supply": "9000", "lot_size": "7", "rule": rule, "bids": bids}, tmp_path)

    assert code == 0
    assert int(answer["sold"]) == 9000 // 7 * 7
