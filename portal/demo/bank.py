"""The demo city's bank: writes camt.053 statements of what buyers paid, and hands them to the finance desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from commons.domain.money import Money, as_text
from commons.domain.time import SHANGHAI
from exchange.deposits import queries as deposits
from exchange.deposits import services as bank
from exchange.deposits.domain.facts import CollectingAccount, ExpectedMoney
from exchange.deposits.services import AccountFacts
from portal.demo.cast import CLERK, ORGANISATIONS, actor, organisation_id

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


def open_accounts(*, at: datetime) -> None:
    """The exchange's collecting account, and every organisation's basic account on the allow-list."""
    bank.set_collecting_account(
        actor=CLERK,
        number="44001660101053001",
        name="佛山市公共资源交易中心保证金专户",
        bank_name="中国建设银行佛山分行",
        bank_code="105588000017",
        at=at,
    )
    for key, body in ORGANISATIONS.items():
        facts = AccountFacts(
            number=payer_account(key),
            name=body.name,
            bank_name="中国建设银行佛山分行",
            bank_code="105588000017",
            document_ref="开户许可证",
        )
        bank.record_account(actor=CLERK, organisation_id=organisation_id(key), facts=facts, at=at)


def pay(expectations: Iterable[tuple[str, ExpectedMoney]], *, at: datetime) -> None:
    """The bank's statement with these payments, taken in by the finance desk."""
    paid = list(expectations)
    account = paid[0][1].account
    statement_id = f"DEMO{at:%Y%m%d%H%M%S}{paid[0][1].id}"
    content = statement(
        [receipt_of(expected, key) for key, expected in paid], account=account, statement_id=statement_id, at=at
    )
    report = bank.import_file(actor=actor("finance"), content=content, name=f"{statement_id}.xml", at=at)
    assert report.refusal is None, report.refusal


def pay_deposits(lots: Iterable[int], *, at: datetime) -> None:
    """Every enterprise pays the deposits that are expected from it for these lots."""
    found = [
        (key, deposits.deposit_of(lot_id, organisation_id(key)))
        for lot_id in lots
        for key, body in ORGANISATIONS.items()
        if body.kind == "ENTERPRISE"
    ]
    pay([(key, deposit) for key, deposit in found if deposit is not None], at=at)
