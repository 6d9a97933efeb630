"""All that somebody gets who copies the database: every table, every row, in every spelling that a reader would try."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection


def dump(*, without: tuple[str, ...] = ()) -> str:
    """The whole database as text, a line a row; `without` names tables that are left out."""
    return "\n".join(
        line for name in sorted(connection.introspection.table_names()) if name not in without for line in rows(name)
    )


def rows(table: str) -> Iterator[str]:
    """The rows of one table."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # names come from the database itself
        names = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            values = ", ".join(f"{name}={_spelled(value)}" for name, value in zip(names, row, strict=True))
            yield f"{table}: {values}"


def found_in(text: str, words: Iterable[str]) -> list[str]:
    """The words that stand in the text; a number of digits alone only where it stands by itself.

    A few digits in a row stand by chance in a digest, a fraction of a second or the offsets of a PDF, and
    `organisation:1` begins `organisation:12`.
    """
    return [word for word in words if re.search(_pattern(word), text)]


def _pattern(word: str) -> str:
    if word.isdecimal():
        return rf"(?<![0-9a-f.]){word}(?![0-9a-f])"
    return re.escape(word) + (r"(?!\d)" if word[-1].isdecimal() else "")


def _spelled(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        return f"{raw.hex()} {raw.decode('utf-8', 'replace')}"
    return str(value)
