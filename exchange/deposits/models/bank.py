"""What came from the bank: files and their entries."""

from django.db import models

from commons.secrecy.fields import SealedTextField
from exchange.deposits.domain.entries import EntryState
from exchange.deposits.domain.matching import Trouble


class BankFile(models.Model):
    """One file as it came; a refused one stays with its reason."""

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    document = models.ForeignKey("commons.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.CharField(max_length=16, blank=True)
    message_id = models.CharField(max_length=140, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    taken_in = models.BooleanField()
    refusal_code = models.CharField(max_length=40, blank=True)
    refusal_fields = models.JSONField(default=dict, blank=True)
    pending = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    """Entries that an earlier file had brought already."""
    repeated = models.PositiveIntegerField(default=0)
    imported_by = models.CharField(max_length=64)
    imported_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"], condition=models.Q(taken_in=True), name="bank_file_taken_in_once"
            ),
            models.CheckConstraint(
                condition=models.Q(taken_in=True) | ~models.Q(refusal_code=""), name="refused_file_has_reason"
            ),
        ]


class BankEntry(models.Model):
    """One movement on the collecting account. What the bank said never changes; what became of it does.

    Names and accounts stand sealed: who paid a deposit is secret until the room is over.
    """

    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="entries")
    fingerprint = models.CharField(max_length=64, unique=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    direction = models.CharField(max_length=4)
    reversal = models.BooleanField(default=False)
    booked_on = models.DateField()
    arrived_by = models.DateTimeField()
    bank_ref = models.CharField(max_length=64, blank=True)
    end_to_end_id = models.CharField(max_length=64, blank=True)
    payer_name = SealedTextField(label="entry.payer_name", blank=True)
    payer_account = SealedTextField(label="entry.payer_account", blank=True)
    credited_account = models.CharField(max_length=40, blank=True)
    payee_name = SealedTextField(label="entry.payee_name", blank=True)
    text = SealedTextField(label="entry.text", blank=True)
    state = models.CharField(max_length=12)
    trouble = models.CharField(max_length=24, blank=True)
    detailed = models.BooleanField(default=True)
    """Told with payer or purpose; a bare sum may be told again in its parts."""
    expectation = models.ForeignKey(
        "exchange.MoneyExpectation", null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    """What it is booked for; while it waits, what it seems to be for."""
    claim_expectation_id = models.BigIntegerField(null=True, blank=True)
    claim_explanation = models.CharField(max_length=12, blank=True)
    """What it is said to be, where it pays for nothing (`Explanation`)."""
    claim_approval_id = models.BigIntegerField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        indexes = [
            models.Index(fields=["state", "id"], name="entry_by_state"),
            models.Index(fields=["bank_ref"], name="entry_by_bank_ref"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in EntryState]), name="entry_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(trouble__in=["", *(trouble.value for trouble in Trouble)]),
                name="entry_trouble_known",
            ),
            models.CheckConstraint(condition=models.Q(direction__in=["CRDT", "DBIT"]), name="entry_direction_known"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="entry_amount_not_negative"),
            models.CheckConstraint(
                condition=~models.Q(state=EntryState.BOOKED.value, direction="CRDT", reversal=False)
                | models.Q(expectation__isnull=False),
                name="booked_entry_has_purpose",
            ),
        ]


class EntryName(models.Model):
    """A name under which an entry can be told once more, by a message of another kind (see `domain.telling`)."""

    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=64, db_index=True)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
