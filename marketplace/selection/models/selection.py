"""Selections with their entrants and panels."""

from typing import Any

from django.db import models
from django.db.models import Q

from commons.secrecy.fields import SealedJSONField
from marketplace.selection.domain.case import Case, Way, case_from
from marketplace.selection.domain.states import SelectionState, Wait


class Selection(models.Model):
    """One selection of a procurement; `case` is the published form of everything that the result follows from."""

    procurement = models.ForeignKey("marketplace.Procurement", on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    way = models.CharField(max_length=16)
    live = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default=SelectionState.RUNNING.value)
    wait = models.CharField(max_length=8, blank=True, default=Wait.NOTHING.value)
    case = models.JSONField()
    outcome = models.JSONField(default=dict)
    draw_id = models.UUIDField(null=True)
    """The draw that is waited for."""
    draw_purpose = models.CharField(max_length=16, blank=True)
    room_id = models.BigIntegerField(null=True)
    winner = models.ForeignKey("marketplace.SelectionEntrant", null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    ceiling = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    """For the statistics: what the notice allowed."""
    failure = models.CharField(max_length=12, blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["procurement", "round"], name="one_selection_per_round"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in SelectionState]), name="selection_state_known"
            ),
            models.CheckConstraint(condition=Q(way__in=[one.value for one in Way]), name="selection_way_known"),
            models.CheckConstraint(
                condition=~Q(state=SelectionState.DECIDED.value) | Q(winner__isnull=False, decided_at__isnull=False),
                name="decided_selection_has_winner",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "wait"], name="selection_by_wait"),
            models.Index(fields=["-decided_at"], name="selection_by_decision"),
        ]

    @property
    def stream(self) -> str:
        """Its stream in the log."""
        return f"selection:{self.pk}"

    notice: Any = None
    """Kept by who has read it; no column."""

    def as_case(self) -> Case:
        return case_from(self.case)


class SelectionEntrant(models.Model):
    """An agency in a selection, under its number."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="entrants")
    number = models.CharField(max_length=6)
    agency = models.ForeignKey("marketplace.Entrant", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    barred = models.CharField(max_length=24, blank=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("selection_id", "number")
        constraints = [
            models.UniqueConstraint(fields=["selection", "number"], name="entrant_number_once"),
            models.UniqueConstraint(fields=["selection", "agency"], name="agency_in_selection_once"),
        ]


class PanelMember(models.Model):
    """A member of the panel that scores proposals; the sheet stays sealed until the last one is handed in."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="panel")
    person = models.ForeignKey("commons.Person", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    sheet: Any = SealedJSONField(label="score sheet", null=True)
    handed_in_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["selection", "person"], name="panel_member_once")]


class AgencyCredit(models.Model):
    """The credit score that selections rank by, as the subject of credit last wrote it."""

    organisation = models.OneToOneField("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=5, decimal_places=2)
    computed_at = models.DateTimeField()

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
