"""Projects of sale and their lots."""

from django.db import models

from commons.domain.suites import Suite
from exchange.projects.domain.states import LotState, ProjectState
from exchange.projects.domain.trades import Instrument, TradeType


class Project(models.Model):
    """One offer of one seller: what its notice announces. Numbers of the rules are copied in at publication."""

    code = models.CharField(max_length=19, blank=True)
    """Class, region, day and sequence; given at publication (发改办法规〔2018〕1156号)."""
    deal_code = models.CharField(max_length=40, blank=True)
    """Unified transaction code 统一交易标识码; given at publication (发改办法规〔2018〕1156号)."""
    seller = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    trade_type = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in TradeType])
    region = models.CharField(max_length=6)
    suite = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in Suite], default=Suite.INTERNATIONAL
    )
    """The algorithms of its room keys, and of the certificates that bidders sign with."""
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    decision_body = models.CharField(max_length=80, blank=True)
    """Whose decision it is to offer (平台办法)."""
    decision_no = models.CharField(max_length=60, blank=True)
    permit_no = models.CharField(max_length=64, blank=True)
    """The seller's permit that the rights come from, where it named one."""
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=16, default=ProjectState.DRAFT.value)
    version = models.PositiveIntegerField(default=1)
    """Raised by every change of a draft; a save with an old number is refused."""
    parameters = models.JSONField(default=dict, blank=True)
    """The rule parameters with their sources, as they were on the day of publication."""
    predecessor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors")
    """The project whose failed lots are offered again here."""
    round = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("-id",)
        indexes = [models.Index(fields=["state", "-published_at"], name="project_by_publication")]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="project_code_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ProjectState]), name="project_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(trade_type__in=[kind.value for kind in TradeType]), name="project_trade_type_known"
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True) | ~models.Q(code=""), name="published_project_has_code"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Lot(models.Model):
    """One indicator on offer, with its own quantity, prices, format and times."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="lots")
    number = models.PositiveSmallIntegerField()
    instrument = models.CharField(max_length=8, choices=[(item.value, item.value) for item in Instrument])
    quantity = models.DecimalField(max_digits=15, decimal_places=3)
    term_years = models.PositiveSmallIntegerField(default=5)
    start_price = models.DecimalField(max_digits=14, decimal_places=2)
    step = models.DecimalField(max_digits=14, decimal_places=2)
    profile_name = models.CharField(max_length=32)
    """The format of bidding that the seller chose."""
    profile = models.JSONField(default=dict, blank=True)
    """The rules of the room, copied in at publication."""
    registration_starts_at = models.DateTimeField(null=True, blank=True)
    registration_ends_at = models.DateTimeField(null=True, blank=True)
    qualification_ends_at = models.DateTimeField(null=True, blank=True)
    negotiation_ends_at = models.DateTimeField(null=True, blank=True)
    opens_at = models.DateTimeField()
    """When bidding starts."""
    state = models.CharField(max_length=16, default=LotState.DRAFT.value)
    suspended_in = models.CharField(max_length=16, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    method = models.CharField(max_length=16, blank=True)
    """ROOM or NEGOTIATION, once the trade method is decided."""
    room_id = models.BigIntegerField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    """When those who may bid were told that the room opens in a few minutes."""
    """The room of this lot; no foreign key, because rooms stand above projects."""
    hammered_at = models.DateTimeField(null=True, blank=True)
    predecessor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors")

    class Meta:
        app_label = "exchange"
        ordering = ("project_id", "number")
        indexes = [models.Index(fields=["state", "registration_ends_at"], name="lot_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="lot_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in LotState]), name="lot_state_known"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="lot_quantity_positive"),
            models.CheckConstraint(condition=models.Q(start_price__gt=0), name="lot_start_price_positive"),
            models.CheckConstraint(condition=models.Q(step__gt=0), name="lot_step_positive"),
            models.CheckConstraint(
                condition=models.Q(instrument__in=[item.value for item in Instrument]), name="lot_instrument_known"
            ),
            models.CheckConstraint(condition=models.Q(method__in=["", "ROOM", "NEGOTIATION"]), name="lot_method_known"),
            models.CheckConstraint(
                condition=models.Q(registration_ends_at__isnull=True)
                | models.Q(registration_ends_at__gt=models.F("registration_starts_at")),
                name="lot_registration_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}/{self.number}"


class CompletenessCheck(models.Model):
    """One completeness check 形式核对: what was found, by whom, and why the project went back."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="checks")
    person = models.ForeignKey("commons.Person", on_delete=models.PROTECT, related_name="+")
    found = models.JSONField()
    """Item code → found or not."""
    passed = models.BooleanField()
    reason = models.TextField(blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)


class CodeCounter(models.Model):
    """The last sequence number given out under a prefix, counted under its row lock."""

    prefix = models.CharField(max_length=40, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
