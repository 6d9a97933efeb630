"""Money that leaves: legs and batches."""

from django.db import models

from commons.domain.identifiers import random_number
from commons.secrecy.fields import SealedIntegerField, SealedTextField
from exchange.deposits.domain.payouts import BatchState, LegState, PayoutKind


class PayoutBatch(models.Model):
    """One payment order. What was approved is fixed by its digest."""

    number = models.CharField(max_length=35, unique=True)
    state = models.CharField(max_length=8, default=BatchState.PROPOSED.value)
    execute_on = models.DateField()
    count = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=16, decimal_places=2)
    digest = models.CharField(max_length=64)
    approval_id = models.BigIntegerField(unique=True)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    ordered_at = models.DateTimeField(null=True, blank=True)
    order = SealedTextField(label="batch.order", blank=True)
    """The pain.001 that was handed to the bank, as it was."""

    class Meta:
        app_label = "exchange"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in BatchState]), name="batch_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=BatchState.ORDERED.value) | models.Q(ordered_at__isnull=False),
                name="ordered_batch_has_order",
            ),
        ]


class PayoutLeg(models.Model):
    """One payment out. Its key makes a repeated task harmless; its end-to-end id names the attempt."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10)
    expectation = models.ForeignKey(
        "exchange.MoneyExpectation", null=True, blank=True, on_delete=models.PROTECT, related_name="payouts"
    )
    entry = models.OneToOneField(
        "exchange.BankEntry", null=True, blank=True, on_delete=models.PROTECT, related_name="payout"
    )
    """The entry that goes back (RETURN)."""
    payee_id = SealedIntegerField(label="leg.payee_id", null=True, blank=True)
    """The listed account it goes to; none for money that goes back where it came from."""
    payee_name = SealedTextField(label="leg.payee_name", blank=True)
    payee_account = SealedTextField(label="leg.payee_account", blank=True)
    payee_bank = SealedTextField(label="leg.payee_bank", blank=True)
    payee_bank_code = SealedTextField(label="leg.payee_bank_code", blank=True)
    principal = models.DecimalField(max_digits=16, decimal_places=2)
    interest = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    """Computed when a batch is made, to the day of its execution."""
    attempt = models.PositiveSmallIntegerField(default=0)
    end_to_end_id = models.CharField(max_length=35, blank=True, db_index=True)
    state = models.CharField(max_length=10, default=LegState.DUE.value)
    batch = models.ForeignKey(PayoutBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="legs")
    due_on = models.DateField()
    reason = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    paid_entry = models.OneToOneField(
        "exchange.BankEntry", null=True, blank=True, on_delete=models.PROTECT, related_name="pays"
    )
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("made_at", "id")
        indexes = [models.Index(fields=["state", "due_on"], name="payout_by_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in PayoutKind]), name="payout_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in LegState]), name="payout_state_known"
            ),
            models.CheckConstraint(condition=models.Q(principal__gt=0, interest__gte=0), name="payout_positive"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["ORDERED", "PAID"]) | ~models.Q(end_to_end_id=""),
                name="ordered_payout_has_a_name",
            ),
        ]
