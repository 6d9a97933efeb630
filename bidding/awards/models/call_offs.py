"""Tables of what is bought under a framework. Its suppliers are public; only their quotes are sealed until the end."""

from decimal import Decimal

from django.db import models

from bidding.awards.domain.states import CallOffState
from bidding.tenders.domain.sections import CallOffMethod
from commons.domain.identifiers import random_number


class CallOffCompetition(models.Model):
    """A second competition 二次竞价 among the suppliers of a framework, by sealed quotes."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    section = models.ForeignKey("bidding.Section", on_delete=models.PROTECT, related_name="competitions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    words = models.TextField()
    """What is needed, the same for all."""
    left_out = models.TextField(blank=True)
    """Why suppliers that are not asked cannot meet the need."""
    began_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    intake_id = models.BigIntegerField(null=True, blank=True, unique=True)
    """The sealed intake; given in the transaction that begins it."""
    ended_at = models.DateTimeField(null=True, blank=True)
    """When its quotes were opened and its call-off placed, or nothing that counts had come in."""

    class Meta:
        app_label = "bidding"
        ordering = ("section_id", "number")
        constraints = [
            models.UniqueConstraint(fields=["section", "number"], name="competition_number_once"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("began_at")), name="competition_takes_time"
            ),
        ]

    @property
    def placed(self) -> "CallOff | None":
        """The order that came of it and was not refused."""
        return next((one for one in self.call_offs.all() if one.state != CallOffState.REFUSED.value), None)


class CallOffQuote(models.Model):
    """A supplier that is asked, the most it may charge, and what it quoted once that is opened."""

    competition = models.ForeignKey(CallOffCompetition, on_delete=models.PROTECT, related_name="quotes")
    award = models.ForeignKey("bidding.Award", on_delete=models.PROTECT, related_name="quotes")
    ceiling = models.DecimalField(max_digits=16, decimal_places=2)
    """What the purchase costs at the supplier's agreed prices 协议价格."""
    price = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    words = models.TextField(blank=True)
    fault = models.CharField(max_length=16, blank=True)
    """A name of `OfferFault`: it does not count."""
    cause = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["competition", "award"], name="quote_asked_once"),
            models.CheckConstraint(condition=models.Q(ceiling__gt=0), name="quote_ceiling_positive"),
        ]


class CallOff(models.Model):
    """One purchase under a framework 框架协议下的订单."""

    award = models.ForeignKey("bidding.Award", on_delete=models.PROTECT, related_name="call_offs")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    method = models.CharField(max_length=12, default=CallOffMethod.DIRECT.value)
    reason = models.TextField(blank=True)
    """Why this supplier was chosen; nothing where a quote or the turn decided."""
    competition = models.ForeignKey(
        CallOffCompetition, null=True, blank=True, on_delete=models.PROTECT, related_name="call_offs"
    )
    placed_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=CallOffState.PLACED.value)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_words = models.TextField(blank=True)
    """Why the supplier refused, or what the owner accepted."""
    accepted = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    """Yuan of what was delivered and accepted 验收金额."""

    class Meta:
        app_label = "bidding"
        ordering = ("award_id", "number")
        constraints = [
            models.UniqueConstraint(fields=["award", "number"], name="call_off_number_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="call_off_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in CallOffState]), name="call_off_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted__isnull=True)
                | models.Q(state=CallOffState.SETTLED.value, accepted__gte=0, accepted__lte=models.F("amount")),
                name="call_off_accepted_within",
            ),
            models.UniqueConstraint(
                fields=["competition"],
                condition=~models.Q(state=CallOffState.REFUSED.value),
                name="one_call_off_of_competition",
            ),
            models.CheckConstraint(
                condition=models.Q(method__in=[method.value for method in CallOffMethod]), name="call_off_method_known"
            ),
        ]

    @property
    def committed(self) -> Decimal:
        """What it takes of the contract, yuan."""
        if self.state == CallOffState.REFUSED.value:
            return Decimal(0)
        return self.amount if self.accepted is None else self.accepted


class TurnDeclined(models.Model):
    """That a supplier declined when it was its turn 轮候放弃; it waits until everybody else had theirs."""

    award = models.ForeignKey("bidding.Award", on_delete=models.PROTECT, related_name="declined")
    reason = models.TextField()
    declined_at = models.DateTimeField()

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
