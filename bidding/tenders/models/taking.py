"""Who took the documents, who is invited, who applied: nobody may learn names or number before the opening.

招标投标法 第22条, 财政部令第87号 第28条. Rows have random numbers and a sealed reference of tender and organisation
instead of foreign keys: a copy of the database does not tell who took part in which tender, nor how many did.
"""

from django.db import models

from bidding.tenders.domain.states import ApplicationState
from commons.domain.identifiers import random_number
from commons.people.parties import NamesParty
from commons.secrecy.fields import PartyField, SealedJSONField, SealedTextField


class DocumentTaking(NamesParty, models.Model):
    """That an organisation took the documents of a tender. `party.place` is the tender."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    party = PartyField(label="tender.taking", unique=True)
    facts = SealedJSONField(label="tender.taking.facts")
    """When, by whom, which version last."""

    class Meta:
        app_label = "bidding"
        ordering = ("id",)


class Invitation(NamesParty, models.Model):
    """That an organisation is invited to a tender. `party.place` is the tender."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    party = PartyField(label="tender.invitation", unique=True)
    facts = SealedJSONField(label="tender.invitation.facts")

    class Meta:
        app_label = "bidding"
        ordering = ("id",)


class PrequalificationApplication(NamesParty, models.Model):
    """That an organisation applies for a section. `party.place` is the section."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    party = PartyField(label="tender.application", unique=True)
    state = models.CharField(max_length=12, default=ApplicationState.SUBMITTED.value)
    facts = SealedJSONField(label="tender.application.facts")
    """When handed in, the documents' numbers and words, the score and reasons of the decision."""
    note = SealedTextField(label="tender.application.note", blank=True)

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ApplicationState]),
                name="application_state_known",
            )
        ]
