"""The rule parameters that an auction goes by, read out of the snapshot that was taken at publication."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from commons.domain.money import FEN, Money, round_money
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.auctions.domain.timetable import Periods


class DepositShareTooHigh(Refusal):
    code = "DEPOSIT_SHARE_TOO_HIGH"
    message = gettext_noop(
        "The rules ask for a deposit of %(share)s of the price, and allow %(maximum)s at most. Correct the rule "
        "parameter “deposit.share” before publishing."
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """Every number of the procedure, typed. Law and local source of each stand in the snapshot itself."""

    periods: Periods
    deposit_share: Decimal
    deposit_share_maximum: Decimal
    deposit_counts_towards_price: bool
    guarantee_allowed: bool
    """Whether a guarantee may stand in for the deposit."""
    guarantee_valid_days: int
    """How many days after the room opens it must still be valid."""
    negotiation_working_days: int
    contract_working_days: int
    payment_working_days: int
    refund_working_days: int
    objection_answer_days: int
    bidders_minimum: int
    fee_share_buyer: Decimal
    fee_share_seller: Decimal

    def require_publishable(self) -> None:
        """Refuses (`DepositShareTooHigh`) a larger deposit than the rules allow (Foshan 2018: 20–30 %)."""
        if self.deposit_share > self.deposit_share_maximum:
            share, maximum = _percent(self.deposit_share), _percent(self.deposit_share_maximum)
            raise DepositShareTooHigh(share=share, maximum=maximum)

    def deposit_for(self, start_price: Decimal, need: Decimal) -> Money:
        """The deposit: a share of start price × need, to the fen, half up, at least one (Foshan 2018: 20–30 %)."""
        return Money(max(round_money(start_price * need * self.deposit_share), FEN))


def read_terms(snapshot: Mapping[str, Any]) -> Terms:
    """The terms in a snapshot of parameters (`commons.parameters.snapshot`)."""
    return Terms(
        periods=Periods(
            notice_days=whole(snapshot, "notice.days"),
            registration_days=whole(snapshot, "registration.days"),
            qualification_working_days=whole(snapshot, "qualification.working_days"),
            deposit_hours=whole(snapshot, "deposit.deadline_hours"),
            readiness_minutes=whole(snapshot, "room.readiness_minutes"),
        ),
        deposit_share=decimal(snapshot, "deposit.share"),
        deposit_share_maximum=decimal(snapshot, "deposit.share.maximum"),
        deposit_counts_towards_price=flag(snapshot, "deposit.counts_towards_price"),
        guarantee_allowed=flag(snapshot, "deposit.guarantee_allowed"),
        guarantee_valid_days=whole(snapshot, "deposit.guarantee_valid_days"),
        negotiation_working_days=whole(snapshot, "negotiation.working_days"),
        contract_working_days=whole(snapshot, "contract.working_days"),
        payment_working_days=whole(snapshot, "payment.working_days"),
        refund_working_days=whole(snapshot, "refund.working_days"),
        objection_answer_days=whole(snapshot, "objection.answer_days"),
        bidders_minimum=whole(snapshot, "bidders.minimum"),
        fee_share_buyer=decimal(snapshot, "fee.share.buyer"),
        fee_share_seller=decimal(snapshot, "fee.share.seller"),
    )


def source_of(snapshot: Mapping[str, Any], key: str) -> str:
    """The law or local rule behind a parameter of the snapshot."""
    return str(snapshot[key]["source"])


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def _text(snapshot: Mapping[str, Any], key: str) -> str:
    return str(snapshot[key]["value"])


def whole(snapshot: Mapping[str, Any], key: str) -> int:
    """A whole number of the snapshot."""
    return int(decimal(snapshot, key))


def decimal(snapshot: Mapping[str, Any], key: str) -> Decimal:
    """An exact number of the snapshot."""
    return Decimal(_text(snapshot, key))


def flag(snapshot: Mapping[str, Any], key: str) -> bool:
    """A yes or no of the snapshot."""
    return _text(snapshot, key).lower() in ("true", "yes", "1")
