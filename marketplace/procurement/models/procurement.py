"""Procurements with everything that a notice says."""

from enum import Enum

from django.db import models
from django.db.models import F, Q

from marketplace.procurement.domain.methods import FundSource, Method, QuoteKind
from marketplace.procurement.domain.needs import Source
from marketplace.procurement.domain.scope import Exemption, ScopeVerdict
from marketplace.procurement.domain.states import ProcurementState


def _known(name: str, kind: type[Enum], field: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__in": [one.value for one in kind]}), name=name)


class Procurement(models.Model):
    """One need of one owner, through as many rounds as it takes."""

    code = models.CharField(max_length=25, unique=True)
    owner = models.ForeignKey("marketplace.Entrant", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("marketplace.ServiceItem", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, default=ProcurementState.DRAFT.value)
    suspended_from = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=8, default=Source.HAND.value)
    copied_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    region = models.CharField(max_length=6)
    scale = models.CharField(max_length=200, blank=True)
    content = models.TextField(blank=True)
    service_time = models.CharField(max_length=120, blank=True)
    fund = models.CharField(max_length=8)
    method = models.CharField(max_length=16)
    quote_kind = models.CharField(max_length=16, default=QuoteKind.AMOUNT.value)
    amount_defined = models.BooleanField(default=True)
    floor_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    ceiling_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    requirement = models.CharField(max_length=400, blank=True)
    sign_up_days = models.PositiveSmallIntegerField(default=0)
    urgent = models.BooleanField(default=False)
    urgent_reason = models.TextField(blank=True)
    exemption = models.CharField(max_length=16, default=Exemption.NONE.value)
    investment_approval = models.BooleanField(default=False)
    case_number = models.CharField(max_length=64, blank=True)
    avoided = models.JSONField(default=list)
    avoidance_reason = models.TextField(blank=True)
    contact_name = models.CharField(max_length=64, blank=True)
    contact_phone = models.CharField(max_length=32, blank=True)
    complaint_phone = models.CharField(max_length=32, blank=True)
    disclose_price = models.BooleanField(default=True)
    disclose_contract = models.BooleanField(default=True)
    named_agency = models.ForeignKey("marketplace.Entrant", null=True, on_delete=models.PROTECT, related_name="+")
    direct_reason = models.TextField(blank=True)
    big_list = models.PositiveSmallIntegerField(null=True)
    small_list = models.PositiveSmallIntegerField(null=True)
    criteria = models.JSONField(default=list)
    bid_step = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    scope_verdict = models.CharField(max_length=8, blank=True)
    scope_reasons = models.JSONField(default=list)
    split_alert = models.JSONField(null=True)
    submission = models.PositiveSmallIntegerField(default=0)
    """Counts how often it was handed in; decisions of the owner's chain belong to one of them."""
    submitted_by = models.CharField(max_length=80, blank=True)
    submitted_at = models.DateTimeField(null=True)
    return_reason = models.TextField(blank=True)
    audited_by = models.CharField(max_length=80, blank=True)
    """Reference of who audited and published; never who selects."""
    round = models.PositiveSmallIntegerField(default=1)
    failed_rounds = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    version = models.PositiveSmallIntegerField(default=0)
    """Of the notice in force."""
    pending_amendment = models.JSONField(null=True)
    parameters = models.JSONField(default=dict)
    published_at = models.DateTimeField(null=True)
    """Of the notice in force; an amendment moves it."""
    sign_up_until = models.DateTimeField(null=True)
    selection_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            _known("procurement_state_known", ProcurementState, "state"),
            _known("procurement_method_known", Method, "method"),
            _known("procurement_fund_known", FundSource, "fund"),
            _known("procurement_quote_known", QuoteKind, "quote_kind"),
            models.CheckConstraint(
                condition=Q(scope_verdict__in=["", *(one.value for one in ScopeVerdict)]), name="scope_verdict_known"
            ),
            models.CheckConstraint(
                condition=Q(floor_price__isnull=True)
                | Q(ceiling_price__isnull=True)
                | Q(ceiling_price__gte=F("floor_price")),
                name="procurement_prices_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProcurementState.SIGNING_UP.value)
                | Q(sign_up_until__isnull=False, published_at__isnull=False),
                name="open_procurement_has_deadline",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "sign_up_until"], name="procurement_by_deadline"),
            models.Index(fields=["owner", "item", "published_at"], name="procurement_by_owner"),
            models.Index(
                fields=["-published_at", "-id"],
                name="procurement_published",
                condition=Q(version__gt=0),
            ),
            models.Index(fields=["item", "published_at"], name="procurement_by_item"),
        ]
