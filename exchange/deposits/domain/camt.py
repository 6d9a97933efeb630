"""Reading bank files: ISO 20022 camt.053 (statement of a day) and camt.054 (notice of entries). Bytes in, values out.

Elements are found by their local names, so that the versions 02 to 13 read alike: in 02 a status is text, later it has
a code inside; from 08 on a party's name stands inside `Pty`. A file is taken whole or refused whole, with the place
named: half a statement is worse than none.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from xml.etree.ElementTree import Element, ParseError  # only the types: reading goes through defusedxml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from commons.domain.money import Money, parse_decimal
from commons.domain.refusals import Malformed, Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import SHANGHAI

LARGEST_FILE_BYTES = 20 * 2**20
MOST_ENTRIES = 20_000

_NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:(camt\.05[34]\.001\.(\d{2}))\}Document\Z", re.ASCII)
_BODIES = {"camt.053": ("BkToCstmrStmt", "Stmt"), "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}


class BankFileRefused(Refusal):
    """`reason` is an English message id; `place` says where in the file, as a path of ISO names."""

    code = "BANK_FILE_REFUSED"
    message = gettext_noop("The bank file cannot be taken in: %(reason)s (%(place)s). Ask the bank for a correct one.")
    status = 400


class Direction(StrEnum):
    CREDIT = "CRDT"
    DEBIT = "DBIT"


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a payment, as the bank names it."""

    name: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole entry, which may book several payments in one sum."""

    total: Money
    direction: Direction
    bank_ref: str
    """The bank's reference, which statement and notice share."""
    batch_id: str
    """Of the batch: its message and its payment there."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One movement of money on the account: an entry, or one transaction of a batched entry."""

    amount: Money
    direction: Direction
    reversal: bool
    """It undoes an earlier movement of the other direction."""
    booked_on: date
    booked_at: datetime | None
    value_on: date | None
    entry_ref: str
    bank_ref: str
    end_to_end_id: str
    instruction_id: str
    debtor: Party
    creditor: Party
    remittance: tuple[str, ...]
    references: tuple[str, ...]
    """Structured creditor references."""
    single: bool
    """The only movement of its entry, so that the entry's references are its own."""
    entry: "Entry"
    """The whole entry that it is part of."""

    @property
    def detailed(self) -> bool:
        """Whether it is told with payer or purpose, and not as a bare sum."""
        told = (*self.remittance, *self.references, self.end_to_end_id, self.creditor.account)
        return not self.single or any((*told, self.debtor.name, self.debtor.account))

    @property
    def signed(self) -> Decimal:
        return self.amount if self.direction is Direction.CREDIT else -self.amount


@dataclass(frozen=True, slots=True)
class Statement:
    """What one statement or notice says of one account."""

    id: str
    account: str
    opening: Decimal | None
    closing: Decimal | None
    payments: tuple[Payment, ...]
    repeated: tuple[Payment, ...]
    """Entries that stand twice, word for word, under one reference: shown, not booked."""
    pending: int
    """Entries that are not booked yet; they will come again when they are."""


@dataclass(frozen=True, slots=True)
class BankFile:
    """A whole file."""

    kind: str
    version: str
    message_id: str
    created_at: datetime
    statements: tuple[Statement, ...]


def read(content: bytes) -> BankFile:
    """The file as values. Refuses (`BankFileRefused`) what is no camt.053 or camt.054 in yuan, whole and exact."""
    if len(content) > LARGEST_FILE_BYTES:
        raise BankFileRefused(reason=gettext_noop("it is larger than 20 MB"), place="-")
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise BankFileRefused(reason=gettext_noop("it declares a document type or entities"), place="DOCTYPE") from None
    except (ParseError, ValueError, LookupError) as error:
        # ValueError and LookupError: encodings that do not exist or do not fit.
        raise BankFileRefused(reason=gettext_noop("it is no well-formed XML"), place=str(error)) from None
    match = _NAMESPACE.match(root.tag)
    if match is None:
        raise BankFileRefused(reason=gettext_noop("it is neither camt.053 nor camt.054"), place=root.tag[:80])
    return _file(root, match[1])


def _file(root: Element, version: str) -> BankFile:
    kind = version[:8]
    body_name, part_name = _BODIES[kind]
    body = _need(root, body_name, "Document")
    header = _need(body, "GrpHdr", body_name)
    parts = list(_all(body, part_name))
    if not parts:
        raise BankFileRefused(reason=gettext_noop("a part is missing"), place=f"{body_name}/{part_name}")
    created_at = _instant(_text(_need(header, "CreDtTm", "GrpHdr")), "GrpHdr/CreDtTm")
    message_id = _text(_need(header, "MsgId", "GrpHdr"))
    return BankFile(kind, version, message_id, created_at, tuple(_statement(part, kind) for part in parts))


def _statement(part: Element, kind: str) -> Statement:
    place = f"Stmt[{_text_of(part, 'Id')}]"
    account = _need(part, "Acct", place)
    number = _account(account)
    if not number:
        raise BankFileRefused(reason=gettext_noop("a part is missing"), place=f"{place}/Acct/Id")
    _require_yuan(_text_of(account, "Ccy") or "CNY", f"{place}/Acct/Ccy")
    payments, repeated, pending = _payments(part, place)
    opening, closing = (_balance(part, codes, place) for codes in (("OPBD", "PRCD"), ("CLBD",)))
    if kind == "camt.053" and opening is not None and closing is not None:
        moved = sum((payment.signed for payment in payments), start=Decimal(0))
        if opening + moved != closing:
            raise BankFileRefused(
                reason=gettext_noop("opening balance and entries do not give the closing balance"), place=place
            )
    return Statement(_text_of(part, "Id"), number, opening, closing, tuple(payments), tuple(repeated), pending)


def _payments(part: Element, place: str) -> tuple[list[Payment], list[Payment], int]:
    payments: list[Payment] = []
    repeated: list[Payment] = []
    pending = 0
    seen: dict[str, list[Payment]] = {}
    for number, entry in enumerate(_all(part, "Ntry"), start=1):
        if number > MOST_ENTRIES:
            raise BankFileRefused(reason=gettext_noop("it has more than 20,000 entries"), place=place)
        here = f"{place}/Ntry[{_text_of(entry, 'NtryRef') or number}]"
        if not _is_booked(entry, here):
            pending += 1
            continue
        found = list(_entry(entry, here))
        first = seen.setdefault(found[0].entry_ref, found) if found[0].entry_ref else found
        if first is found:
            payments += found
        elif first == found:
            repeated += found
        else:
            raise BankFileRefused(
                reason=gettext_noop("one entry reference stands for two different entries"), place=here
            )
    return payments, repeated, pending


def _is_booked(entry: Element, place: str) -> bool:
    status = _need(entry, "Sts", place)
    code = _text_of(status, "Cd") or _text(status)
    if code not in ("BOOK", "PDNG", "INFO", "FUTR"):
        raise BankFileRefused(reason=gettext_noop("the status of an entry is unknown"), place=f"{place}/Sts")
    return code == "BOOK"


def _entry(entry: Element, place: str) -> Iterator[Payment]:
    amount = _amount(_need(entry, "Amt", place), f"{place}/Amt")
    direction = _direction(_need(entry, "CdtDbtInd", place), place)
    details = [item for group in _all(entry, "NtryDtls") for item in _all(group, "TxDtls")]
    if len(details) <= 1:
        details_of_one = details[0] if details else None
        _same_amount(details_of_one, amount, place)
        yield _payment(entry, details_of_one, amount, direction, place, single=True)
        return
    parts = [_part(item, direction, f"{place}/TxDtls[{n}]") for n, item in enumerate(details, start=1)]
    if sum(part if way is direction else -part for part, way in parts) != amount:
        raise BankFileRefused(
            reason=gettext_noop("the parts of a batched entry do not add up to its amount"), place=place
        )
    for item, (part, way) in zip(details, parts, strict=True):
        yield _payment(entry, item, part, way, place, single=False)


def _same_amount(details: Element | None, amount: Money, place: str) -> None:
    stated = _stated_amount(details)
    if stated is not None and _amount(stated, f"{place}/TxDtls/Amt") != amount:
        raise BankFileRefused(
            reason=gettext_noop("the parts of a batched entry do not add up to its amount"), place=place
        )


def _part(details: Element, otherwise: Direction, place: str) -> tuple[Money, Direction]:
    stated = _stated_amount(details)
    if stated is None:
        raise BankFileRefused(reason=gettext_noop("a part of a batched entry has no amount"), place=place)
    way = _child(details, "CdtDbtInd")
    return _amount(stated, f"{place}/Amt"), otherwise if way is None else _direction(way, place)


def _stated_amount(details: Element | None) -> Element | None:
    """The amount of a transaction: `Amt` since version 04, `AmtDtls/TxAmt/Amt` before."""
    if details is None:
        return None
    direct = _child(details, "Amt")
    return direct if direct is not None else _path(details, "AmtDtls", "TxAmt", "Amt")


def _payment(
    entry: Element, details: Element | None, amount: Money, direction: Direction, place: str, *, single: bool
) -> Payment:
    inner = details if details is not None else Element("TxDtls")
    booked_on, booked_at = _day(_need(entry, "BookgDt", place), f"{place}/BookgDt")
    value = _child(entry, "ValDt")
    return Payment(
        amount=amount,
        direction=direction,
        reversal=_text_of(entry, "RvslInd").lower() in ("true", "1"),
        booked_on=booked_on,
        booked_at=booked_at,
        value_on=None if value is None else _day(value, f"{place}/ValDt")[0],
        entry_ref=_text_of(entry, "NtryRef"),
        bank_ref=_text_at(inner, "Refs", "AcctSvcrRef") or (_text_of(entry, "AcctSvcrRef") if single else ""),
        end_to_end_id=_given(_text_at(inner, "Refs", "EndToEndId")),
        instruction_id=_given(_text_at(inner, "Refs", "InstrId")),
        debtor=_party(inner, "Dbtr"),
        creditor=_party(inner, "Cdtr"),
        remittance=tuple(_text(item) for info in _all(inner, "RmtInf") for item in _all(info, "Ustrd")),
        references=tuple(
            filter(
                None,
                (_text_at(item, "CdtrRefInf", "Ref") for info in _all(inner, "RmtInf") for item in _all(info, "Strd")),
            )
        ),
        single=single,
        entry=Entry(
            _amount(_need(entry, "Amt", place), f"{place}/Amt"),
            _direction(_need(entry, "CdtDbtInd", place), place),
            _text_of(entry, "AcctSvcrRef"),
            _batch_id(entry),
        ),
    )


def _batch_id(entry: Element) -> str:
    for group in _all(entry, "NtryDtls"):
        names = [_text_at(group, "Btch", part) for part in ("MsgId", "PmtInfId")]
        if any(names):
            return "/".join(names)
    return ""


def _party(details: Element, side: str) -> Party:
    parties = _child(details, "RltdPties")
    if parties is None:
        return Party()
    name = _text_at(parties, side, "Pty", "Nm") or _text_at(parties, side, "Nm")
    account = _child(parties, f"{side}Acct")
    return Party(name, "" if account is None else _account(account))


def _account(account: Element) -> str:
    return _text_at(account, "Id", "IBAN") or _text_at(account, "Id", "Othr", "Id")


def _balance(part: Element, codes: tuple[str, ...], place: str) -> Decimal | None:
    for balance in _all(part, "Bal"):
        if _text_at(balance, "Tp", "CdOrPrtry", "Cd") in codes:
            amount = _amount(_need(balance, "Amt", f"{place}/Bal"), f"{place}/Bal/Amt")
            way = _direction(_need(balance, "CdtDbtInd", f"{place}/Bal"), f"{place}/Bal")
            return amount if way is Direction.CREDIT else -amount
    return None


def _amount(element: Element, place: str) -> Money:
    _require_yuan(element.get("Ccy", ""), f"{place}/@Ccy")
    try:
        return Money(parse_decimal(_text(element), field="Amt", places=2))
    except Malformed as refusal:
        raise BankFileRefused(reason=str(refusal.fields["reason"]), place=f"{place} “{_text(element)[:40]}”") from None


def _require_yuan(currency: str, place: str) -> None:
    if currency != "CNY":
        raise BankFileRefused(reason=gettext_noop("only yuan (CNY) are kept here"), place=f"{place} {currency[:10]}")


def _direction(element: Element, place: str) -> Direction:
    try:
        return Direction(_text(element))
    except ValueError:
        raise BankFileRefused(reason=gettext_noop("credit or debit is not said"), place=f"{place}/CdtDbtInd") from None


def _day(element: Element, place: str) -> tuple[date, datetime | None]:
    exact = _text_of(element, "DtTm")
    if exact:
        instant = _instant(exact, place)
        return instant.astimezone(SHANGHAI).date(), instant
    try:
        return date.fromisoformat(_text(_need(element, "Dt", place))[:10]), None
    except ValueError:
        raise BankFileRefused(reason=gettext_noop("a day cannot be read"), place=place) from None


def _instant(text: str, place: str) -> datetime:
    """ISO date and time; banks that leave out the offset mean their own clock, Shanghai's."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise BankFileRefused(reason=gettext_noop("a time cannot be read"), place=place) from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def arrived_by(payment: Payment, created_at: datetime) -> datetime:
    """When the money was surely there: at its booking, else by the end of the day or the making of the file."""
    if payment.booked_at is not None:
        return payment.booked_at
    starts = datetime.combine(payment.booked_on, time(), tzinfo=SHANGHAI).astimezone(UTC)
    ends = starts + timedelta(days=1) - timedelta(milliseconds=1)
    return min(ends, created_at) if created_at > starts else ends


def fingerprints(statement: Statement) -> list[str]:
    """One name per payment by which it is known again when a later file brings it once more.

    Where the bank gives the movement a reference, that is the name; the notice of the hour and the statement of the day
    then agree, however differently they tell the rest. Where not, the whole content is, counted within the file.
    """
    seen: dict[str, int] = {}
    names = []
    for payment in statement.payments:
        content = _identity(statement.account, payment)
        seen[content] = seen.get(content, 0) + 1
        names.append(hashlib.sha256(f"{content}\n{seen[content]}".encode()).hexdigest())
    return names


def _identity(account: str, payment: Payment) -> str:
    common = [account, payment.direction.value, str(payment.reversal), f"{payment.amount:.2f}"]
    if payment.bank_ref:
        return "\n".join([*common, "ref", payment.bank_ref])
    rest = [payment.booked_on.isoformat(), payment.end_to_end_id, payment.debtor.account, payment.creditor.account]
    return "\n".join([*common, "content", *rest, *payment.remittance])


def _given(text: str) -> str:
    return "" if text == "NOTPROVIDED" else text


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(parent: Element, name: str) -> Iterator[Element]:
    return (child for child in parent if _local(child) == name)


def _child(parent: Element, name: str) -> Element | None:
    return next(_all(parent, name), None)


def _path(parent: Element, *names: str) -> Element | None:
    found: Element | None = parent
    for name in names:
        found = None if found is None else _child(found, name)
    return found


def _need(parent: Element, name: str, place: str) -> Element:
    found = _child(parent, name)
    if found is None:
        raise BankFileRefused(reason=gettext_noop("a part is missing"), place=f"{place}/{name}")
    return found


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _text_of(parent: Element, name: str) -> str:
    found = _child(parent, name)
    return "" if found is None else _text(found)


def _text_at(parent: Element, *names: str) -> str:
    found = _path(parent, *names)
    return "" if found is None else _text(found)
