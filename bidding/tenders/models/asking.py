"""Questions, addenda and objections. Who asked is sealed: the owner answers without knowing whom."""

from django.db import models

from bidding.tenders.models.tender import Section, Tender
from bidding.tenders.models.writing import PublishedDocument
from commons.domain.identifiers import random_number
from commons.evidence.append_only import append_only
from commons.secrecy.fields import SealedIntegerField


class Question(models.Model):
    """A question to the tender document. Public only together with its answer, and without its asker."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="questions")
    asker = SealedIntegerField(label="question.asker")
    """The organisation."""
    text = models.TextField()
    asked_at = models.DateTimeField()
    addendum = models.ForeignKey(
        "bidding.Addendum", null=True, blank=True, on_delete=models.PROTECT, related_name="questions"
    )
    """With which it was answered."""
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "bidding"
        ordering = ("asked_at", "id")


@append_only
class Addendum(models.Model):
    """A clarification 澄清 or change 修改 of the tender document, part of it from then on (招标投标法 第23条)."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="addenda")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    affects_bids = models.BooleanField()
    document = models.ForeignKey(
        PublishedDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="addenda"
    )
    deadline_before = models.DateTimeField()
    deadline_after = models.DateTimeField()
    published_at = models.DateTimeField()

    class Meta:
        app_label = "bidding"
        ordering = ("tender_id", "number")
        constraints = [models.UniqueConstraint(fields=["tender", "number"], name="addendum_number_once")]


class TenderObjection(models.Model):
    """An objection 异议 (procurement: query 质疑) and its answer. Who objects is sealed, as who asks is."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="objections")
    section = models.ForeignKey(Section, null=True, blank=True, on_delete=models.PROTECT, related_name="objections")
    stage = models.CharField(max_length=20)
    """PREQUALIFICATION, DOCUMENTS, OPENING or RESULT."""
    objector = SealedIntegerField(label="objection.objector")
    text = models.TextField()
    raised_at = models.DateTimeField()
    answer_due_on = models.DateField()
    stops_clock = models.BooleanField(default=False)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "bidding"
        ordering = ("raised_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=["PREQUALIFICATION", "DOCUMENTS", "OPENING", "RESULT"]),
                name="tender_objection_stage_known",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | ~models.Q(answer=""),
                name="answered_tender_objection_has_answer",
            ),
        ]
