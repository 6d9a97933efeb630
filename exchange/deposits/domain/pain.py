"""Writing payment orders: ISO 20022 pain.001.001.09, one debit account, one day, any number of transfers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from re import ASCII
from re import compile as pattern
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from commons.domain.time import to_text
from exchange.deposits.domain.facts import CollectingAccount

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_IDENTIFIER = pattern(r"[A-Za-z0-9/?:().,'+-]{1,35}\Z", ASCII)


@dataclass(frozen=True, slots=True)
class Payee:
    """Who gets the money, on which account of which bank."""

    name: str
    account: str
    bank_name: str
    bank_code: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment. The end-to-end id comes back in the bank's notice and closes the leg."""

    end_to_end_id: str
    payee: Payee
    amount: Decimal
    purpose: str


def write(
    *, message_id: str, created_at: datetime, execute_on: date, debtor: CollectingAccount, transfers: Sequence[Transfer]
) -> bytes:
    """The order as XML, with number and sum of the transfers on both levels."""
    _check(message_id, transfers)
    register_namespace("", NAMESPACE)
    root = Element(f"{{{NAMESPACE}}}Document")
    initiation = _in(root, "CstmrCdtTrfInitn")
    header = _in(initiation, "GrpHdr")
    _in(header, "MsgId", message_id)
    _in(header, "CreDtTm", to_text(created_at))
    _totals(header, transfers)
    _in(_in(header, "InitgPty"), "Nm", _limited(debtor.name, 140))
    information = _in(initiation, "PmtInf")
    _in(information, "PmtInfId", message_id)
    _in(information, "PmtMtd", "TRF")
    _in(information, "BtchBookg", "false")
    _totals(information, transfers)
    _in(_in(information, "ReqdExctnDt"), "Dt", execute_on.isoformat())
    _in(_in(information, "Dbtr"), "Nm", _limited(debtor.name, 140))
    _account(_in(information, "DbtrAcct"), debtor.number, currency=True)
    _bank(_in(information, "DbtrAgt"), debtor.bank_code, debtor.bank_name)
    for transfer in transfers:
        _transfer(_in(information, "CdtTrfTxInf"), transfer)
    indent(root)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _check(message_id: str, transfers: Sequence[Transfer]) -> None:
    assert transfers, "an order has at least one transfer"
    ids = [transfer.end_to_end_id for transfer in transfers]
    assert len(set(ids)) == len(ids), "end-to-end ids are unique"
    for identifier in (message_id, *ids):
        assert _IDENTIFIER.match(identifier), f"{identifier!r} is no Max35Text of the basic set"
    assert all(item.amount > 0 and item.amount == round(item.amount, 2) for item in transfers), "amounts are exact fen"


def _totals(parent: Element, transfers: Sequence[Transfer]) -> None:
    _in(parent, "NbOfTxs", str(len(transfers)))
    _in(parent, "CtrlSum", f"{sum((item.amount for item in transfers), start=Decimal(0)):.2f}")


def _transfer(parent: Element, transfer: Transfer) -> None:
    ids = _in(parent, "PmtId")
    _in(ids, "InstrId", transfer.end_to_end_id)
    _in(ids, "EndToEndId", transfer.end_to_end_id)
    amount = _in(_in(parent, "Amt"), "InstdAmt", f"{transfer.amount:.2f}")
    amount.set("Ccy", "CNY")
    _bank(_in(parent, "CdtrAgt"), transfer.payee.bank_code, transfer.payee.bank_name)
    _in(_in(parent, "Cdtr"), "Nm", _limited(transfer.payee.name, 140))
    _account(_in(parent, "CdtrAcct"), transfer.payee.account)
    _in(_in(parent, "RmtInf"), "Ustrd", _limited(transfer.purpose, 140))


def _account(parent: Element, number: str, *, currency: bool = False) -> None:
    _in(_in(_in(parent, "Id"), "Othr"), "Id", _limited(number, 34))
    if currency:
        _in(parent, "Ccy", "CNY")


def _bank(parent: Element, code: str, name: str) -> None:
    """The bank by its number in the national clearing system CNAPS 联行号 (ISO external code CNAPS)."""
    institution = _in(parent, "FinInstnId")
    if code:
        member = _in(institution, "ClrSysMmbId")
        _in(_in(member, "ClrSysId"), "Cd", "CNAPS")
        _in(member, "MmbId", code)
    _in(institution, "Nm", _limited(name, 140))


def _limited(text: str, length: int) -> str:
    return text[:length]


def _in(parent: Element, name: str, text: str | None = None) -> Element:
    element = SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element
