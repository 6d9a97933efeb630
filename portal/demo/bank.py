"""The demo city's bank: writes camt.053 statements of what buyers paid, and hands them to the finance desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from commons.domain.money import Money, as_text
from commons.domain.time import SHANGHAI
from exchange.deposits.domain.facts import CollectingAccount, ExpectedMoney
from portal.demo.cast import ORGANISATIONS

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in: from whom, how much, onto which sub-account, for what."""

    entry_ref: str
    amount: Money
    payer_name: str
    payer_account: str
    sub_account_no: str
    purpose: str


def payer_account(key: str) -> str:
    """The basic account of an organisation of the cast."""
    return f"44050166{list(ORGANISATIONS).index(key):04d}00000888"


def receipt_of(expected: ExpectedMoney, key: str) -> Receipt:
    return Receipt(
        entry_ref=f"E{expected.id:08d}",
        amount=Money(expected.amount - expected.received),
        payer_name=ORGANISATIONS[key].name,
        payer_account=payer_account(key),
        sub_account_no=expected.sub_account_no,
        purpose=expected.reference,
    )


def statement(receipts: Iterable[Receipt], *, account: CollectingAccount, statement_id: str, at: datetime) -> bytes:
    """A camt.053.001.08 statement with these receipts as booked credits."""
    local = at.astimezone(SHANGHAI)
    entries = "".join(_entry(receipt, local) for receipt in receipts)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="{NAMESPACE}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{escape(statement_id)}</MsgId><CreDtTm>{local.isoformat(timespec='seconds')}</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{escape(statement_id)}</Id><CreDtTm>{local.isoformat(timespec='seconds')}</CreDtTm>"
        f"<Acct><Id><Othr><Id>{escape(account.number)}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        f"{entries}</Stmt></BkToCstmrStmt></Document>\n"
    ).encode()


def _entry(receipt: Receipt, local: datetime) -> str:
    return (
        f'<Ntry><NtryRef>{escape(receipt.entry_ref)}</NtryRef><Amt Ccy="CNY">{as_text(receipt.amount)}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><DtTm>{local.isoformat(timespec='seconds')}</DtTm></BookgDt>"
        f"<ValDt><Dt>{local.date().isoformat()}</Dt></ValDt>"
        f"<AcctSvcrRef>{escape(receipt.entry_ref)}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        "<NtryDtls><TxDtls>"
        f"<Refs><AcctSvcrRef>{escape(receipt.entry_ref)}</AcctSvcrRef></Refs>"
        f'<Amt Ccy="CNY">{as_text(receipt.amount)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        f"<RltdPties><Dbtr><Pty><Nm>{escape(receipt.payer_name)}</Nm></Pty></Dbtr>"
        f"<DbtrAcct><Id><Othr><Id>{escape(receipt.payer_account)}</Id></Othr></Id></DbtrAcct>"
        f"<CdtrAcct><Id><Othr><Id>{escape(receipt.sub_account_no)}</Id></Othr></Id></CdtrAcct></RltdPties>"
        f"<RmtInf><Ustrd>{escape(receipt.purpose)}</Ustrd></RmtInf>"
        "</TxDtls></NtryDtls></Ntry>"
    )
