"""Agreements of consortia: before the opening nobody learns who bids together, nor for what."""

from django.db import models

from commons.domain.identifiers import random_number
from commons.people.parties import NamesParty
from commons.secrecy.fields import PartyField, SealedJSONField


class ConsortiumAgreement(NamesParty, models.Model):
    """What the members agreed; `party` is the lead, `party.place` the section."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    party = PartyField(label="bid.consortium", unique=True)
    facts = SealedJSONField(label="bid.consortium.facts")
    """Members with shares, parts and signatures; the salt of what they sign."""

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
