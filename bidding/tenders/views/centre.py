"""The centre's desk: tenders to check and to publish."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bidding.profiles.domain.vocabulary import FORMULAS, Switch
from bidding.tenders import services
from bidding.tenders.domain.discrimination import label_of
from bidding.tenders.domain.document import CHAPTER_LABELS, CHAPTERS, TenderDocument, parse
from bidding.tenders.domain.states import TenderState
from bidding.tenders.forms.centre import TenderCheckForm
from bidding.tenders.labels import CRITERIA, TENDER_STATES, chosen_how, ground_label, place_label, procedure_name
from bidding.tenders.models import Tender
from bidding.tenders.policies import can_check_tender, can_publish_tender
from bidding.tenders.queries import pages
from bidding.tenders.services.common import profile_of
from bidding.tenders.services.publishing import single_source_of
from commons.pages import FormPage, signed_in, told_there

PAGE = 20


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the centre, the oldest first."""
    page = Paginator(pages.tenders_to_check(signed_in(request)), PAGE).get_page(request.GET.get("page"))
    rows = [(tender, *TENDER_STATES[tender.state]) for tender in page]
    return render(request, "tenders/to_check.html", {"page": page, "rows": rows})


class CheckTender(FormPage):
    """The completeness check of one tender; passing and returning are two buttons of one form."""

    template_name = "tenders/check.html"
    title = gettext_lazy("Completeness check")

    def _tender(self, request: HttpRequest) -> Tender:
        actor = signed_in(request)
        can_check_tender(actor).require()
        return pages.draft_of(actor, self.kwargs["tender_id"])

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return TenderCheckForm(data, profile=profile_of(self._tender(request), timezone.now()))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        tender = self._tender(request)
        profile = profile_of(tender, timezone.now())
        alone = single_source_of(tender, profile) if profile.is_single_source else {}
        document = parse(tender.draft) if tender.draft else TenderDocument()
        return {
            "tender": tender,
            "state": TENDER_STATES[tender.state],
            "procedure": procedure_name(profile),
            "owner_label": profile.owner_label,
            "single_source": alone,
            "ground": ground_label(str(alone.get("ground") or "")),
            "chosen_how": chosen_how(profile, tender.qualified_maximum),
            "in_stages": profile.has(Switch.TWO_STAGE),
            "award": _(FORMULAS[tender.award_method]) if tender.award_method in FORMULAS else "—",
            "sections": tender.sections.all(),
            "chapters": [(_(CHAPTER_LABELS[name]), document.chapter(name)) for name in CHAPTERS],
            "scoring": [(one, CRITERIA[one.kind]) for one in document.scoring],
            "findings": [
                (one, f"{place_label(one.place)} · {_(label_of(one.rule))}")
                for one in tender.findings.all()
                if one.gone_at is None
            ],
            "checks": tender.checks.all(),
            "to_check": tender.state == TenderState.SUBMITTED,
            "to_publish": tender.state == TenderState.CHECKED,
            "may_publish": bool(can_publish_tender(signed_in(request), tender)),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, TenderCheckForm)
        actor, tender_id = signed_in(request), self.kwargs["tender_id"]
        if request.POST.get("outcome") == "return":
            reason = form.cleaned_data["reason"]
            services.return_tender(actor=actor, tender_id=tender_id, found=form.found(), reason=reason, at=at)
            messages.success(request, _("The tender went back to its owner, with your reasons."))
        else:
            services.pass_check(actor=actor, tender_id=tender_id, found=form.found(), at=at)
            messages.success(request, _("The check is recorded. Somebody else of the centre publishes the tender."))
        return reverse("tenders:centre")


@require_POST
def publish(request: HttpRequest, tender_id: int) -> HttpResponse:
    """Publish what another person checked."""
    page = "tenders:check"
    with told_there(request):
        services.publish_tender(actor=signed_in(request), tender_id=tender_id, at=timezone.now())
        messages.success(request, _("Published on the site and handed to the designated media."))
        page = "tenders:tender"
    return HttpResponseRedirect(reverse(page, args=[tender_id]))
