"""The command `score` as an auditor runs it; the documented examples hold."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bidding.scoring.domain.model import Against, Bid, Formula, LowRule, Parameters, Trim
from tests.unit.exchange.rooms.test_commands import blocks, run

EXAMPLES = list(zip(blocks("score", "question"), blocks("score", "answer"), strict=True))


@pytest.mark.parametrize(("question", "answer"), EXAMPLES)
def test_documented_examples_hold(question: Any, answer: Any, tmp_path: Path) -> None:
    assert run("score", question, tmp_path) == (0, answer, "")


def test_the_documented_schema_names_what_the_command_reads() -> None:
    (schema,) = blocks("score", "schema")

    for question in blocks("score", "question"):
        jsonschema.validate(question, schema)
    parameters = schema["properties"]["parameters"]["properties"]
    assert set(parameters) == set(Parameters.__slots__)
    assert set(schema["properties"]["bids"]["items"]["properties"]) == set(Bid.__slots__)
    assert schema["properties"]["formula"]["enum"] == list(Formula)
    assert set(parameters["trim"]["enum"]) == {*Trim, None}
    rule = parameters["abnormally_low"]["items"]["properties"]
    assert (set(rule), set(rule["against"]["enum"])) == (set(LowRule.__slots__), set(Against))


@pytest.mark.parametrize(
    "question", [b"{", {}, {"formula": "trimmed_mean", "bids": [{}]}, {"formula": "x", "bids": []}]
)
def test_bad_input_is_answered_with_a_sentence(question: Any, tmp_path: Path) -> None:
    code, answer, complaint = run("score", question, tmp_path)

    assert (code, answer) == (2, None)
    assert complaint.strip()
