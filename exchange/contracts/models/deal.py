"""Deals with their contracts, certificates and invoice data."""

from django.db import models

from exchange.contracts.domain.deals import DealState


class DealOrigin(models.TextChoices):
    ROOM = "ROOM"
    NEGOTIATION = "NEGOTIATION"
    NEXT_BIDDER = "NEXT_BIDDER"


class Deal(models.Model):
    """What one buyer takes of a lot, at which price, and how far it has come."""

    lot = models.ForeignKey("exchange.Lot", on_delete=models.PROTECT, related_name="deals")
    buyer = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    alias = models.CharField(max_length=16)
    origin = models.CharField(max_length=16, choices=DealOrigin.choices)
    quantity = models.DecimalField(max_digits=15, decimal_places=3)
    price = models.DecimalField(max_digits=14, decimal_places=2)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    state = models.CharField(max_length=16, default=DealState.AWARDED.value)
    hammered_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True, blank=True)
    buyer_confirmed_at = models.DateTimeField(null=True, blank=True)
    seller_confirmed_at = models.DateTimeField(null=True, blank=True)
    contract_due_on = models.DateField(null=True, blank=True)
    payment_due_on = models.DateField(null=True, blank=True)
    payment_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    """What remains to be paid: the amount, less the deposit where it counts towards the price."""
    voucher_no = models.CharField(max_length=60, blank=True)
    voucher = models.ForeignKey("commons.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    paid_at = models.DateTimeField(null=True, blank=True)
    transferred_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    decision_body = models.CharField(max_length=80, blank=True)
    decision_no = models.CharField(max_length=60, blank=True)
    """Whose decision ended the deal, and its number."""

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in DealState]), name="deal_state_known"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="deal_quantity_positive"),
            models.CheckConstraint(condition=models.Q(price__gt=0, amount__gt=0), name="deal_amounts_positive"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["PAID", "TRANSFERRED", "CERTIFIED"])
                | (models.Q(paid_at__isnull=False) & ~models.Q(voucher_no="")),
                name="paid_deal_has_voucher",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["DEFAULTED", "TERMINATED"]) | ~models.Q(decision_no=""),
                name="ended_deal_has_decision",
            ),
            models.UniqueConstraint(
                fields=["lot", "buyer"],
                condition=~models.Q(state__in=["DEFAULTED", "TERMINATED"]),
                name="one_standing_deal_per_buyer",
            ),
        ]


class Contract(models.Model):
    """The contract of a deal, as a PDF of the vault, and who agreed to it when."""

    deal = models.OneToOneField(Deal, on_delete=models.PROTECT, related_name="contract")
    number = models.CharField(max_length=40, unique=True)
    document = models.ForeignKey("commons.Document", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    drawn_up_at = models.DateTimeField()
    buyer_agreed_at = models.DateTimeField(null=True, blank=True)
    seller_agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)


class Certificate(models.Model):
    """The certificate of the transaction 鉴证书. Never edited: a later one supersedes it and says why."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="certificates")
    code = models.CharField(max_length=32, unique=True)
    document = models.ForeignKey("commons.Document", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    facts = models.JSONField()
    """What the certificate states, as canonical data; its hash stands in the evidence log too."""
    stream = models.CharField(max_length=64)
    stream_seq = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    superseded_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_body = models.CharField(max_length=80, blank=True)
    revocation_no = models.CharField(max_length=60, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["deal"],
                condition=models.Q(revoked_at__isnull=True, superseded_by__isnull=True),
                name="one_current_certificate",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | ~models.Q(revocation_no=""),
                name="revoked_certificate_has_decision",
            ),
        ]


class Invoice(models.Model):
    """Data for an invoice of the centre: a fee that the rules ask for. The invoice itself is the tax system's."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="invoices")
    payer = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=40)
    rate = models.DecimalField(max_digits=8, decimal_places=6)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    source = models.CharField(max_length=120)
    """The rule that asks for the fee."""
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["deal", "payer", "item"], name="one_fee_per_item")]
