"""The treasury says that a price is paid: its voucher beside the bank's entry (财税〔2015〕61号)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor
from commons.domain.money import Money
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound, Refusal
from commons.domain.text import gettext_noop
from exchange.deposits.domain.facts import PaymentView
from exchange.deposits.domain.states import MoneyState, Purpose
from exchange.deposits.models import MoneyExpectation, TreasuryVoucher
from exchange.deposits.policies import can_record_voucher
from exchange.deposits.queries import payment_view
from exchange.deposits.services.common import locked_money, record


class VoucherAmountDiffers(Refusal):
    code = "VOUCHER_AMOUNT_DIFFERS"
    message = gettext_noop(
        "The voucher says %(voucher)s yuan, the price is %(amount)s yuan. Enter the voucher of this price."
    )


class VoucherKnown(Refusal):
    code = "VOUCHER_KNOWN"
    message = gettext_noop("This payment has a voucher already, or the voucher %(number)s stands for another payment.")


@transaction.atomic
def record_voucher(
    *, actor: Actor, subject: str, number: str, amount: Money, document_id: int | None, at: datetime
) -> PaymentView:
    """Enter the fiscal voucher of a price. Refuses `VoucherAmountDiffers`, `VoucherKnown`; harmless to repeat."""
    can_record_voucher(actor).require()
    if not number.strip():
        raise Malformed(field="number", reason=gettext_noop("enter the number of the voucher"))
    row = _locked_price(subject)
    found = TreasuryVoucher.objects.filter(expectation=row).first()
    if found is not None and found.number == number.strip():
        return payment_view(row)
    if amount != row.amount:
        raise VoucherAmountDiffers(voucher=f"{amount:.2f}", amount=f"{row.amount:.2f}")
    _store(row, number.strip(), amount, document_id, actor=actor, at=at)
    record(row, "VoucherRecorded", actor=actor, at=at, voucher=number.strip())
    return payment_view(MoneyExpectation.objects.select_related("lot__project").get(pk=row.pk))


def _locked_price(subject: str) -> MoneyExpectation:
    rows = MoneyExpectation.objects.filter(purpose=Purpose.PRICE.value, subject=subject).order_by("-expected_at", "-id")
    pk = rows.values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound()
    row = locked_money(pk)
    if row.state not in (MoneyState.EXPECTED, MoneyState.PART_RECEIVED, MoneyState.COVERED):
        raise NotAllowedNow(command="VOUCHER", state=row.state)
    return row


def _store(
    row: MoneyExpectation, number: str, amount: Money, document_id: int | None, *, actor: Actor, at: datetime
) -> None:
    try:
        with transaction.atomic():
            TreasuryVoucher.objects.create(
                expectation=row,
                number=number,
                amount=amount,
                document_id=document_id,
                recorded_by=actor.ref,
                recorded_at=at,
            )
    except IntegrityError:
        raise VoucherKnown(number=number) from None
