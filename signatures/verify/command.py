"""The command line of the offline verifier."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from commons.evidence.domain.report import Report
from commons.evidence.domain.trust import Keyring
from signatures.verify import checking
from signatures.verify.checking import BadInput

KINDS: dict[str, Callable[[BinaryIO, Keyring | None], Report]] = {
    "log": checking.check_log,
    "receipt": checking.check_receipts,
    "consistency": checking.check_consistency,
    "draw": checking.check_draw,
    "guarantee": checking.check_guarantee,
    "guarantee-feed": checking.check_feed,
}


def main(arguments: Sequence[str]) -> int:
    """Check one file; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m signatures.verify", description="Check evidence offline.")
    parser.add_argument("kind", choices=sorted([*KINDS, "document"]))
    parser.add_argument("file", help="the file to check, or - for standard input")
    parser.add_argument("--keys", help="the platform's published keys, kept from an earlier day")
    parser.add_argument("--beacon", help="of a draw: the public beacon's rounds, luochui-beacon/v1")
    parser.add_argument("--roots", help="of a document or guarantee: certificates of the trusted authorities, PEM")
    parser.add_argument("--consistency", help="of a receipt: the proof that the log grew out of its head, or several")
    parser.add_argument("--log", help="of a document: an exported log that should register it")
    options = parser.parse_args(arguments)
    if options.kind == "document":
        return document(options.file, options.roots, options.log, options.keys)
    try:
        report = run(options.kind, options.file, options.keys, options.beacon, options.roots, options.consistency)
    except (BadInput, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n")
    return 0 if report.holds else 1


def document(file: str, roots: str | None, log: str | None, keys: str | None) -> int:
    """Check a signed PDF; the exit code. This kind alone needs pyHanko, and imports it only here."""
    from signatures.verify import documents

    try:
        trusted = None
        if keys is not None:
            with opened(keys) as stream:
                trusted = checking.read_keys(stream)
        answer = documents.check_document(file, roots, log, trusted)
    except (BadInput, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False, indent=2) + "\n")
    return 0 if answer.holds else 1


def run(
    kind: str,
    file: str,
    keys: str | None,
    beacon: str | None = None,
    roots: str | None = None,
    proofs: str | None = None,
) -> Report:
    """The report on one file. Raises `BadInput`, `OSError`."""
    trusted = rounds = grown = None
    if keys is not None:
        with opened(keys) as stream:
            trusted = checking.read_keys(stream)
    if beacon is not None:
        with opened(beacon) as stream:
            rounds = checking.read_beacon(stream)
    if proofs is not None:
        with opened(proofs) as stream:
            grown = checking.read_json(stream)
    with opened(file) as stream:
        if kind == "receipt":
            return checking.check_receipts(stream, trusted, grown)
        if kind == "draw":
            return checking.check_draw(stream, trusted, rounds)
        if kind == "guarantee":
            return checking.check_guarantee(stream, trusted, checking.read_authorities(roots))
        return KINDS[kind](stream, trusted)


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """The file of that name, or standard input."""
    if name == "-":
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as stream:
        yield stream
