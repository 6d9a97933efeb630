"""Bank accounts: the exchange's own, and those of organisations that money may come from and go to."""

from django.db import models


class OwnAccount(models.Model):
    """The account on which the exchange collects; the newest entry counts."""

    number = models.CharField(max_length=19)
    name = models.CharField(max_length=120)
    bank_name = models.CharField(max_length=120)
    bank_code = models.CharField(max_length=12)
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)


class AccountUse(models.TextChoices):
    BASIC = "BASIC"
    """The organisation's basic account 基本存款账户: deposits come from it and go back to it."""
    TREASURY = "TREASURY"
    """Where forfeited deposits and proceeds go."""


class PayeeAccount(models.Model):
    """An account on the allow-list, from the approval by a second person until it ends."""

    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    use = models.CharField(max_length=10, choices=AccountUse.choices)
    number = models.CharField(max_length=34)
    name = models.CharField(max_length=120)
    bank_name = models.CharField(max_length=120)
    bank_code = models.CharField(max_length=12)
    document_ref = models.CharField(max_length=120)
    """What shows whose account it is: the opening permit 开户许可证 or the bank's letter."""
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    approval_id = models.BigIntegerField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "use"],
                condition=models.Q(approved_at__isnull=False, ended_at__isnull=True),
                name="one_listed_account_per_use",
            ),
            models.CheckConstraint(condition=models.Q(use__in=AccountUse.values), name="account_use_known"),
        ]
