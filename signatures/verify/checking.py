"""What each kind of file means to the verifier. Pure but for reading the file it is given."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from cryptography import x509

from commons.evidence.domain import consistency, exports, merkle, receipts
from commons.evidence.domain.notes import BadNote
from commons.evidence.domain.receipts import BadReceipt, Head, Receipt
from commons.evidence.domain.report import Report
from commons.evidence.domain.trust import Keyring
from signatures.draws.domain import record as draws
from signatures.draws.domain.beacons import BadBeacon, BeaconFile
from signatures.verify import guarantees

LARGEST = 64 * 2**20
"""Of receipts, keys and proofs; logs are read line by line."""


LONGEST_LINE = 16 * 2**20


class BadInput(ValueError):
    """The file is not what it should be; the sentence says why."""


def check_log(file: BinaryIO, trusted: Keyring | None) -> Report:
    """An exported log. Raises `BadInput`."""
    try:
        return exports.check(_lines(file), trusted=trusted)
    except exports.NoExport as error:
        raise BadInput(str(error)) from None


def check_receipts(file: BinaryIO, trusted: Keyring | None, proofs: object = None) -> Report:
    """One receipt or a list of them. Raises `BadInput`.

    `proofs`: one or a list of `luochui-consistency/v1`; then every receipt's head must be the older checkpoint of one
    that holds, so that the log of the newer checkpoint grew out of what the bidder was shown.
    """
    value = read_json(file)
    found = value if isinstance(value, list) else [value]
    if not found:
        raise BadInput("the file holds no receipt")
    report = Report()
    read = [_check_receipt(report, f"receipt {number}", item, trusted) for number, item in enumerate(found, start=1)]
    report.add(receipts.split_views([one for one in read if one is not None]))
    if proofs is not None:
        proven = _proven_heads(report, proofs, trusted)
        for number, one in enumerate(read, start=1):
            if one is not None:
                report.add(f"receipt {number}: {fault}" for fault in _head_faults(one.batch.head, proven))
    report.facts |= {"receipts": str(len(found)), "keys_trusted": trusted is not None, "heads_proven": bool(proofs)}
    return report


def _proven_heads(report: Report, proofs: object, trusted: Keyring | None) -> dict[int, bytes]:
    """The older checkpoints, size to root, of the proofs that hold; a proof that does not is a fault."""
    if trusted is None:
        raise BadInput("say with --keys whose checkpoints these should be")
    proven = {0: merkle.EMPTY_ROOT}
    for item in proofs if isinstance(proofs, list) else [proofs]:
        try:
            found = consistency.check(item, trusted=trusted)
            report.add(f"consistency: {fault}" for fault in found.faults)
            if found.holds:
                assert isinstance(item, Mapping), "a proof that holds was read as an object"
                old, _ = trusted.open(str(item["old"]))
                proven[old.size] = old.root
        except ValueError as error:
            raise BadInput(str(error)) from None
    return proven


def _head_faults(head: Head, proven: Mapping[int, bytes]) -> Iterator[str]:
    if head.size not in proven:
        yield f"it names a head of {head.size} entries, of which no proof that holds was given"
    elif fault := receipts.head_fault(head, proven[head.size]):
        yield fault


def check_consistency(file: BinaryIO, trusted: Keyring | None) -> Report:
    """Two checkpoints and a proof. Raises `BadInput`, also without keys: a proof of unknown logs proves nothing."""
    if trusted is None:
        raise BadInput("say with --keys whose checkpoints these should be")
    try:
        return consistency.check(read_json(file), trusted=trusted)
    except ValueError as error:
        raise BadInput(str(error)) from None


def check_draw(file: BinaryIO, trusted: Keyring | None, beacon: BeaconFile | None = None) -> Report:
    """An exported draw. Raises `BadInput`."""
    try:
        return draws.check(read_json(file), trusted=trusted, beacon=beacon)
    except draws.NoRecord as error:
        raise BadInput(str(error)) from None


def read_beacon(file: BinaryIO) -> BeaconFile:
    """The rounds of a public beacon. Raises `BadInput`."""
    try:
        return BeaconFile.parse(read_json(file))
    except BadBeacon as error:
        raise BadInput(str(error)) from None


def check_guarantee(
    file: BinaryIO, trusted: Keyring | None, authorities: Sequence[x509.Certificate] | None = None
) -> Report:
    """A guarantee with its status. Raises `BadInput`."""
    try:
        return guarantees.check(read_json(file), trusted=trusted, authorities=authorities)
    except guarantees.NoBundle as error:
        raise BadInput(str(error)) from None


def check_feed(file: BinaryIO, trusted: Keyring | None) -> Report:
    """Pages of the feed of guarantees' statuses. Raises `BadInput`."""
    try:
        return guarantees.check_feed(read_json(file), trusted=trusted)
    except guarantees.NoBundle as error:
        raise BadInput(str(error)) from None


def read_authorities(name: str | None) -> list[x509.Certificate] | None:
    """The certificates in a PEM file, None where none is named. Raises `BadInput`, `OSError`."""
    if name is None:
        return None
    try:
        return x509.load_pem_x509_certificates(Path(name).read_bytes())
    except ValueError:
        raise BadInput("the file of authorities holds no certificate in PEM form") from None


def read_keys(file: BinaryIO) -> Keyring:
    """The keys that the platform published. Raises `BadInput`."""
    try:
        return Keyring.parse(read_json(file))
    except BadNote as error:
        raise BadInput(str(error)) from None


def read_json(file: BinaryIO) -> object:
    """The JSON in a file of bounded size. Raises `BadInput`."""
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadInput("the file is larger than 64 MiB")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise BadInput("the file holds no JSON") from None


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a log; none is as long as the file of an attacker."""
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise BadInput("a line is longer than 16 MiB")
        yield line


def _check_receipt(report: Report, where: str, item: object, trusted: Keyring | None) -> Receipt | None:
    try:
        receipt = receipts.from_json(item)
        report.add(f"{where}: {fault}" for fault in receipts.faults(receipt, trusted))
        report.facts["signed_by"] = receipt.batch.key
    except (BadReceipt, BadNote) as error:
        report.fault(f"{where}: {error}")
        return None
    return receipt
