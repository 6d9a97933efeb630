"""What the owner fixes before the notice: award method, officers, filing, invitations, answers to findings."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bidding.profiles.domain.vocabulary import FORMULAS, Switch
from bidding.tenders import services
from bidding.tenders.domain import single_source
from bidding.tenders.forms.drafting import (
    AwardMethodForm,
    FilingForm,
    InviteForm,
    RosterForm,
    SingleSourceForm,
    single_source_fields,
)
from bidding.tenders.forms.fields import WordsForm
from bidding.tenders.originals import contracts_of
from bidding.tenders.services.common import invited, organisations_of
from bidding.tenders.views.owners import OwnerForm
from commons.domain.refusals import NotFound
from commons.pages import signed_in
from commons.people import queries as people
from signatures.crypto.suites import Suite
from signatures.envelopes import queries as envelopes
from signatures.envelopes.labels import roster_label


class ChooseAward(OwnerForm):
    """How the award is decided, fixed before the notice."""

    title = gettext_lazy("Award method")
    intro = gettext_lazy("Fixed before the notice and published with it; it cannot be changed afterwards.")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        tender, profile = self.tender(request), self.profile(request)
        initial = {"method": tender.award_method}
        initial |= {f"p_{name}": value for name, value in tender.award_parameters.items()}
        return AwardMethodForm(data, profile=profile, initial=initial)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, AwardMethodForm)
        method = form.cleaned_data["method"]
        given = form.parameters()
        tender_id, actor = self.kwargs["tender_id"], signed_in(request)
        services.choose_award(actor=actor, tender_id=tender_id, method=method, parameters=given, at=at)
        messages.success(request, _("The award method is %(method)s.") % {"method": _(FORMULAS[method])})
        return self.draft_url()


class ChooseRoster(OwnerForm):
    """The opening officers."""

    title = gettext_lazy("Opening officers")
    intro = gettext_lazy("Bids are sealed for the bidder and these officers together; so many of them open them.")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.require(request, Switch.SEALED)
        tender = self.tender(request)
        rosters = [(str(one.id), roster_label(one.name, one.k, one.n, one.suite)) for one in envelopes.active_rosters()]
        return RosterForm(data, rosters=rosters, initial={"roster": tender.roster_id, "suite": tender.suite})

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        tender_id, given = self.kwargs["tender_id"], form.cleaned_data
        number, suite = int(given["roster"]), Suite(given["suite"] or Suite.INTERNATIONAL)
        services.choose_roster(actor=signed_in(request), tender_id=tender_id, roster_id=number, suite=suite, at=at)
        return self.draft_url()


class FileNotice(OwnerForm):
    """The filing with the authority."""

    title = gettext_lazy("Filing with the authority")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.require(request, Switch.FILING)
        return FilingForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.file_notice(actor=signed_in(request), tender_id=self.kwargs["tender_id"], at=at, **form.cleaned_data)
        return self.draft_url()


class Invite(OwnerForm):
    """Whom to invite."""

    title = gettext_lazy("Whom to invite")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.require(request, Switch.INVITATION)
        return InviteForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        tender = self.tender(request)
        names = [one.name for one in people.organisations(invited(tender.pk)).values()]
        text = _("Invited so far: %(names)s.") % {"names": ", ".join(names)} if names else ""
        return {**super().context(request), "intro": text}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        found = list(organisations_of(form.cleaned_data["codes"]))
        services.invite(actor=signed_in(request), tender_id=self.kwargs["tender_id"], organisation_ids=found, at=at)
        return self.draft_url()


class NameSingleSource(OwnerForm):
    """The one supplier that is asked, and what the law has published of it."""

    title = gettext_lazy("One supplier alone")
    intro = gettext_lazy("All of this is published with the notice.")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        tender, profile = self.tender(request), self.profile(request)
        if not profile.is_single_source:
            raise NotFound()
        said = single_source.parse(tender.single_source)
        codes = [one.uscc for one in people.organisations(invited(tender.pk)).values()]
        initial = {"code": codes[0] if codes else "", **single_source_fields(said)}
        known = contracts_of(tender.project.owner_id) if profile.has(Switch.EXPERT_OPINIONS) else []
        return SingleSourceForm(data, profile=profile, experts=len(said.experts), contracts=known, initial=initial)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, SingleSourceForm)
        tender_id, actor = self.kwargs["tender_id"], signed_in(request)
        supplier = list(organisations_of(form.cleaned_data["code"]))
        services.invite(actor=actor, tender_id=tender_id, organisation_ids=supplier, at=at)
        services.state_single_source(actor=actor, tender_id=tender_id, said=form.said(), at=at)
        return self.draft_url()


class AnswerFinding(OwnerForm):
    """The owner's public answer to a clause that looks discriminatory."""

    title = gettext_lazy("Why the clause must stand")
    submit = gettext_lazy("Answer in public")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        found = [one for one in self.tender(request).findings.all() if one.pk == self.kwargs["finding_id"]]
        if not found or found[0].gone_at is not None:
            raise NotFound()
        self.intro = f"“{found[0].quote}” · {found[0].article}"
        return WordsForm(data, initial={"words": found[0].answer})

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        finding_id, words = self.kwargs["finding_id"], form.cleaned_data["words"]
        services.answer_finding(actor=signed_in(request), finding_id=finding_id, answer=words, at=at)
        return self.draft_url() + "#findings"
