"""Accounts, transfers and their legs."""

from django.db import models

from commons.evidence.append_only import append_only
from exchange.ledger.domain.units import Book


class LedgerAccount(models.Model):
    """One account with its balance in smallest steps of its unit, kept by conditional updates."""

    book = models.CharField(max_length=8)
    owner = models.CharField(max_length=64)
    """`organisation:7`, `region:440600`, `bank`."""
    kind = models.CharField(max_length=24)
    subject = models.CharField(max_length=64, blank=True)
    """What the account is for, where one owner has several of a kind: `lot:12`."""
    unit = models.CharField(max_length=24)
    places = models.PositiveSmallIntegerField()
    may_go_negative = models.BooleanField(default=False)
    balance = models.BigIntegerField(default=0)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        indexes = [models.Index(fields=["book", "subject"], name="ledger_account_by_subject")]
        constraints = [
            models.UniqueConstraint(fields=["book", "owner", "kind", "subject", "unit"], name="ledger_account_once"),
            models.CheckConstraint(
                condition=models.Q(may_go_negative=True) | models.Q(balance__gte=0), name="ledger_never_below_zero"
            ),
            models.CheckConstraint(
                condition=models.Q(book__in=[book.value for book in Book]), name="ledger_book_known"
            ),
        ]


@append_only
class LedgerTransfer(models.Model):
    """One balanced set of legs, posted once."""

    key = models.CharField(max_length=120, unique=True)
    """The idempotency key of whoever ordered it."""
    digest = models.CharField(max_length=64)
    book = models.CharField(max_length=8)
    kind = models.CharField(max_length=40)
    document_ref = models.CharField(max_length=120)
    """The document that the transfer rests on: a number, or a hash of the vault."""
    reason = models.CharField(max_length=200, blank=True)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    actor = models.CharField(max_length=64)
    posted_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=~models.Q(document_ref=""), name="transfer_has_document"),
            models.CheckConstraint(
                condition=models.Q(corrects__isnull=True) | ~models.Q(reason=""), name="correction_has_reason"
            ),
        ]


@append_only
class LedgerLeg(models.Model):
    """What one account gained or lost, and what it held afterwards."""

    transfer = models.ForeignKey(LedgerTransfer, on_delete=models.PROTECT, related_name="legs")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="legs")
    delta = models.BigIntegerField()
    balance = models.BigIntegerField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["transfer", "account"], name="one_leg_per_account"),
            models.CheckConstraint(condition=~models.Q(delta=0), name="leg_moves_something"),
        ]
