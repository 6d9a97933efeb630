"""Plans, projects, tenders and their sections."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Coalesce

from bidding.profiles.domain.vocabulary import Sector
from bidding.tenders.domain.rights import Right
from bidding.tenders.domain.sections import CallOffMethod
from bidding.tenders.domain.states import SectionState, TenderState
from signatures.crypto.suites import Suite

_SECTORS = [sector.value for sector in Sector]


class ProcurementPlan(models.Model):
    """What an owner plans to buy or build in a year, with its budget 采购计划."""

    owner = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=60)
    """The plan's number with the authority or in the enterprise."""
    title = models.CharField(max_length=120)
    sector = models.CharField(max_length=24)
    budget = models.DecimalField(max_digits=16, decimal_places=2)
    budget_source = models.CharField(max_length=120)
    entered_at = models.DateTimeField()

    class Meta:
        app_label = "bidding"
        ordering = ("-year", "-id")
        constraints = [
            models.UniqueConstraint(fields=["owner", "year", "number"], name="plan_number_once"),
            models.CheckConstraint(condition=models.Q(sector__in=_SECTORS), name="plan_sector_known"),
            models.CheckConstraint(condition=models.Q(budget__gt=0), name="plan_budget_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class TenderProject(models.Model):
    """A project that one or more tenders belong to 招标项目."""

    owner = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey("commons.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(ProcurementPlan, null=True, blank=True, on_delete=models.PROTECT, related_name="projects")
    sector = models.CharField(max_length=24)
    region = models.CharField(max_length=6)
    title = models.CharField(max_length=120)
    code = models.CharField(max_length=19, blank=True)
    """Class, region, day and sequence; given at the first publication (发改办法规〔2018〕1156号)."""
    approval_body = models.CharField(max_length=80, blank=True)
    approval_no = models.CharField(max_length=60, blank=True)
    """The approval of the project 立项批文 (or of the decision to buy)."""
    budget = models.DecimalField(max_digits=16, decimal_places=2)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "bidding"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="tender_project_code_once"),
            models.CheckConstraint(condition=models.Q(sector__in=_SECTORS), name="tender_project_sector_known"),
            models.CheckConstraint(condition=models.Q(budget__gt=0), name="tender_project_budget_positive"),
        ]

    def __str__(self) -> str:
        return self.title


class Tender(models.Model):
    """One tender: a notice, a document, one or more sections, one deadline. Rules are copied in at publication."""

    project = models.ForeignKey(TenderProject, on_delete=models.PROTECT, related_name="tenders")
    number = models.PositiveSmallIntegerField(default=1)
    """Counts the tenders of the project."""
    code = models.CharField(max_length=22, blank=True)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    single_source = models.JSONField(default=dict, blank=True)
    """What is published of the one supplier that is asked: `single_source.SingleSource` (财政部令第74号 第38条)."""
    profile_code = models.CharField(max_length=40)
    profile = models.JSONField(default=dict, blank=True)
    """The procedure profile as it was on the day of publication."""
    profile_version = models.PositiveIntegerField(default=0)
    parameters = models.JSONField(default=dict, blank=True)
    """The rule parameters with their sources, as they were on the day of publication."""
    legality = models.JSONField(default=list, blank=True)
    """The articles that allow the procedure."""
    state = models.CharField(max_length=16, default=TenderState.DRAFT.value)
    version = models.PositiveIntegerField(default=1)
    """Raised by every change of a draft; a save with an old number is refused."""
    draft = models.JSONField(default=dict, blank=True)
    """The tender document while it is edited; published versions stand in `PublishedDocument`."""
    award_method = models.CharField(max_length=32, blank=True)
    """The price formula or method by which the award is decided, fixed before the notice."""
    award_parameters = models.JSONField(default=dict, blank=True)
    reform_basis_no = models.CharField(max_length=80, blank=True)
    roster_id = models.BigIntegerField(null=True, blank=True)
    """The opening officers (`signatures.OfficerRoster`); no foreign key is needed to ask for it."""
    suite = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in Suite], default=Suite.INTERNATIONAL
    )
    """The algorithms that bids are sealed with; the officers' keys are of them too."""
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    qualified_maximum = models.PositiveSmallIntegerField(null=True, blank=True)
    """How many of those who qualify are invited at most, where the profile limits their number 有限数量制."""
    applications_end_at = models.DateTimeField(null=True, blank=True)
    documents_until = models.DateTimeField(null=True, blank=True)
    bid_deadline = models.DateTimeField(null=True, blank=True)
    designated_media = models.JSONField(default=list, blank=True)
    by_invitation = models.BooleanField(default=False)
    """Not on the public list before its opening; copied from the profile at publication."""
    sme_reserved = models.BooleanField(default=False)
    consortium_allowed = models.BooleanField(default=False)
    predecessor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors")
    """The failed tender that is repeated here; its history stays."""
    round = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "bidding"
        ordering = ("-id",)
        indexes = [models.Index(fields=["state", "-published_at"], name="tender_by_publication")]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="tender_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in TenderState]), name="tender_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True) | ~models.Q(code=""), name="published_tender_has_code"
            ),
        ]

    def __str__(self) -> str:
        return self.title


ENDS_AT = Coalesce("own_deadline", "tender__bid_deadline")
"""`Section.deadline` for a query."""


class Section(models.Model):
    """A section 标段 (lot, package): what one bid is for."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="sections")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=25, blank=True)
    title = models.CharField(max_length=120)
    scope = models.TextField(blank=True)
    kind = models.CharField(max_length=12)
    """WORKS, GOODS or SERVICES, whose thresholds and weights differ; RIGHTS where land or another right is granted."""
    estimate = models.DecimalField(max_digits=16, decimal_places=2)
    price_kind = models.CharField(max_length=16, default="AMOUNT")
    """AMOUNT in yuan, or DISCOUNT_RATE 下浮率 as a fraction of the ceiling."""
    ceiling = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    """最高投标限价; stands in the tender document (招标投标法实施条例 第27条)."""
    alternatives = models.JSONField(default=list, blank=True)
    """Alternative maxima: [{"label", "ceiling"}]."""
    bond = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    awards = models.PositiveSmallIntegerField(default=1)
    """How many are awarded: more than one in a framework."""
    call_offs = models.CharField(max_length=12, default=CallOffMethod.DIRECT.value)
    """How a framework is called off; fixed before the notice."""
    right_use = models.CharField(max_length=12, blank=True)
    right_area = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    right_unit = models.CharField(max_length=8, blank=True)
    right_years = models.PositiveSmallIntegerField(null=True, blank=True)
    start_price = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    """起始价 of a right that is granted: no bid below it counts."""
    grades = models.JSONField(default=list, blank=True)
    """The least grade 资质等级 in each specialty, as licences spell it."""
    intake_id = models.BigIntegerField(null=True, blank=True)
    """Where sealed bids come in (`signatures.SealedIntake`)."""
    state = models.CharField(max_length=16, default=SectionState.DRAFT.value)
    own_deadline = models.DateTimeField(null=True, blank=True)
    """Its bid deadline, where its own suspension made it later than that of the tender's other sections."""
    suspended_in = models.CharField(max_length=16, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=32, blank=True)
    """Why it failed: see `FailureCause`."""
    bonds_settled_at = models.DateTimeField(null=True, blank=True)
    """When every bond and guarantee of the section was on its way back or kept."""
    opening_began_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    predecessor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors")

    class Meta:
        app_label = "bidding"
        ordering = ("tender_id", "number")
        indexes = [models.Index(fields=["state", "tender"], name="section_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["tender", "number"], name="section_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in SectionState]), name="section_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(price_kind__in=["AMOUNT", "DISCOUNT_RATE"]), name="section_price_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["WORKS", "GOODS", "SERVICES", "RIGHTS"]), name="section_kind_known"
            ),
            models.CheckConstraint(condition=models.Q(estimate__gt=0), name="section_estimate_positive"),
            models.CheckConstraint(
                condition=~models.Q(kind="RIGHTS")
                | models.Q(right_area__gt=0, right_years__gt=0, start_price__gt=0) & ~models.Q(right_unit=""),
                name="right_is_measured",
            ),
            models.CheckConstraint(
                condition=models.Q(call_offs__in=[method.value for method in CallOffMethod]),
                name="section_call_offs_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="SUSPENDED") | ~models.Q(suspended_in=""),
                name="suspended_section_knows_where",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender_id}/{self.number}"

    @property
    def right(self) -> Right | None:
        """What the section grants; nothing where it buys or builds."""
        if self.right_area is None or self.right_years is None or self.start_price is None:
            return None
        return Right(self.right_use, self.right_area, self.right_unit, self.right_years, self.start_price)

    @property
    def deadline(self) -> datetime | None:
        """Until when bids for it come in."""
        return self.own_deadline or self.tender.bid_deadline


class ClauseFinding(models.Model):
    """A clause that looks discriminatory, with its article, and the owner's public answer (公平竞争审查)."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="findings")
    rule = models.CharField(max_length=40)
    place = models.CharField(max_length=60)
    quote = models.CharField(max_length=200)
    article = models.CharField(max_length=200)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)
    """When the clause was changed so that the finding no longer stands."""

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["tender", "rule", "place", "quote"],
                condition=models.Q(gone_at__isnull=True),
                name="finding_stands_once",
            )
        ]


class TenderCheck(models.Model):
    """One completeness check 形式核对: what was found, by whom, and why the tender went back."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="checks")
    person = models.ForeignKey("commons.Person", on_delete=models.PROTECT, related_name="+")
    found = models.JSONField()
    passed = models.BooleanField()
    reason = models.TextField(blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        app_label = "bidding"
        ordering = ("id",)


class TenderFiling(models.Model):
    """That a tender, or its result, was filed with an authority 备案 under a number."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="filings")
    kind = models.CharField(max_length=12)
    """NOTICE or RESULT."""
    authority = models.CharField(max_length=80)
    number = models.CharField(max_length=60)
    filed_on = models.DateField()
    entered_at = models.DateTimeField()

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["NOTICE", "RESULT"]), name="filing_kind_known"),
            models.CheckConstraint(condition=~models.Q(number=""), name="filing_has_number"),
        ]
