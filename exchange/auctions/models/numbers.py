"""The secret behind a lot's bidder numbers."""

from django.db import models

from commons.secrecy.fields import SealedTextField


class NumberDraw(models.Model):
    """What fixes the bidder numbers of a lot: committed to with its notice, sealed until they may be known."""

    lot = models.OneToOneField("exchange.Lot", on_delete=models.PROTECT, related_name="number_draw")
    commitment = models.CharField(max_length=64)
    secret = SealedTextField(label="numbers.secret")
    revealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "exchange"
