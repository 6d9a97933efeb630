"""The life of one buyer's deal, from the hammer to the certificate (Foshan 2018)."""

from enum import StrEnum

from commons.domain.machines import Machine, Row


class DealState(StrEnum):
    AWARDED = "AWARDED"
    CONFIRMED = "CONFIRMED"
    """Both sides confirmed the result 成交确认书."""
    CONTRACTED = "CONTRACTED"
    PAID = "PAID"
    """The treasury's voucher is recorded: the bank entry alone is not payment (财税〔2015〕61号)."""
    TRANSFERRED = "TRANSFERRED"
    CERTIFIED = "CERTIFIED"
    DEFAULTED = "DEFAULTED"
    TERMINATED = "TERMINATED"


class DealCommand(StrEnum):
    CONFIRM = "CONFIRM"
    CONTRACT = "CONTRACT"
    PAY = "PAY"
    TRANSFER = "TRANSFER"
    CERTIFY = "CERTIFY"
    DEFAULT = "DEFAULT"
    TERMINATE = "TERMINATE"


_S, _C = DealState, DealCommand

DEAL = Machine(
    "Deal",
    states=DealState,
    commands=DealCommand,
    initial=DealState.AWARDED,
    rows=[
        Row(_C.CONFIRM, _S.AWARDED, _S.CONFIRMED, "DealConfirmed", "buyer and seller both confirmed"),
        Row(_C.CONTRACT, _S.CONFIRMED, _S.CONTRACTED, "DealContracted", "buyer and seller both agreed to the contract"),
        Row(_C.PAY, _S.CONTRACTED, _S.PAID, "DealPaid", "price covered in the bank, voucher of the treasury"),
        Row(_C.TRANSFER, _S.PAID, _S.TRANSFERRED, "DealTransferred", "registry moved the quantity"),
        Row(_C.CERTIFY, _S.TRANSFERRED, _S.CERTIFIED, "CertificateIssued"),
        Row(_C.DEFAULT, _S.AWARDED, _S.DEFAULTED, "BuyerDefaulted", "limit passed; seller's numbered decision"),
        Row(_C.DEFAULT, _S.CONFIRMED, _S.DEFAULTED, "BuyerDefaulted", "limit passed; seller's numbered decision"),
        Row(_C.DEFAULT, _S.CONTRACTED, _S.DEFAULTED, "BuyerDefaulted", "limit passed; seller's numbered decision"),
        Row(_C.TERMINATE, _S.AWARDED, _S.TERMINATED, "DealTerminated", "numbered decision"),
        Row(_C.TERMINATE, _S.CONFIRMED, _S.TERMINATED, "DealTerminated", "numbered decision"),
        Row(_C.TERMINATE, _S.CONTRACTED, _S.TERMINATED, "DealTerminated", "numbered decision"),
        Row(_C.TERMINATE, _S.PAID, _S.TERMINATED, "DealTerminated", "numbered decision; the rights did not move"),
    ],
)

STANDING = frozenset({_S.AWARDED, _S.CONFIRMED, _S.CONTRACTED, _S.PAID, _S.TRANSFERRED, _S.CERTIFIED})
"""States of a deal that is still going to be, or has been, carried out."""

REACHED = {
    _S.AWARDED: 0,
    _S.CONFIRMED: 1,
    _S.CONTRACTED: 2,
    _S.PAID: 3,
    _S.TRANSFERRED: 4,
    _S.CERTIFIED: 5,
}
"""How far a standing deal has come; a lot has come as far as the slowest of its deals."""
