"""Money that is expected, and the treasury's vouchers."""

from django.db import models

from commons.domain.identifiers import random_number
from commons.evidence.append_only import append_only
from commons.people.parties import NamesParty
from commons.secrecy.fields import PartyField, SealedTextField
from exchange.deposits.domain.states import SECURITIES, MoneyState, Purpose

_SECURITIES = sorted(purpose.value for purpose in SECURITIES)
_CLOSED = [state.value for state in (MoneyState.CANCELLED, MoneyState.RELEASED, MoneyState.REFUNDED)]


class MoneyExpectation(NamesParty, models.Model):
    """What one organisation is to pay for one lot, on a virtual account of its own. Who that is stands sealed.

    A security of a subject above has no lot: its party's place is that subject's own number, sealed with the payer, and
    `subject` names the place only once its procedure has opened it.
    """

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)

    purpose = models.CharField(max_length=12)
    subject = models.CharField(max_length=64)
    """`lot:12` for a deposit, the caller's own name for a price: `deal:7`; for a sealed security nothing."""
    lot = models.ForeignKey("exchange.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = SealedTextField(label="money.title", blank=True)
    """Of a security: what it is for, in words; for the payer, and for others once it is opened."""
    terms = models.JSONField(default=dict, blank=True)
    """Of a security: `SecurityTerms`."""
    opened_at = models.DateTimeField(null=True, blank=True)
    """Of a security: since when it may be known for what it stands."""
    forfeit_to = models.ForeignKey(
        "commons.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Of a forfeited security: who keeps it; the treasury where nobody is named."""
    party = PartyField(label="lot")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    received = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    """What came for it so far; the ledger is the truth, this is its mirror."""
    due_at = models.DateTimeField()
    sub_account_no = models.CharField(max_length=34, unique=True)
    reference = models.CharField(max_length=16, unique=True)
    state = models.CharField(max_length=16, default=MoneyState.EXPECTED.value)
    expected_at = models.DateTimeField()
    covered_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    """Of a deposit that covered its lot in time: when the bank took money of it back, last."""
    applied_deposit = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    reason = models.CharField(max_length=200, blank=True)
    decision_no = models.CharField(max_length=120, blank=True)
    decision = models.ForeignKey("commons.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    refund_due_on = models.DateField(null=True, blank=True)
    refund_due_provisional = models.BooleanField(default=False)
    refunded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("expected_at", "id")
        indexes = [models.Index(fields=["lot", "purpose"], name="money_by_lot")]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "party"],
                condition=~models.Q(purpose=Purpose.PRICE.value) & ~models.Q(state__in=_CLOSED),
                name="one_deposit_per_lot_and_payer",
            ),
            models.UniqueConstraint(
                fields=["subject"],
                condition=models.Q(purpose=Purpose.PRICE.value) & ~models.Q(state__in=_CLOSED),
                name="one_price_per_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=[purpose.value for purpose in Purpose]), name="money_purpose_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in MoneyState]), name="money_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=_SECURITIES, lot__isnull=True)
                | (~models.Q(purpose__in=_SECURITIES) & models.Q(lot__isnull=False)),
                name="security_stands_for_no_lot",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="expected_amount_positive"),
            models.CheckConstraint(condition=models.Q(received__gte=0), name="received_not_negative"),
            models.CheckConstraint(
                condition=~models.Q(state=MoneyState.FORFEITED.value) | ~models.Q(decision_no=""),
                name="forfeit_has_decision",
            ),
        ]


@append_only
class TreasuryVoucher(models.Model):
    """The fiscal voucher 缴款书 by which the treasury says that the price, its revenue, is paid. Append-only."""

    expectation = models.OneToOneField(MoneyExpectation, on_delete=models.PROTECT, related_name="voucher")
    number = models.CharField(max_length=60, unique=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    document = models.ForeignKey("commons.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
