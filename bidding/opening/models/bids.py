"""Bids in a hall: there is no row of one before the list is published."""

from django.db import models


class HallBid(models.Model):
    """A bid whose opening began: how far it is, what it says, and what its bidder answered."""

    hall = models.ForeignKey("bidding.Hall", on_delete=models.PROTECT, related_name="bids")
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    """In the order of receipt."""
    envelope_ref = models.CharField(max_length=32, unique=True)
    receipt = models.CharField(max_length=32)
    received_at = models.DateTimeField()
    signed_in = models.CharField(max_length=12, blank=True)
    """How the bidder signed in; empty: it did not."""
    progress = models.CharField(max_length=16)
    """The envelope's state, as the hall last saw it."""
    cause = models.CharField(max_length=24, blank=True)
    ended_at = models.DateTimeField(null=True)
    content = models.JSONField(default=dict)
    """The bid as data (`luochui-bid/v1`), once it is opened."""
    files = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    """What the machine checks say of it: the same that the bidder could run before sealing."""
    price = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    needs_confirmation = models.BooleanField(default=False)
    confirmed = models.BooleanField(null=True)
    """The bidder's answer to what was read out; None: none (yet)."""
    confirmed_at = models.DateTimeField(null=True)
    dispute = models.TextField(blank=True)
    record_signed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "bidding"
        ordering = ("hall_id", "number")
        constraints = [
            models.UniqueConstraint(fields=["hall", "number"], name="hall_bid_number_once"),
            models.UniqueConstraint(fields=["hall", "organisation"], name="hall_bid_once_per_bidder"),
        ]

    def days(self, name: str) -> str:
        """A number of days that the bid states; empty where it states none."""
        stated = str(self.content.get(name, ""))
        return "" if stated == "0" else stated
