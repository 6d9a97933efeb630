"""Questions, addenda, objections and prequalification, at the owner's desk. Nobody is named before the time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import services
from bidding.tenders.domain.document import TenderDocument, parse
from bidding.tenders.domain.secrecy import Sight, Stage, Viewer, sight
from bidding.tenders.forms.applying import JudgeForm
from bidding.tenders.forms.documents import AddendumForm
from bidding.tenders.forms.fields import WordsForm
from bidding.tenders.labels import STAGES, application_label, chosen_how
from bidding.tenders.models import Tender, TenderObjection
from bidding.tenders.policies import can_change_tender
from bidding.tenders.queries import pages
from bidding.tenders.services.prequalifying import applications
from bidding.tenders.views.owners import OwnerForm
from commons.domain.refusals import NotFound
from commons.pages import signed_in, told_there
from commons.people import queries as people
from commons.people.parties import with_organisations
from commons.people.queries import OrganisationView


class Questions(OwnerForm):
    """Open questions with the addendum that answers them; objections that wait."""

    template_name = "tenders/questions.html"
    title = gettext_lazy("Questions and clarifications")
    submit = gettext_lazy("Publish the addendum")

    def _open(self, request: HttpRequest) -> list[tuple[int, str]]:
        return list(self.tender(request).questions.filter(answered_at=None).values_list("pk", "text"))

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return AddendumForm(data, questions=self._open(request), clauses=self._document(request).clauses)

    def _document(self, request: HttpRequest) -> TenderDocument:
        newest = self.tender(request).documents.order_by("-version").first()
        return parse(newest.content) if newest else TenderDocument()

    def context(self, request: HttpRequest) -> dict[str, Any]:
        tender = self.tender(request)
        objections = tender.objections.filter(answered_at=None, withdrawn_at=None)
        return {
            **super().context(request),
            "tender": tender,
            "open_count": len(self._open(request)),
            "objections": [(one, STAGES[one.stage]) for one in objections],
            "addenda": tender.addenda.order_by("-number"),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, AddendumForm)
        tender_id = self.kwargs["tender_id"]
        before = self.tender(request).bid_deadline
        number = services.publish_addendum(
            actor=signed_in(request),
            tender_id=tender_id,
            text=form.cleaned_data["text"],
            affects_bids=form.cleaned_data["affects_bids"],
            answers=form.answers(),
            content=form.changed(self._document(request)),
            at=at,
        )
        messages.success(
            request, _("Addendum %(number)s is published; whoever took the documents is told.") % {"number": number}
        )
        if self.tender(request).bid_deadline != before:
            messages.warning(request, _("Fewer days were left than the law asks: the deadline has moved."))
        return reverse("tenders:questions", args=[tender_id])


class AnswerObjection(OwnerForm):
    """The owner's answer to an objection; the last one lets the clock go on."""

    title = gettext_lazy("Answer an objection")
    submit = gettext_lazy("Answer")

    def _row(self, request: HttpRequest) -> TenderObjection:
        row = TenderObjection.objects.filter(pk=self.kwargs["objection_id"], tender_id=self.kwargs["tender_id"]).first()
        if row is None:
            raise NotFound()
        return row

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.tender(request)
        return WordsForm(data, label=gettext_lazy("Answer"))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().context(request), "note": self._row(request).text}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.answer_objection(
            actor=signed_in(request), objection_id=self._row(request).pk, answer=form.cleaned_data["words"], at=at
        )
        return reverse("tenders:questions", args=[self.kwargs["tender_id"]])


@require_safe
def prequalification(request: HttpRequest, tender_id: int) -> HttpResponse:
    """The applications of each section, once their time is over."""
    tender, over = _own(request, tender_id)
    allowed = sight(Stage.JUDGING if over else Stage.BEFORE, Viewer.OWNER)
    profile, rows = pages.snapshot_of(tender), []
    staged = profile.has(Switch.TWO_STAGE)
    for section in tender.sections.all():
        found = with_organisations(applications(section.pk)) if Sight.APPLICANTS in allowed else []
        others = people.organisations(number for one in found for number in one.facts.get("consortium", ()))
        told = [
            (one, *application_label(one.state, one.facts, staged=staged), _with(one.facts, others)) for one in found
        ]
        rows.append((section, told))
    return render(
        request,
        "tenders/prequalification.html",
        {
            "tender": tender,
            "rows": rows,
            "over": over,
            "in_stages": staged,
            "chosen_how": chosen_how(profile, tender.qualified_maximum),
        },
    )


def _with(facts: Mapping[str, Any], others: Mapping[int, OrganisationView]) -> str:
    """The other members of an applicant's consortium."""
    return "、".join(others[number].name for number in facts.get("consortium", ()))


class Judge(OwnerForm):
    """What the review found of one application."""

    title = gettext_lazy("Judge an application")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        tender, over = _own(request, self.kwargs["tender_id"])
        numbers = {one.pk for section in tender.sections.all() for one in applications(section.pk)}
        if not over or self.kwargs["application_id"] not in numbers:
            raise NotFound()
        return JudgeForm(data, staged=pages.in_stages(tender), scored=pages.snapshot_of(tender).limits_number)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        given = form.cleaned_data
        services.judge(
            actor=signed_in(request),
            application_id=self.kwargs["application_id"],
            qualified=given["qualified"] == "yes",
            reason=given["reason"],
            score=given.get("score") or None,
            at=at,
        )
        return reverse("tenders:prequalification", args=[self.kwargs["tender_id"]])


@require_POST
def finish(request: HttpRequest, tender_id: int, section_id: int) -> HttpResponse:
    """Invite those qualified to bid, or let the section fail."""
    with told_there(request):
        if services.finish_prequalification(actor=signed_in(request), section_id=section_id, at=timezone.now()):
            messages.success(request, _("Those taken are invited to bid; each applicant is told its result."))
        else:
            messages.warning(request, _("Fewer than needed qualified: the section failed."))
    return HttpResponseRedirect(reverse("tenders:prequalification", args=[tender_id]))


def _own(request: HttpRequest, tender_id: int) -> tuple[Tender, bool]:
    actor = signed_in(request)
    tender = pages.draft_of(actor, tender_id)
    can_change_tender(actor, tender).require()
    ends = tender.applications_end_at
    return tender, ends is not None and timezone.now() >= ends
