"""What a back-dated rule would touch: each package that stores snapshots registers a question about its own."""

from collections.abc import Callable
from datetime import date

Question = Callable[[str, str, date, str], list[str]]
"""(trade type, region, since, key) → one line for each thing that was published since then and keeps its snapshot."""

_QUESTIONS: list[Question] = []


def register(question: Question) -> None:
    """Ask `question` too, from now on."""
    if question not in _QUESTIONS:
        _QUESTIONS.append(question)


def of(*, trade_type: str, region: str, since: date, key: str) -> list[str]:
    """What was published since that day under another value and stays as it is."""
    return [line for question in _QUESTIONS for line in question(trade_type, region, since, key)]
