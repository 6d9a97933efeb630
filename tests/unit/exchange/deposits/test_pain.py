"""Payment orders against the rules of pain.001.001.09: order of elements, sums, identifiers, lengths, escaping."""

from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from exchange.deposits.domain.facts import CollectingAccount
from exchange.deposits.domain.pain import NAMESPACE, Payee, Transfer, write

DEBTOR = CollectingAccount("4401660010100012345", "佛山市公共资源交易中心", "佛山农商银行", "314588000016")
JINMA = Payee("佛山金马<印染>&有限公司", "44001", "工商银行佛山分行", "102588000010")
TRANSFERS = [
    Transfer("LCP1-1", JINMA, Decimal("6720.03"), "退保证金"),
    Transfer("LCP2-1", JINMA, Decimal("0.10"), "退"),
]


def order(transfers: list[Transfer]) -> ElementTree.Element:
    return ElementTree.fromstring(
        write(
            message_id="LCB1",
            created_at=datetime(2026, 6, 1, 2, 0, tzinfo=UTC),
            execute_on=date(2026, 6, 2),
            debtor=DEBTOR,
            transfers=transfers,
        )
    )


def names(element: ElementTree.Element) -> list[str]:
    return [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]


def at(root: ElementTree.Element, path: str) -> ElementTree.Element:
    found = root.find("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))
    assert found is not None, path
    return found


def test_elements_stand_in_the_order_of_the_schema() -> None:
    root = order(TRANSFERS)

    assert root.tag == f"{{{NAMESPACE}}}Document"
    assert names(at(root, "CstmrCdtTrfInitn")) == ["GrpHdr", "PmtInf"]
    assert names(at(root, "CstmrCdtTrfInitn/GrpHdr")) == ["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"]
    assert names(at(root, "CstmrCdtTrfInitn/PmtInf")) == [
        "PmtInfId", "PmtMtd", "BtchBookg", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt",
        "CdtTrfTxInf", "CdtTrfTxInf",
    ]  # fmt: skip
    first = at(root, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf")
    assert names(first) == ["PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf"]
    assert names(at(first, "PmtId")) == ["InstrId", "EndToEndId"]
    assert names(at(first, "CdtrAgt/FinInstnId")) == ["ClrSysMmbId", "Nm"]
    assert names(at(root, "CstmrCdtTrfInitn/PmtInf/DbtrAcct")) == ["Id", "Ccy"]


def test_number_and_sum_agree_with_the_transfers_on_both_levels() -> None:
    root = order(TRANSFERS)

    for level in ("GrpHdr", "PmtInf"):
        assert at(root, f"CstmrCdtTrfInitn/{level}/NbOfTxs").text == "2"
        assert at(root, f"CstmrCdtTrfInitn/{level}/CtrlSum").text == "6720.13"
    amount = at(root, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/Amt/InstdAmt")
    assert (amount.text, amount.get("Ccy")) == ("6720.03", "CNY")


def test_names_are_escaped_and_cut_to_the_schema() -> None:
    long = Transfer("X", Payee("名" * 150, "1", "b", "c"), Decimal("1.00"), "途" * 150)

    root = order([TRANSFERS[0], long])

    creditors = [
        item.find(f"{{{NAMESPACE}}}Cdtr/{{{NAMESPACE}}}Nm") for item in root.iter(f"{{{NAMESPACE}}}CdtTrfTxInf")
    ]
    assert [len(name.text or "") for name in creditors if name is not None] == [len(JINMA.name), 140]
    assert creditors[0] is not None
    assert creditors[0].text == JINMA.name


def test_the_same_order_gives_the_same_bytes() -> None:
    assert ElementTree.tostring(order(TRANSFERS)) == ElementTree.tostring(order(TRANSFERS))


@pytest.mark.parametrize(
    "transfers",
    [
        [],
        [TRANSFERS[0], TRANSFERS[0]],
        [Transfer("x" * 36, JINMA, Decimal("1"), "")],
        [Transfer("空", JINMA, Decimal("1"), "")],
        [Transfer("a", JINMA, Decimal("0"), "")],
        [Transfer("a", JINMA, Decimal("-1"), "")],
        [Transfer("a", JINMA, Decimal("0.001"), "")],
    ],
    ids=["none", "one id twice", "long id", "id outside the set", "zero", "negative", "below a fen"],
)
def test_what_no_bank_would_carry_out_is_a_mistake_of_ours(transfers: list[Transfer]) -> None:
    with pytest.raises(AssertionError):
        order(transfers)
