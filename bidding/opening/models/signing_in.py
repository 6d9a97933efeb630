"""Who signed in before the deadline: secret until the list is published."""

from django.db import models

from commons.domain.identifiers import random_number
from commons.people.parties import NamesParty
from commons.secrecy.fields import PartyField, SealedJSONField, SealedTextField


class HallSignIn(NamesParty, models.Model):
    """That an organisation signed in. `party.place` is the hall; nothing in clear tells which or how many."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    party = PartyField(label="hall.sign-in", unique=True)
    facts = SealedJSONField(label="hall.sign-in.facts")
    """When, who, in which way, and the reason for the emergency way."""

    class Meta:
        app_label = "bidding"
        ordering = ("id",)


class HallPicture(models.Model):
    """The photo of an emergency sign-in, sealed; erased at the end of its retention."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    sign_in = models.OneToOneField(HallSignIn, on_delete=models.PROTECT, related_name="picture")
    image = SealedTextField(label="hall.picture", null=True)
    """Base64; None once it was erased."""
    erase_on = models.DateField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        indexes = [
            models.Index(fields=["erase_on"], name="picture_to_erase", condition=models.Q(erased_at__isnull=True))
        ]
