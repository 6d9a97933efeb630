"""What a bidder does before its bid: take the documents, ask, object, apply for prequalification."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import services
from bidding.tenders.domain.document import CHAPTER_LABELS, CHAPTERS, parse
from bidding.tenders.domain.states import SectionState
from bidding.tenders.forms.applying import ApplicationForm
from bidding.tenders.forms.fields import WordsForm
from bidding.tenders.labels import CRITERIA, application_label, chosen_how, in_language
from bidding.tenders.models import Section
from bidding.tenders.policies import can_take_part
from bidding.tenders.queries import pages
from bidding.tenders.services.common import organisations_of
from commons.domain.refusals import NotFound
from commons.pages import FormPage, csv_response, signed_in, told_there
from commons.people import queries as people
from commons.vault import services as vault


@require_POST
def take(request: HttpRequest, tender_id: int) -> HttpResponse:
    """Take the documents; who does is told to nobody before the opening."""
    version = services.take_documents(actor=signed_in(request), tender_id=tender_id, at=timezone.now())
    text = _("You have version %(version)s of the documents. Nobody else learns that you took them.")
    messages.success(request, text % {"version": version})
    return HttpResponseRedirect(reverse("tenders:documents", args=[tender_id]))


@require_safe
def documents(request: HttpRequest, tender_id: int) -> HttpResponseBase:
    """The tender document for who took it, the owner and the centre."""
    viewer = signed_in(request)
    found = pages.taken_document(viewer, tender_id)
    document = parse(found.content)
    if section := request.GET.get("bill", ""):
        lines = document.bills.get(int(section)) if section.isascii() and section.isdigit() else None
        header = ["项目编码", "项目名称", "项目特征", "计量单位", "工程量"]
        rows = ((one.code, one.name, one.feature, one.unit, one.quantity) for one in lines or ())
        return csv_response(f"bill-{section}", header, rows)
    tender = pages.readable_tender(viewer, tender_id)
    context = {
        "tender": tender,
        "document": found,
        "chapters": [(_(CHAPTER_LABELS[name]), document.chapter(name)) for name in CHAPTERS],
        "scoring": [(one, CRITERIA[one.kind]) for one in document.scoring],
        "bills": [(number, len(lines)) for number, lines in sorted(document.bills.items())],
        "own": pages.own_part(viewer, tender),
        "parts": [(part, in_language(part.label, part.label_zh)) for part in pages.snapshot_of(tender).documents],
    }
    return render(request, "tenders/documents.html", context)


class Ask(FormPage):
    """An anonymous question."""

    template_name = "tenders/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        tender = pages.readable_tender(signed_in(request), self.kwargs["tender_id"])
        can_take_part(signed_in(request), tender).require()
        return WordsForm(data, label=gettext_lazy("Your question"), help_text=ASK_HELP)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        tender = pages.readable_tender(signed_in(request), self.kwargs["tender_id"])
        return {"tender": tender, "title": _("Ask a question"), "submit": _("Ask without being named")}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        tender_id = self.kwargs["tender_id"]
        services.ask(actor=signed_in(request), tender_id=tender_id, text=form.cleaned_data["words"], at=at)
        messages.success(request, _("Asked. The answer is published to everybody, without your name."))
        return reverse("tenders:tender", args=[tender_id])


ASK_HELP = gettext_lazy(
    "The owner sees the question only. Do not write your name or anything that tells who you are: it is published "
    "with its answer."
)


class RaiseObjection(FormPage):
    """An objection; where the procedure says so, it stops the clock until it is answered."""

    template_name = "tenders/form.html"

    def _section(self, request: HttpRequest) -> Section:
        section = Section.objects.filter(pk=self.kwargs["section_id"]).first()
        if section is None:
            raise NotFound()
        tender = pages.readable_tender(signed_in(request), section.tender_id)
        can_take_part(signed_in(request), tender).require()
        return section

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self._section(request)
        return WordsForm(data, label=gettext_lazy("What you object to, and why"))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        section = self._section(request)
        tender = pages.readable_tender(signed_in(request), section.tender_id)
        return {"tender": tender, "title": _("Raise an objection"), "submit": _("Raise the objection")}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        section, words = self._section(request), form.cleaned_data["words"]
        services.raise_objection(actor=signed_in(request), section_id=section.pk, text=words, at=at)
        messages.success(request, _("The objection is on record. The owner must answer within its limit."))
        return reverse("tenders:tender", args=[section.tender_id])


@require_POST
def withdraw_objection(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Take one's own objection back."""
    services.withdraw_objection(actor=signed_in(request), objection_id=objection_id, at=timezone.now())
    messages.success(request, _("The objection is taken back."))
    return HttpResponseRedirect(reverse("tenders:list"))


@require_POST
def withdraw_application(request: HttpRequest, section_id: int) -> HttpResponse:
    """Take one's own application back, until the applications end."""
    with told_there(request):
        services.withdraw_application(actor=signed_in(request), section_id=section_id, at=timezone.now())
        messages.success(request, _("Taken back. You can hand in again until the applications end."))
    return HttpResponseRedirect(reverse("tenders:apply", args=[section_id]))


def _outcome(facts: Mapping[str, Any]) -> str:
    """What an applicant reads of its own judgement: the reason, its score, and that others scored higher."""
    lines = [str(facts.get("reason", ""))]
    if facts.get("score"):
        lines.append(_("Score") + f" {facts['score']}")
    if facts.get("passed_over"):
        lines.append(_("The number of those invited is limited, and others scored higher."))
    return "\n".join(filter(None, lines))


def _is_over(section: Section, ends: datetime | None) -> bool:
    """Whether nothing can be handed in any more; a section that stands still may go on."""
    if section.state == SectionState.SUSPENDED:
        return False
    return section.state != SectionState.PREQUALIFYING or ends is None or timezone.now() >= ends


class Apply(FormPage):
    """An application for prequalification; until its end it can be replaced and taken back."""

    template_name = "tenders/form.html"

    def _section(self, request: HttpRequest) -> Section:
        section = Section.objects.filter(pk=self.kwargs["section_id"]).first()
        if section is None:
            raise NotFound()
        tender = pages.readable_tender(signed_in(request), section.tender_id)
        can_take_part(signed_in(request), tender).require()
        return section

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        section = self._section(request)
        own = pages.own_application(signed_in(request), section.pk)
        staged = pages.snapshot_of(section.tender).has(Switch.TWO_STAGE)
        initial, members = None, []
        if own is not None:
            members = [one.uscc for one in people.organisations(own.facts.get("consortium", ())).values()]
            initial = {"statement": own.facts["statement"]}
        together = section.tender.consortium_allowed and not staged
        files = request.FILES or None
        return ApplicationForm(data, files, initial=initial, consortium=together, members=members)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """One field for a member more, with what was filled in kept; or the application."""
        if request.POST.get("step") != "more":
            return super().post(request, **kwargs)
        data = request.POST.copy()
        data["rows"] = str(ApplicationForm.shown(data) + 1)
        return self.show(request, self.form(request, data))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        section = self._section(request)
        own = pages.own_application(signed_in(request), section.pk)
        profile = pages.snapshot_of(section.tender)
        staged = profile.has(Switch.TWO_STAGE)
        facts, state = pages.told_application(own, section) if own else ({}, "")
        ends = section.tender.applications_end_at
        return {
            "tender": pages.readable_tender(signed_in(request), section.tender_id),
            "title": _("First stage: your technical proposal") if staged else _("Apply for prequalification"),
            "submit": _("Hand in the proposal") if staged else _("Hand in the application"),
            "intro": chosen_how(profile, section.tender.qualified_maximum),
            "withdraw": reverse("tenders:withdraw_application", args=[section.pk])
            if own and state == "SUBMITTED" and section.state == "PREQUALIFYING"
            else "",
            "state": application_label(state, facts, staged=staged) if own else None,
            "note": _outcome(facts) if state in ("QUALIFIED", "REFUSED") else "",
            "files": True,
            "closed": _is_over(section, ends),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, section = signed_in(request), self._section(request)
        file = form.cleaned_data.get("file")
        numbers: tuple[int, ...] = ()
        if file:
            stored = vault.store(
                actor=actor, stream=file, name=file.name, media_type="application/pdf", at=at, sensitive=True,
                subject=f"application:{section.pk}",
            )  # fmt: skip
            numbers = (stored.id,)
        assert isinstance(form, ApplicationForm)
        members = organisations_of(form.codes())
        facts = services.ApplicationFacts(numbers, form.cleaned_data["statement"], members)
        services.apply(actor=actor, section_id=section.pk, facts=facts, at=at)
        messages.success(request, _("Handed in. Nobody learns who applied before the applications end."))
        return reverse("tenders:tender", args=[section.tender_id])
