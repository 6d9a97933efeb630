"""The catalogue: kinds of qualification, service items, and the approvals that need them."""

from django.db import models
from django.db.models import F, Q

from marketplace.catalogue.domain.items import Matter, PriceUnit


class QualificationKind(models.Model):
    """A qualification 资质 that a regulator gives, with the names of its grades from the best."""

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=80)
    grades = models.JSONField(default=list)
    """Names of the grades, the best first; empty where there are none."""

    class Meta:
        app_label = "marketplace"
        ordering = ("code",)


class ServiceItem(models.Model):
    """One line of the list of intermediary service items 中介服务事项清单; its history stands in the evidence."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    service_type = models.CharField(max_length=60)
    requirement = models.CharField(max_length=400, blank=True)
    """As `marketplace.catalogue.domain.requirements` spells it."""
    legal_basis = models.TextField()
    price_low = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    price_high = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    price_unit = models.CharField(max_length=8, default=PriceUnit.TOTAL.value)
    price_basis = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=6, blank=True)
    in_central_catalogue = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    provenance = models.CharField(max_length=32, default="entered")
    entered_at = models.DateTimeField()

    class Meta:
        app_label = "marketplace"
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(condition=~Q(legal_basis=""), name="item_has_legal_basis"),
            models.CheckConstraint(
                condition=Q(price_unit__in=[unit.value for unit in PriceUnit]), name="item_price_unit_known"
            ),
            models.CheckConstraint(
                condition=Q(price_low__isnull=True) | Q(price_high__isnull=True) | Q(price_high__gte=F("price_low")),
                name="item_price_in_order",
            ),
        ]


class ItemMatter(models.Model):
    """An approval item for which the service is needed."""

    item = models.ForeignKey(ServiceItem, on_delete=models.CASCADE, related_name="matters")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    authority = models.CharField(max_length=80, blank=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["item", "code"], name="matter_once_per_item")]

    @property
    def fact(self) -> Matter:
        return Matter(self.code, self.name, self.authority)
