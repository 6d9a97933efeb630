"""Django looks here for the tables of the package; each subject keeps its own."""

from exchange.auctions.models import NumberDraw, Offer, Registration
from exchange.complaints.models import Complaint, ComplaintDocument, Objection
from exchange.contracts.models import Certificate, Contract, Deal, Invoice
from exchange.deposits.models import (
    BankEntry,
    BankFile,
    EntryName,
    MoneyExpectation,
    OwnAccount,
    PayeeAccount,
    PayoutBatch,
    PayoutLeg,
    TreasuryVoucher,
)
from exchange.ledger.models import LedgerAccount, LedgerLeg, LedgerTransfer
from exchange.notices.models import Notice
from exchange.permits.models import AreaBasin, AreaTarget, HoldingMovement, Permit, PermitLimit
from exchange.projects.models import Attachment, CodeCounter, CompletenessCheck, Lot, Project
from exchange.rooms.models import (
    Bid,
    ReceiptBatch,
    RefusedFrame,
    Room,
    RoomHeartbeat,
    RoomKey,
    RoomOutage,
    RoomParticipant,
    RoomSnapshot,
)

__all__ = [
    "AreaBasin",
    "AreaTarget",
    "Attachment",
    "BankEntry",
    "BankFile",
    "Bid",
    "Certificate",
    "CodeCounter",
    "Complaint",
    "ComplaintDocument",
    "CompletenessCheck",
    "Contract",
    "Deal",
    "EntryName",
    "HoldingMovement",
    "Invoice",
    "LedgerAccount",
    "LedgerLeg",
    "LedgerTransfer",
    "Lot",
    "MoneyExpectation",
    "Notice",
    "NumberDraw",
    "Objection",
    "Offer",
    "OwnAccount",
    "PayeeAccount",
    "PayoutBatch",
    "PayoutLeg",
    "Permit",
    "PermitLimit",
    "Project",
    "ReceiptBatch",
    "RefusedFrame",
    "Registration",
    "Room",
    "RoomHeartbeat",
    "RoomKey",
    "RoomOutage",
    "RoomParticipant",
    "RoomSnapshot",
    "TreasuryVoucher",
]
