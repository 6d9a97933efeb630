"""Sign-ups and subscriptions."""

from django.db import models
from django.db.models import Q

from commons.secrecy.fields import Party, PartyField, SealedJSONField
from marketplace.signups.domain.signups import SignUpState, SubscriptionFacts


class SignUp(models.Model):
    """An agency takes part. Who it is lies sealed until the sign-up is closed; quote, salt and proposal's hash until
    the selection begins."""

    procurement = models.ForeignKey("marketplace.Procurement", on_delete=models.PROTECT, related_name="+")
    party = PartyField(label="signup")
    """Procurement and organisation: one can be looked up and kept unique, and names nobody."""
    agency = models.ForeignKey("marketplace.Entrant", null=True, on_delete=models.PROTECT, related_name="+")
    """From the closing on."""
    version = models.PositiveSmallIntegerField()
    """Of the notice under which it was made; only those of the version in force count."""
    state = models.CharField(max_length=12, default=SignUpState.ACTIVE.value)
    key = models.CharField(max_length=40)
    """Made by the client, so that the same request twice is one sign-up."""
    signed_up_at = models.DateTimeField()
    sealed = SealedJSONField(label="signup")
    """{"agency": …, "quote": …, "proposal": …, "salt": …}."""
    proposal = models.ForeignKey("commons.Document", null=True, on_delete=models.PROTECT, related_name="+")
    commitment = models.CharField(max_length=64)
    evidence_hash = models.CharField(max_length=64)
    quote = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    """From the opening on."""
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    bars = models.JSONField(default=list)
    """Why it was disqualified."""

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(state=SignUpState.ACTIVE.value),
                name="one_active_sign_up",
            ),
            models.UniqueConstraint(fields=["party", "key"], name="one_sign_up_per_request"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in SignUpState]), name="sign_up_state_known"
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(agency__isnull=False), name="opened_sign_up_is_named"
            ),
            models.CheckConstraint(
                condition=Q(quote__isnull=True) | Q(opened_at__isnull=False), name="quote_only_when_opened"
            ),
        ]
        indexes = [
            models.Index(fields=["procurement", "version", "state"], name="sign_up_by_procurement"),
            models.Index(fields=["agency", "-id"], name="sign_up_by_agency"),
            models.Index(fields=["procurement"], condition=Q(agency__isnull=True), name="sign_up_unnamed"),
        ]


def reference_of(party: Party) -> str:
    """How the row of an organisation's sign-up names it."""
    field = SignUp._meta.get_field("party")
    assert isinstance(field, PartyField), "the column that names the party"
    return field.reference(party)


class Subscription(models.Model):
    """An agency wants to hear of such notices."""

    agency = models.ForeignKey("marketplace.Entrant", on_delete=models.CASCADE, related_name="+")
    item = models.ForeignKey("marketplace.ServiceItem", null=True, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=6, blank=True)
    least_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["agency", "item", "region"], nulls_distinct=False, name="subscription_once")
        ]
        indexes = [models.Index(fields=["item", "agency"], name="subscription_by_item")]

    @property
    def facts(self) -> SubscriptionFacts:
        return SubscriptionFacts(self.item_id, self.region, self.least_price)
