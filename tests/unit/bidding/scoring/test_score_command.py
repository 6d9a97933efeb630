"""The command `score` as an auditor runs it; the documented examples hold."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.exchange.rooms.test_commands import blocks, run

EXAMPLES = list(zip(blocks("score", "question"), blocks("score", "answer"), strict=True))


@pytest.mark.parametrize(("question", "answer"), EXAMPLES)
def test_documented_examples_hold(question: Any, answer: Any, tmp_path: Path) -> None:
    assert run("score", question, tmp_path) == (0, answer, "")


@pytest.mark.parametrize(
    "question", [b"{", {}, {"formula": "trimmed_mean", "bids": [{}]}, {"formula": "x", "bids": []}]
)
def test_bad_input_is_answered_with_a_sentence(question: Any, tmp_path: Path) -> None:
    code, answer, complaint = run("score", question, tmp_path)

    assert (code, answer) == (2, None)
    assert complaint.strip()
