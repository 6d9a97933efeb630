"""Tables of rounds. Who remains is known after the opening; what is offered stays sealed until the round is over.

Where the first offers were sealed, those of the rounds are too: envelopes of an intake of their own, which nobody
opens alone. A single source has no rival from whom an offer must be kept; its offers are encrypted in the table."""

from django.db import models

from bidding.awards.domain.rounds import RoundKind
from commons.domain.identifiers import random_number
from commons.people.parties import NamesParty
from commons.secrecy.fields import PartyField, SealedJSONField


class OfferRound(models.Model):
    """One round: what is talked over, and until when offers come in."""

    section = models.ForeignKey("bidding.Section", on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)
    words = models.TextField()
    """What is negotiated or changed in this round, the same for all."""
    began_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)
    """Since when it stands still with its suspended section."""
    intake_id = models.BigIntegerField(null=True, blank=True, unique=True)
    """The sealed intake of this round; nothing where the procedure seals nothing."""
    revealed_at = models.DateTimeField(null=True, blank=True)
    """When the log told what had come in; with envelopes, when the last of them had been opened or had failed."""

    class Meta:
        app_label = "bidding"
        ordering = ("section_id", "number")
        constraints = [
            models.UniqueConstraint(fields=["section", "number"], name="offer_round_number_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in RoundKind]), name="offer_round_kind_known"
            ),
            models.UniqueConstraint(
                fields=["section"], condition=models.Q(kind=RoundKind.FINAL.value), name="one_final_round"
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("began_at")), name="offer_round_takes_time"
            ),
        ]


class RoundOffer(NamesParty, models.Model):
    """What a supplier offered in a round; `party.place` is the round. A sealed one is here once it is opened."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    party = PartyField(label="round.offer", unique=True)
    facts = SealedJSONField(label="round.offer.facts")
    """Price as text or nothing, the words, when; `fault` and `cause` of a sealed one that does not count."""

    class Meta:
        app_label = "bidding"
        ordering = ("id",)


class RoundExclusion(models.Model):
    """That a supplier does not remain in the rounds, with the reason that it is told."""

    section = models.ForeignKey("bidding.Section", on_delete=models.PROTECT, related_name="exclusions")
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    excluded_at = models.DateTimeField()

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["section", "organisation"], name="round_exclusion_once")]


class SectionRoom(models.Model):
    """The live room in which the price of a section is found 竞价, and what its bidders bid last."""

    section = models.OneToOneField("bidding.Section", on_delete=models.PROTECT, related_name="price_room")
    room_id = models.BigIntegerField(unique=True)
    opened_by = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    prices = models.JSONField(default=dict, blank=True)
    """Organisation → its last price as text, once the hammer fell."""
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
