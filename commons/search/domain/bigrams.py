"""Terms of a text: pairs of Chinese characters in their order, words of letters and digits.

    排污权 PW-2026  →  排污 污权 权 pw 2026

The last character of a run stands alone at its end, so that every single character begins some term.
"""

import re
import unicodedata
from dataclasses import dataclass

_RUNS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[a-z0-9]+")
LONGEST_QUESTION = 60


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that stand side by side; of the last one, when `prefix`, the beginning is enough."""

    terms: tuple[str, ...]
    prefix: bool


def terms(text: str) -> str:
    """The terms of a text that is to be found, separated by blanks."""
    return " ".join(term for run in _runs(text) for term in (_pairs(run, tail=True) if _chinese(run) else [run]))


def phrases(question: str) -> list[Phrase]:
    """What a reader typed, as phrases that must all be found; a single character or a word by its beginning."""
    found = []
    for run in _runs(question[:LONGEST_QUESTION]):
        if _chinese(run) and len(run) > 1:
            found.append(Phrase(tuple(_pairs(run, tail=False)), prefix=False))
        else:
            found.append(Phrase((run,), prefix=True))
    return found


def _runs(text: str) -> list[str]:
    return _RUNS.findall(unicodedata.normalize("NFKC", text).lower())


def _chinese(run: str) -> bool:
    return run[0] > "z"


def _pairs(run: str, *, tail: bool) -> list[str]:
    pairs = [run[place : place + 2] for place in range(len(run) - 1)]
    return [*pairs, run[-1]] if tail else pairs
