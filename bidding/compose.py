"""Composing a bid without a browser: `python -m bidding.compose`. No Django, no database, nothing is sent.

    check   runs the machine checks of the committee over a folder; exit code 0 (nothing found), 1 (findings)
    clean   takes author, program and dates off a blind volume
    seal    checks, then makes the envelope SBE-1 (`signatures.seal`); refuses a bid with faults unless told otherwise

Every sentence is told in English and in Chinese. The folder holds `bid.json` (`luochui-bid/v1`, where
`"files": {"BID_LETTER": "letter.pdf"}` may stand for `volumes`, and lines of the bill need no `total`) and the files
that it names. Exit code 2: bad input, with a sentence.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf

from bidding.bids import pdf_facts
from bidding.bids.domain import requirements
from bidding.bids.domain.checks import TEXTS, FileFacts, Given, blocks, check
from bidding.bids.domain.naming import recognisable
from bidding.bids.domain.package import FORMAT, NAME, parse
from bidding.bids.domain.requirements import Requirements
from bidding.scoring.domain.rounding import exact, fen
from commons.domain.deadlines import local_day
from commons.domain.money import as_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.offline import NOT_THERE, UNUSABLE, Parser, in_chinese, say
from signatures import seal as sealing
from signatures.crypto import national
from signatures.envelopes.domain.header import EnvelopeBroken
from signatures.envelopes.domain.sealing import FORMAT as TERMS
from signatures.envelopes.domain.sealing import Terms

_PIECE = 1024 * 1024


class BadInput(Exception):
    """A file or argument is not what it should be; the sentence, a message id with its fields, says why."""

    def __init__(self, message: str, **fields: object) -> None:
        self.message, self.fields = message, fields
        super().__init__(message % fields)


OUT_THERE = gettext_noop("%(file)s exists already; choose another name or folder for --out.")
NO_JSON = gettext_noop("%(file)s holds no JSON.")
NO_BIDDER = gettext_noop("%(file)s is no bid: it lacks its bidder.")
NO_RULES = gettext_noop("%(file)s does not hold what a section asks (%(format)s). Take rules.json from the bid's page.")
NO_TERMS = gettext_noop(
    "%(file)s does not hold the terms of sealing (%(format)s). Take terms.json from the bid's page."
)
LINE_LACKS = gettext_noop("A line of the bill lacks its unit price or quantity: %(code)s.")
NO_PDF = gettext_noop("%(file)s is no PDF that can be read.")
OTHER_TERMS = gettext_noop(
    "%(file)s is for section %(terms)s, the bid for %(bid)s. Take the terms from the bid's page."
)
LATE = gettext_noop("The deadline is past since the end of %(day)s: the platform refuses what comes late.")


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (BadInput, Refusal) as error:
        say(error.message, error.fields)
    except FileNotFoundError as error:
        say(NOT_THERE, {"file": error.filename})
    except OSError as error:
        say(UNUSABLE, {"file": error.filename, "reason": error.strerror})
    return 2


def run_check(options: argparse.Namespace) -> int:
    data, asked = _bid(options.folder), _rules(options.rules)
    return _tell(data, asked, options.folder)


def run_clean(options: argparse.Namespace) -> int:
    with options.volume.open("rb") as file:
        try:
            content = pdf_facts.cleaned(file)
        except pikepdf.PdfError:
            raise BadInput(NO_PDF, file=options.volume) from None
    options.out.write_bytes(content)
    return 0


def run_seal(options: argparse.Namespace) -> int:
    """Check, write the bid whole, and hand everything to the sealing command."""
    data, asked = _bid(options.folder), _rules(options.rules)
    if _tell(data, asked, options.folder) and not options.with_faults:
        return 1
    whole = options.out.with_name(NAME)
    _require_sealable(data, options)
    for path in (whole, options.out):
        if path.exists():
            raise BadInput(OUT_THERE, file=path)
    whole.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    files = [str(options.folder / volume["name"]) for volume in data["volumes"]]
    more = [word for name in ("sign_key", "sign_cert") if (value := getattr(options, name))
            for word in (f"--{name.replace('_', '-')}", str(value))]  # fmt: skip
    keys = [word for key in options.key for word in ("--key", str(key))]
    bidder = str(data["bidder"]["uscc"])
    try:
        order = ["seal", "--terms", str(options.terms), "--bidder", bidder, *keys, *more, "--out", str(options.out)]
        return sealing.main([*order, str(whole), *files])
    finally:
        whole.unlink()


def _require_sealable(data: Mapping[str, Any], options: argparse.Namespace) -> None:
    """Keys that are there, and terms that are those of the bid's section."""
    for path in (*options.key, options.sign_key, options.sign_cert):
        if path is not None and not path.exists():
            raise BadInput(NOT_THERE, file=path)
    national.install()
    try:
        terms = Terms.parse(_json(options.terms))
    except EnvelopeBroken:
        raise BadInput(NO_TERMS, file=options.terms, format=TERMS) from None
    bid = (str(data.get("tender")), str(data.get("section")))
    if (terms.tender, terms.lot) != bid:
        raise BadInput(OTHER_TERMS, file=options.terms, terms=f"{terms.tender}/{terms.lot}", bid="/".join(bid))


def _tell(data: dict[str, Any], asked: Requirements, folder: Path) -> int:
    bid = parse(data)
    names = recognisable(str(data["bidder"].get("name") or ""), bid.bidder)
    blind = {part.code for part in asked.parts if part.blind}
    files = {volume.name: _facts(folder / volume.name, names, volume.part in blind) for volume in bid.volumes}
    findings = check(Given(bid, files, names), asked)
    told = [
        {**one.as_json(), "sentence": TEXTS[one.check] % fields, "sentence_zh": in_chinese(TEXTS[one.check], fields)}
        for one in findings
        for fields in [{"what": one.what, "other": one.other}]
    ]
    if local_day(datetime.now(UTC)) > asked.deadline:
        say(LATE, {"day": asked.deadline.isoformat()})
    sys.stdout.write(json.dumps({"complete": not findings, "findings": told}, ensure_ascii=False, indent=2) + "\n")
    return int(blocks(findings))


def _bid(folder: Path) -> dict[str, Any]:
    """The bid with the digests of its files and the totals of its lines filled in."""
    data = _json(folder / NAME)
    if not isinstance(data, dict) or not isinstance(data.get("bidder"), dict):
        raise BadInput(NO_BIDDER, file=folder / NAME)
    data.setdefault("format", FORMAT)
    named = data.pop("files", None)
    if isinstance(named, dict):
        data["volumes"] = [_volume(folder, str(part), str(name)) for part, name in named.items()]
    for line in data.get("bill", []):
        if isinstance(line, dict) and "total" not in line:
            line["total"] = _total(line)
    data.setdefault("volumes", [])
    return data


def _total(line: dict[str, Any]) -> str:
    try:
        return as_text(fen(exact(Decimal(str(line["unit_price"]))) * exact(Decimal(str(line["quantity"])))))
    except (KeyError, ArithmeticError):
        raise BadInput(LINE_LACKS, code=line.get("code", "?")) from None


def _volume(folder: Path, part: str, name: str) -> dict[str, str]:
    sha256, size = _digest(folder / name)
    return {"part": part, "name": name, "sha256": sha256, "size": str(size)}


def _facts(path: Path, names: Sequence[str], blind: bool) -> FileFacts:
    sha256, size = _digest(path)
    with path.open("rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
        file.seek(0)
        found = pdf_facts.look(file, {"names": names}) if blind and is_pdf else {"metadata": [], "marks": []}
    is_pdf = bool(found.get("is_pdf", is_pdf))
    return FileFacts(sha256, size, is_pdf, tuple(found["metadata"]), tuple(found["marks"]))


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def _rules(path: Path) -> Requirements:
    try:
        return requirements.parse(_json(path))
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise BadInput(NO_RULES, file=path, format=requirements.FORMAT) from None


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except ValueError:
        raise BadInput(NO_JSON, file=path) from None


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m bidding.compose", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(required=True)
    for name, run in (("check", run_check), ("seal", run_seal)):
        command = commands.add_parser(name)
        command.add_argument("--rules", type=Path, required=True, help="what the section asks, from the bid's page")
        command.add_argument("--folder", type=Path, required=True, help="the folder with bid.json and its files")
        command.set_defaults(run=run)
        if name == "seal":
            command.add_argument("--terms", type=Path, required=True, help="the terms of sealing, from the same page")
            command.add_argument("--key", type=Path, action="append", required=True, help="your certificate or key")
            command.add_argument("--sign-key", type=Path)
            command.add_argument("--sign-cert", type=Path)
            command.add_argument("--out", type=Path, required=True)
            command.add_argument("--with-faults", action="store_true", help="seal although the checks found faults")
    clean = commands.add_parser("clean")
    clean.add_argument("volume", type=Path)
    clean.add_argument("--out", type=Path, required=True)
    clean.set_defaults(run=run_clean)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
