"""The owner (or its agent) drafts: the tender, its sections, times, officers and award method; then hands it in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum

from bidding.profiles import queries as profiles
from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.refusals import ProfileUnknown
from bidding.profiles.domain.vocabulary import LimitName, Sector, Switch, ThresholdName
from bidding.scoring.domain.json_form import parameters_of
from bidding.tenders.domain import single_source
from bidding.tenders.domain.additions import Original
from bidding.tenders.domain.completeness import TenderUnready
from bidding.tenders.domain.qualifying import limited_number
from bidding.tenders.domain.sections import BudgetExceeded, SectionTermsDraft, check_section
from bidding.tenders.domain.single_source import SingleSource
from bidding.tenders.domain.states import TenderCommand
from bidding.tenders.models import Invitation, Section, Tender, TenderFiling, TenderProject
from bidding.tenders.policies import can_change_project
from bidding.tenders.services.adding import original_of, require_addition
from bidding.tenders.services.common import counter, editable, invited, profile_of, save, words_of
from bidding.tenders.services.documents import require_document
from bidding.tenders.services.reserving import require_reserves
from bidding.tenders.services.transitions import move_tender
from commons.domain.actor import Actor
from commons.domain.deadlines import Direction, local_day
from commons.domain.money import as_text, parse_decimal
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.evidence.services import append_secret
from commons.people import queries as people
from commons.secrecy.fields import Party
from signatures.crypto.suites import Suite
from signatures.envelopes import queries as envelopes
from signatures.envelopes.domain.rules import require_suite


class AwardMethodUnknown(Refusal):
    code = "AWARD_METHOD_UNKNOWN"
    message = gettext_noop("This procedure does not offer “%(method)s”. Choose one of its list.")
    status = 400


class RosterUnknown(Refusal):
    code = "TENDER_ROSTER_UNKNOWN"
    message = gettext_noop("These opening officers are not in office. Choose a roster that is.")
    status = 400


class FiledTooLate(Refusal):
    """前期物业管理招标投标管理暂行办法 第11条: at least 10 days before the notice."""

    code = "FILED_TOO_LATE"
    message = gettext_noop("The filing of %(filed_on)s allows a notice from %(earliest)s on (%(source)s).")


@dataclass(frozen=True, slots=True)
class TenderFacts:
    """What the owner says of the tender as a whole."""

    title: str
    description: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    applications_end_at: datetime | None = None
    documents_until: datetime | None = None
    bid_deadline: datetime | None = None
    designated_media: tuple[str, ...] = ()
    consortium_allowed: bool = False
    sme_reserved: bool = False
    qualified_maximum: int | None = None
    """Of weight where the procedure limits the number of those invited; none for the profile's own."""


@transaction.atomic
def draft_tender(*, actor: Actor, project_id: int, profile_code: str, facts: TenderFacts, at: datetime) -> int:
    """Start a tender by a procedure in force. Refuses `MethodUnlawful` with its article, `ProfileUnknown`."""
    project = TenderProject.objects.select_for_update().filter(pk=project_id).first()
    if project is None:
        raise NotFound()
    can_change_project(actor, project).require()
    today = local_day(at)
    profile = profiles.profile(profile_code, on=today).profile
    if profile.sector is not Sector(project.sector):
        raise ProfileUnknown(profile=profile_code)
    profiles.require_lawful(profile, region=project.region, on=today)
    last = project.tenders.aggregate(last=Max("number"))["last"] or 0
    tender = Tender.objects.create(
        project=project, number=last + 1, profile_code=profile_code, created_at=at, **_columns(facts, profile)
    )
    return tender.pk


@transaction.atomic
def change_tender(*, actor: Actor, tender_id: int, facts: TenderFacts, version: int, at: datetime) -> int:
    """Save the draft; gives its new version. Refuses (`StateMoved`) when somebody else saved it since `version`."""
    tender = editable(actor, tender_id)
    return save(tender, version, **_columns(facts, profile_of(tender, at)))


@transaction.atomic
def choose_award(
    *, actor: Actor, tender_id: int, method: str, parameters: Mapping[str, str], at: datetime, reform_basis_no: str = ""
) -> None:
    """Fix how the award is decided, before the notice.

    Refuses (`AwardMethodUnknown`) what the profile lacks, and (`Malformed`) a parameter that nobody could score with.
    """
    tender = editable(actor, tender_id)
    choice = profile_of(tender, at).formula(method)
    if choice is None:
        raise AwardMethodUnknown(method=method)
    kept = {name: parameters.get(name, value).strip() or value for name, value in choice.parameters.items()}
    _require_scorable(kept)
    save(tender, award_method=method, award_parameters=kept, reform_basis_no=reform_basis_no.strip())


BESIDE = ("deltas", "quality_greatest")
"""Parameters that are fractions of their own: what is drawn from, and how much quality weighs at most."""


def _require_scorable(kept: Mapping[str, str]) -> None:
    parameters_of({name: value for name, value in kept.items() if name not in BESIDE and value})
    for name in BESIDE:
        for text in kept.get(name, "").split(","):
            if text.strip() and parse_decimal(text.strip(), field=name, places=6) >= 1:
                raise Malformed(field=name, reason="a share is below 1")


@transaction.atomic
def choose_roster(
    *, actor: Actor, tender_id: int, roster_id: int, at: datetime, suite: Suite = Suite.INTERNATIONAL
) -> None:
    """Choose the algorithms that bids are sealed with, and the officers who open together with the bidders.

    Refuses one that is not in office (`RosterUnknown`), and officers with keys of another suite (`SuiteMixed`).
    """
    tender = editable(actor, tender_id)
    chosen = next((roster for roster in envelopes.active_rosters() if roster.id == roster_id), None)
    if chosen is None:
        raise RosterUnknown()
    require_suite(chosen.suite, asked=suite)
    save(tender, roster_id=roster_id, suite=suite)


@transaction.atomic
def add_section(*, actor: Actor, tender_id: int, terms: SectionTermsDraft, at: datetime) -> int:
    """Add a section. Refuses what its procedure does not know (`SectionInvalid`, `BondTooHigh`)."""
    tender = editable(actor, tender_id)
    check_section(terms, profile_of(tender, at))
    last = tender.sections.aggregate(last=Max("number"))["last"] or 0
    row = Section.objects.create(tender=tender, number=last + 1, **_section_columns(terms))
    save(tender)
    return row.pk


@transaction.atomic
def change_section(*, actor: Actor, section_id: int, terms: SectionTermsDraft, at: datetime) -> None:
    """Change a section of a draft. Refuses as `add_section`."""
    row, tender = _section(actor, section_id)
    check_section(terms, profile_of(tender, at))
    Section.objects.filter(pk=row.pk).update(**_section_columns(terms))
    save(tender)


@transaction.atomic
def remove_section(*, actor: Actor, section_id: int, at: datetime) -> None:
    """Take a section out of a draft; nothing was published, so nothing needs to be kept."""
    row, tender = _section(actor, section_id)
    row.delete()
    save(tender)


@transaction.atomic
def file_notice(*, actor: Actor, tender_id: int, authority: str, number: str, filed_on: date, at: datetime) -> None:
    """Record that the tender was filed 备案 with an authority, under which number."""
    tender = editable(actor, tender_id)
    TenderFiling.objects.create(
        tender=tender,
        kind="NOTICE",
        authority=words_of(authority, 2),
        number=words_of(number, 2),
        filed_on=filed_on,
        entered_at=at,
    )


@transaction.atomic
def invite(*, actor: Actor, tender_id: int, organisation_ids: list[int], at: datetime) -> int:
    """Choose whom to invite; how many now are. Sealed: nobody but the owner learns whom, until the opening.

    A single source is one supplier: naming another takes the place of the one named before.
    """
    tender = editable(actor, tender_id)
    profile = profile_of(tender, at)
    if not profile.has(Switch.INVITATION):
        raise NotAllowedNow(command="INVITE", state=tender.state)
    if profile.is_single_source:
        _ask_no_other(tender, organisation_ids, actor=actor, at=at)
    fresh = sorted(set(people.organisations(organisation_ids)) - set(invited(tender_id)))
    for organisation_id in fresh:
        Invitation.objects.create(party=Party(tender.pk, organisation_id), facts={"chosen_at": at.isoformat()})
        append_secret(
            stream=f"tender-takings:{tender.pk}",
            type="BidderInvited",
            actor=actor,
            payload={"organisation": f"organisation:{organisation_id}"},
            decided_at=at,
            idempotency_key=f"invited:{organisation_id}",
        )
    return len(invited(tender_id))


@transaction.atomic
def state_single_source(*, actor: Actor, tender_id: int, said: SingleSource, at: datetime) -> None:
    """Keep what is published of the one supplier that is asked, named before.

    Refuses `NotAllowedNow` where others are asked too, and `OriginalOfAnother` for an addition to another's contract.
    """
    tender = editable(actor, tender_id)
    if not profile_of(tender, at).is_single_source:
        raise NotAllowedNow(command="SINGLE_SOURCE", state=tender.state)
    original = Original()
    if said.ground == single_source.Ground.ADDITION:
        suppliers = invited(tender_id)
        original = original_of(tender.project.owner_id, said.original, suppliers[0] if suppliers else 0)
    save(tender, single_source=single_source.as_content(replace(said, original=original)))


def _ask_no_other(tender: Tender, organisation_ids: list[int], *, actor: Actor, at: datetime) -> None:
    """Take back the invitations of a draft to suppliers that are not named any more."""
    for organisation_id in set(invited(tender.pk)) - set(people.organisations(organisation_ids)):
        Invitation.objects.filter(party=Party(tender.pk, organisation_id)).delete()
        append_secret(
            stream=f"tender-takings:{tender.pk}",
            type="InvitationTakenBack",
            actor=actor,
            payload={"organisation": f"organisation:{organisation_id}"},
            decided_at=at,
        )


@transaction.atomic
def submit_tender(*, actor: Actor, tender_id: int, at: datetime) -> None:
    """Hand the draft to the centre. Refuses (`TenderUnready`, `BudgetExceeded` …) what cannot be published as it is."""
    tender = editable(actor, tender_id)
    require_ready(tender, at)
    sections = [f"section:{number}" for number in tender.sections.values_list("pk", flat=True)]
    payload = {"sections": sections, "profile": tender.profile_code}
    move_tender(tender, TenderCommand.SUBMIT, actor=actor, at=at, payload=payload, submitted_at=at)


def require_ready(tender: Tender, at: datetime) -> None:
    """Refuses (`TenderUnready`) with everything that is missing; then what breaks a rule, each by its own refusal."""
    profile = profile_of(tender, at)
    if lacking := missing(tender, profile):
        raise TenderUnready(missing="; ".join(lacking))
    total = tender.sections.aggregate(total=Sum("estimate"))["total"] or Decimal(0)
    if total > tender.project.budget:
        raise BudgetExceeded(total=as_text(total), budget=as_text(tender.project.budget))
    limited_number(profile, tender.qualified_maximum)
    require_reserves(tender, profile)
    require_addition(tender, profile)
    require_document(tender, profile)
    _require_filing(tender, profile, at)


def missing(tender: Tender, profile: ProcedureProfile) -> list[str]:
    """What is still to be filled in, as message ids."""
    sections = list(tender.sections.all())
    asked = (
        (bool(sections), gettext_noop("at least one section")),
        (bool(tender.project.approval_no), gettext_noop("the approval's number")),
        (bool(tender.project.plan_id) or not profile.has(Switch.BUDGET_LINK), gettext_noop("the plan and its budget")),
        (bool(tender.bid_deadline), gettext_noop("the bid deadline")),
        (bool(tender.documents_until), gettext_noop("until when documents can be taken")),
        (bool(tender.contact_name and tender.contact_phone), gettext_noop("the contact")),
        (bool(tender.award_method), gettext_noop("the award method")),
        (bool(tender.roster_id) or not profile.has(Switch.SEALED), gettext_noop("the opening officers")),
        (
            not profile.has(Switch.CEILING) or all(one.ceiling is not None for one in sections),
            gettext_noop("a ceiling price for each section"),
        ),
        (
            not profile.has(Switch.INVITATION)
            or profile.is_single_source
            or len(invited(tender.pk)) >= (profile.threshold(ThresholdName.INVITED_MINIMUM) or 1),
            gettext_noop("enough invited bidders"),
        ),
        (
            not profile.is_single_source or len(invited(tender.pk)) == 1,
            gettext_noop("one supplier, and no other, to ask"),
        ),
    )
    alone = single_source.lacking(single_source.parse(tender.single_source), profile)
    return [words for there, words in asked if not there] + [*(alone if profile.is_single_source else ())]


def _require_filing(tender: Tender, profile: ProcedureProfile, at: datetime) -> None:
    limit = profile.limit(LimitName.FILING)
    if not profile.has(Switch.FILING) or limit is None:
        return
    filing = tender.filings.filter(kind="NOTICE").order_by("-filed_on").first()
    if filing is None:
        raise TenderUnready(missing=gettext_noop("the filing with the authority"))
    earliest = counter(tender.project.region)(filing.filed_on, limit, Direction.AFTER)
    if local_day(at) < earliest:
        raise FiledTooLate(filed_on=filing.filed_on.isoformat(), earliest=earliest.isoformat(), source=limit.source)


def _section(actor: Actor, section_id: int) -> tuple[Section, Tender]:
    row = Section.objects.filter(pk=section_id).first()
    if row is None:
        raise NotFound()
    return row, editable(actor, row.tender_id)


def _columns(facts: TenderFacts, profile: ProcedureProfile) -> dict[str, Any]:
    return {
        "title": words_of(facts.title, 2),
        "description": facts.description.strip(),
        "contact_name": facts.contact_name.strip(),
        "contact_phone": facts.contact_phone.strip(),
        "qualified_maximum": limited_number(profile, facts.qualified_maximum),
        "applications_end_at": facts.applications_end_at if profile.applies_first else None,
        "documents_until": facts.documents_until,
        "bid_deadline": facts.bid_deadline,
        "designated_media": list(facts.designated_media),
        "consortium_allowed": facts.consortium_allowed and profile.has(Switch.CONSORTIUM),
        "sme_reserved": facts.sme_reserved and profile.has(Switch.SME_RESERVATION),
    }


def _section_columns(terms: SectionTermsDraft) -> dict[str, Any]:
    return {
        "title": words_of(terms.title, 1),
        "scope": terms.scope.strip(),
        "kind": terms.kind,
        "estimate": terms.estimate,
        "price_kind": terms.price_kind,
        "ceiling": terms.ceiling,
        "bond": terms.bond,
        "awards": terms.awards,
        "call_offs": terms.call_offs,
        "grades": [text.strip() for text in terms.grades],
        "right_use": terms.right.use if terms.right else "",
        "right_area": terms.right.area if terms.right else None,
        "right_unit": terms.right.unit if terms.right else "",
        "right_years": terms.right.years if terms.right else None,
        "start_price": terms.right.start_price if terms.right else None,
        "alternatives": [{"label": label, "ceiling": as_text(ceiling)} for label, ceiling in terms.alternatives],
    }
