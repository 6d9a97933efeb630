"""Bank files for tests and the demo city: what a bank would send, in several versions of camt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from commons.domain.time import SHANGHAI

ACCOUNT = "4401660010100012345"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a bank file."""

    amount: str
    payer: str = ""
    payer_account: str = ""
    credited: str = ""
    text: str = ""
    bank_ref: str = ""
    entry_ref: str = ""
    end_to_end: str = ""
    direction: str = "CRDT"
    reversal: bool = False
    status: str = "BOOK"
    currency: str = "CNY"
    booked: str = ""
    extra: str = ""


def statement(
    *lines: Line,
    at: datetime,
    kind: str = "camt.053",
    version: str = "08",
    message: str = "M1",
    opening: str | None = None,
    closing: str | None = None,
    account: str = ACCOUNT,
) -> bytes:
    """A statement (camt.053) or notice (camt.054) with these entries."""
    body, part = {"camt.053": ("BkToCstmrStmt", "Stmt"), "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}[kind]
    balances = _balance("OPBD", opening) + _balance("CLBD", closing)
    entries = "".join(_entry(line, number, at, int(version)) for number, line in enumerate(lines, start=1))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{kind}.001.{version}"><{body}>'
        f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>{at.isoformat()}</CreDtTm></GrpHdr>"
        f"<{part}><Id>{message}-1</Id><CreDtTm>{at.isoformat()}</CreDtTm>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>{balances}{entries}</{part}></{body}></Document>"
    ).encode()


def opening_and_closing(lines: Sequence[Line], opening: str = "0.00") -> tuple[str, str]:
    """Balances that fit the booked lines."""
    moved = sum(Decimal(x.amount) if x.direction == "CRDT" else -Decimal(x.amount) for x in lines if x.status == "BOOK")
    return opening, f"{Decimal(opening) + moved:.2f}"


def _balance(code: str, amount: str | None) -> str:
    if amount is None:
        return ""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-06-01</Dt></Dt></Bal>'
    )


def _entry(line: Line, number: int, at: datetime, version: int) -> str:
    status = line.status if version < 4 else f"<Cd>{line.status}</Cd>"
    booked = line.booked or f"<DtTm>{at.isoformat()}</DtTm>"
    reversal = "<RvslInd>true</RvslInd>" if line.reversal else ""
    bank_ref = f"<AcctSvcrRef>{line.bank_ref}</AcctSvcrRef>" if line.bank_ref else ""
    return (
        f"<Ntry><NtryRef>{line.entry_ref or number}</NtryRef>"
        f"<Amt Ccy={quoteattr(line.currency)}>{line.amount}</Amt><CdtDbtInd>{line.direction}</CdtDbtInd>{reversal}"
        f"<Sts>{status}</Sts><BookgDt>{booked}</BookgDt>"
        f"<ValDt><Dt>{at.astimezone(SHANGHAI).date().isoformat()}</Dt></ValDt>{bank_ref}"
        f"<NtryDtls>{line.extra or details(line, version)}</NtryDtls></Ntry>"
    )


def details(line: Line, version: int = 8, *, amount: str | None = None) -> str:
    """One `TxDtls`, with an amount of its own inside a batch."""
    name = f"<Nm>{escape(line.payer)}</Nm>"
    debtor = f"<Pty>{name}</Pty>" if version >= 8 else name
    own = "" if amount is None else _own_amount(amount, version)
    account = f"<CdtrAcct><Id><Othr><Id>{line.credited}</Id></Othr></Id></CdtrAcct>" if line.credited else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{line.end_to_end or 'NOTPROVIDED'}</EndToEndId></Refs>{own}"
        f"<RltdPties><Dbtr>{debtor}</Dbtr><DbtrAcct><Id><Othr><Id>{line.payer_account}</Id></Othr></Id></DbtrAcct>{account}"
        f"</RltdPties><RmtInf><Ustrd>{escape(line.text)}</Ustrd></RmtInf></TxDtls>"
    )


def _own_amount(amount: str, version: int) -> str:
    plain = f'<Amt Ccy="CNY">{amount}</Amt>'
    return plain if version >= 4 else f"<AmtDtls><TxAmt>{plain}</TxAmt></AmtDtls>"
