"""Sentences of the commands that run without Django, each in English and in Chinese."""

import argparse
import gettext
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NoReturn

from commons.domain.text import gettext_noop

ROOT = Path(__file__).parent.parent
CATALOGUES = ("bidding/bids", "bidding", "signatures", "signatures/envelopes", "signatures/documents", "commons")
"""Where the Chinese of the sentences is found."""

NOT_THERE = gettext_noop("%(file)s is not there.")
UNUSABLE = gettext_noop("%(file)s cannot be read or written: %(reason)s.")
ARGUMENTS = gettext_noop("The arguments cannot be used: %(reason)s. See --help.")
SYSTEM = (
    gettext_noop("Permission denied"),
    gettext_noop("Is a directory"),
    gettext_noop("Not a directory"),
    gettext_noop("No space left on device"),
    gettext_noop("Read-only file system"),
)
"""What a system says of a file that it cannot give or take."""


class Parser(argparse.ArgumentParser):
    """Says in both languages what is wrong with the arguments."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        say(ARGUMENTS, {"reason": message})
        raise SystemExit(2)


def say(message: str, fields: Mapping[str, object]) -> None:
    """The sentence of a message id in both languages, on the error output."""
    sys.stderr.write(f"{message % fields}\n{in_chinese(message, fields)}\n")


def in_chinese(message: str, fields: Mapping[str, object]) -> str:
    """The sentence in Chinese; its fields as they are, or in Chinese where they are message ids themselves."""
    told = {name: _chinese(value) if isinstance(value, str) else value for name, value in fields.items()}
    return _chinese(message) % told


def _chinese(text: str) -> str:
    return next((found for one in _catalogues() if text and (found := one.gettext(text)) != text), text)


@cache
def _catalogues() -> tuple[gettext.NullTranslations, ...]:
    return tuple(
        gettext.translation("django", ROOT / place / "locale", languages=["zh_Hans"], fallback=True)
        for place in CATALOGUES
    )
