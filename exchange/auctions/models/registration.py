"""Registrations of buyers, and offers of a negotiated deal."""

from django.db import models

from commons.domain.identifiers import random_number
from commons.people.parties import NamesParty
from commons.secrecy.fields import PartyField, SealedTextField
from exchange.auctions.domain.registrations import RegistrationState


class Registration(NamesParty, models.Model):
    """That an enterprise wants to buy in a lot, how much, and what the seller decided.

    Evidence rows name the buyer only by `blinded_ref` until the result is published; `salt` opens it. Whatever leads to
    the buyer is sealed: a copy of the database does not tell who registered.
    """

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    lot = models.ForeignKey("exchange.Lot", on_delete=models.PROTECT, related_name="registrations")
    party = PartyField(label="lot")
    permit_no = SealedTextField(label="registration.permit_no", blank=True)
    need = models.DecimalField(max_digits=15, decimal_places=3, null=True, blank=True)
    contact_name = SealedTextField(label="registration.contact_name", blank=True)
    contact_phone = SealedTextField(label="registration.contact_phone", blank=True)
    purpose = SealedTextField(label="registration.purpose", blank=True)
    salt = SealedTextField(label="registration.salt")
    state = models.CharField(max_length=16, default=RegistrationState.STARTED.value)
    deposit_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    place = models.PositiveIntegerField(null=True, blank=True)
    """The how-manieth buyer of the lot it was to submit, the first time; it owns the number of that place."""
    alias = models.CharField(max_length=16, blank=True)
    reason = SealedTextField(label="registration.reason", blank=True)
    decided_by_rule = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    notice_version = models.PositiveSmallIntegerField(default=1)
    """The version of the notice that the buyer had before it when submitting."""

    class Meta:
        app_label = "exchange"
        ordering = ("started_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["party"], name="one_registration_per_buyer"),
            models.UniqueConstraint(fields=["lot", "alias"], condition=~models.Q(alias=""), name="alias_once_per_lot"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in RegistrationState]),
                name="registration_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="QUALIFIED") | ~models.Q(alias=""), name="qualified_buyer_has_alias"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["STARTED", "WITHDRAWN"])
                | models.Q(need__gt=0, submitted_at__isnull=False),
                name="submitted_registration_has_need",
            ),
        ]


class Offer(models.Model):
    """A price put forward in a negotiated deal 协商交易; the latest open one stands."""

    lot = models.ForeignKey("exchange.Lot", on_delete=models.PROTECT, related_name="offers")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="offers")
    by_seller = models.BooleanField()
    price = models.DecimalField(max_digits=14, decimal_places=2)
    quantity = models.DecimalField(max_digits=15, decimal_places=3)
    made_at = models.DateTimeField()
    answer = models.CharField(max_length=16, blank=True)
    """ACCEPTED, DECLINED or REPLACED; empty while it stands."""
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["lot"], condition=models.Q(answer=""), name="one_standing_offer"),
            models.UniqueConstraint(fields=["lot"], condition=models.Q(answer="ACCEPTED"), name="one_accepted_offer"),
            models.CheckConstraint(
                condition=models.Q(answer__in=["", "ACCEPTED", "DECLINED", "REPLACED"]), name="offer_answer_known"
            ),
        ]
