"""Prequalification 资格预审: applications, their judgement by the owner, and who is invited to bid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders.domain.eligibility import BAR_TEXTS, Bar, MayNotBid
from bidding.tenders.domain.failing import FailureCause
from bidding.tenders.domain.kinds import TenderNoticeKind
from bidding.tenders.domain.qualifying import (
    Applicant,
    ApplicationsOpen,
    ApplicationsOver,
    ClarifyFirst,
    JudgeAllFirst,
    PriceInProposal,
    ProposalMissing,
    ScoreMissing,
    choose,
    limited_number,
    named_price,
)
from bidding.tenders.domain.states import (
    APPLICATION,
    ApplicationCommand,
    ApplicationState,
    SectionCommand,
    SectionState,
)
from bidding.tenders.models import PrequalificationApplication, Section, Tender
from bidding.tenders.policies import can_decide_for_owner, can_take_part
from bidding.tenders.queries import has_taken
from bidding.tenders.services.common import profile_of, tell, words_of
from bidding.tenders.services.notices import publish_notice
from bidding.tenders.services.opening import takings_stream
from bidding.tenders.services.publishing import take_envelopes
from bidding.tenders.services.transitions import locked_section, locked_tender, move_section
from commons.domain.actor import Actor
from commons.domain.money import as_text, parse_decimal
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append_secret
from commons.secrecy.fields import Party
from commons.vault import queries as vault

TOLD_OF_APPLICATIONS = (
    gettext_noop("You are qualified for %(tender)s: take the documents and bid"),
    gettext_noop("You are not among those invited to bid for %(tender)s; the reason is on its page"),
)
TOLD_OF_PROPOSALS = (
    gettext_noop("Your proposal for %(tender)s is taken on: take the documents of the second stage and bid"),
    gettext_noop("Your proposal for %(tender)s is not taken on; the reason is on its page"),
)
"""What is told of the first of two stages: the second is for those whose proposal was taken on (实施条例 第30条)."""


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """What an applicant hands in: documents of the vault, its words, the members of a consortium."""

    documents: tuple[int, ...]
    statement: str
    consortium: tuple[int, ...] = ()


@transaction.atomic
def apply(*, actor: Actor, section_id: int, facts: ApplicationFacts, at: datetime) -> int:
    """Hand in (or replace) an application for a section, until the applications end. Refuses `ApplicationsOver`."""
    section, tender = _section(section_id)
    can_take_part(actor, tender).require()
    _require_coming_in(section, tender, at)
    assert actor.organisation_id is not None, "a role is held for an organisation"
    members = [number for number in facts.consortium if number != actor.organisation_id]
    if members and not tender.consortium_allowed:
        raise NotAllowedNow(command="CONSORTIUM", state=section.state)
    for number in facts.documents:
        document = vault.document(number)
        if document is None or document.organisation_id != actor.organisation_id:
            raise NotFound()
    kept: dict[str, Any] = {
        "submitted_at": to_text(at),
        "documents": list(facts.documents),
        "statement": words_of(facts.statement),
        "consortium": members,
    }
    if profile_of(tender, at).has(Switch.TWO_STAGE):
        _require_proposal(tender, actor.organisation_id, facts)
    party = Party(section_id, actor.organisation_id)
    row = PrequalificationApplication.objects.select_for_update().filter(party=party).first()
    if row is None:
        row = PrequalificationApplication.objects.create(party=party, facts=kept)
        _record(tender, row, "ApplicationSubmitted", actor, at)
    else:
        _step(row, tender, ApplicationCommand.RESUBMIT, actor, at, facts=kept)
    return row.pk


@transaction.atomic
def withdraw_application(*, actor: Actor, section_id: int, at: datetime) -> None:
    """Take one's own application back, until the applications end."""
    section, tender = _section(section_id)
    can_take_part(actor, tender).require()
    _require_coming_in(section, tender, at)
    party = Party(section_id, actor.organisation_id or 0)
    row = PrequalificationApplication.objects.select_for_update().filter(party=party).first()
    if row is None:
        raise NotFound()
    _step(row, tender, ApplicationCommand.WITHDRAW, actor, at)


@transaction.atomic
def judge(
    *, actor: Actor, application_id: int, qualified: bool, reason: str, at: datetime, score: str | None = None
) -> None:
    """The owner records what its review committee found, after the applications ended, with reasons.

    With a limited number each that qualifies needs a score; `finish_prequalification` takes the best.
    """
    row = PrequalificationApplication.objects.select_for_update().filter(pk=application_id).first()
    if row is None:
        raise NotFound()
    section, tender = _section(row.party.place)
    can_decide_for_owner(actor, tender).require()
    _require_over(section, tender, at)
    words = words_of(reason)
    points = parse_decimal(score, field="score", places=2) if score else None
    if qualified and points is None and profile_of(tender, at).limits_number:
        raise ScoreMissing()
    facts = {**row.facts, "reason": words, "score": as_text(points) if points is not None else None}
    command = ApplicationCommand.QUALIFY if qualified else ApplicationCommand.REFUSE
    _step(row, tender, command, actor, at, facts=facts)


@transaction.atomic
def finish_prequalification(*, actor: Actor, section_id: int, at: datetime) -> int:
    """Every application is judged: invite those qualified to bid, or the section fails; how many are invited.

    With a limited number the best scores are taken, ties included (标准施工招标资格预审文件: 有限数量制).
    """
    section, tender = _section(section_id)
    can_decide_for_owner(actor, tender).require()
    _require_over(section, tender, at)
    profile, rows = profile_of(tender, at), applications(section_id)
    if profile.has(Switch.TWO_STAGE) and not _clarified(tender):
        raise ClarifyFirst()
    if waiting := sum(row.state == ApplicationState.SUBMITTED.value for row in rows):
        raise JudgeAllFirst(count=str(waiting))
    qualified = [row for row in rows if row.state == ApplicationState.QUALIFIED.value]
    most = limited_number(profile, tender.qualified_maximum)
    applicants = [Applicant(row.pk, Decimal(row.facts["score"] or 0)) for row in qualified]
    taken = choose(applicants, most) if most is not None else {one.id for one in applicants}
    _tell_results(tender, rows, taken, at, staged=profile.has(Switch.TWO_STAGE))
    for row in qualified:
        if row.pk not in taken:
            _step(row, tender, ApplicationCommand.PASS_OVER, actor, at, facts={**row.facts, "passed_over": True})
    if len(taken) < profile.minimum_bidders:
        cause = FailureCause.TOO_FEW_APPLICANTS
        move_section(section, SectionCommand.FAIL, actor=actor, at=at, payload={"cause": cause}, failure=cause.value)
        failed = {"section": str(section.number), "cause": cause.value}
        publish_notice(tender, TenderNoticeKind.FAILURE, failed, actor=actor, at=at, section=section)
        return 0
    # How many were qualified stays out of the log until the opening, as their names do.
    move_section(section, SectionCommand.INVITE_BIDS, actor=actor, at=at)
    take_envelopes(section, profile, at)
    body: dict[str, JSON] = {
        "section": str(section.number),
        "documents_until": to_text(tender.documents_until) if tender.documents_until else None,
        "bid_deadline": to_text(ends) if (ends := section.deadline) else None,
    }
    publish_notice(tender, TenderNoticeKind.BIDS_INVITED, body, actor=actor, at=at, section=section)
    return len(taken)


def applications(section_id: int) -> list[PrequalificationApplication]:
    """The applications for a section. Every row of the city is looked into: no column tells which they are."""
    rows = PrequalificationApplication.objects.order_by("pk").iterator()
    return [row for row in rows if row.party.place == section_id]


def _tell_results(
    tender: Tender, rows: list[PrequalificationApplication], taken: set[int], at: datetime, *, staged: bool
) -> None:
    """Each applicant learns its own result, and the reason where it is not invited (实施条例 第19条)."""
    qualified, refused = TOLD_OF_PROPOSALS if staged else TOLD_OF_APPLICATIONS
    for row in rows:
        if row.state == ApplicationState.WITHDRAWN.value:
            continue
        subject, link = (qualified, "") if row.pk in taken else (refused, f"/sections/{row.party.place}/apply/")
        tell(tender, [row.organisation_id], subject, at=at, key=f"prequalified:{row.pk}", link=link)


def _require_proposal(tender: Tender, organisation_id: int, facts: ApplicationFacts) -> None:
    """What a proposal of the first stage must be: a document, of one who took the documents, without a price."""
    if not has_taken(tender.pk, organisation_id):
        raise MayNotBid(reason=BAR_TEXTS[Bar.DOCUMENTS_NOT_TAKEN])
    if not facts.documents:
        raise ProposalMissing()
    if found := named_price(facts.statement):
        raise PriceInProposal(found=found)


def _clarified(tender: Tender) -> bool:
    """Whether the documents were changed after the first stage ended."""
    addenda = tender.addenda.filter(document__isnull=False, published_at__gte=tender.applications_end_at)
    return addenda.exists()


def _section(section_id: int) -> tuple[Section, Tender]:
    section = locked_section(section_id)
    if section.tender.published_at is None:
        raise NotFound()
    return section, locked_tender(section.tender_id)


def _require_coming_in(section: Section, tender: Tender, at: datetime) -> None:
    until = tender.applications_end_at
    if section.state != SectionState.PREQUALIFYING.value or until is None or at >= until:
        raise ApplicationsOver(until=to_text(until) if until else "–")


def _require_over(section: Section, tender: Tender, at: datetime) -> None:
    until = tender.applications_end_at
    if section.state != SectionState.PREQUALIFYING.value:
        raise NotAllowedNow(command="JUDGE", state=section.state)
    if until is None or at < until:
        raise ApplicationsOpen(until=to_text(until) if until else "–")


def _step(
    row: PrequalificationApplication, tender: Tender, command: ApplicationCommand, actor: Actor, at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    step = APPLICATION.fire(ApplicationState(row.state), command)
    row.state, row.facts = step.target.value, dict(facts) if facts is not None else row.facts
    row.save(update_fields=["state", "facts"])
    _record(tender, row, step.event, actor, at)


def _record(tender: Tender, row: PrequalificationApplication, type: str, actor: Actor, at: datetime) -> None:
    append_secret(
        stream=takings_stream(tender.pk),
        type=type,
        actor=actor,
        payload={"application": f"application:{row.pk}", "organisation": f"organisation:{row.organisation_id}"},
        decided_at=at,
        idempotency_key=f"application:{row.pk}:{type}:{to_text(at)}",
    )
