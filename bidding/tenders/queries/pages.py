"""What the pages of this package ask: lists, one tender for its reader, the desks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from bidding.profiles.domain.profile import ProcedureProfile, parse
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders.domain.states import ENDED, ApplicationState, SectionState, TenderState
from bidding.tenders.models import (
    DocumentTaking,
    PrequalificationApplication,
    PublishedDocument,
    Question,
    Section,
    Tender,
    TenderObjection,
)
from bidding.tenders.policies import OWNERS, can_see_draft
from bidding.tenders.queries.terms import has_taken, is_invited
from commons.domain.actor import Actor, Role
from commons.domain.refusals import NotFound, NotPermitted
from commons.domain.time import to_text
from commons.secrecy.fields import Party

_SECTIONS = Prefetch("sections", Section.objects.select_related("reserve"))

STAGES: Mapping[str, tuple[str, ...]] = {
    "prequalifying": (SectionState.PREQUALIFYING.value,),
    "bidding": (SectionState.BIDDING.value,),
    "review": (SectionState.OPENING.value, SectionState.OPENED.value, SectionState.EVALUATED.value),
    "result": (SectionState.PUBLICIZED.value, SectionState.AWARDED.value, SectionState.CONTRACTED.value),
    "suspended": (SectionState.SUSPENDED.value,),
    "ended": tuple(state.value for state in ENDED),
}


@dataclass(frozen=True, slots=True)
class Search:
    """What the public list is narrowed to; the address holds it."""

    words: str = ""
    sector: str = ""
    stage: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Search":
        """From an address; what it cannot mean is left out."""
        stage = str(given.get("stage", ""))
        return cls(str(given.get("q", ""))[:80].strip(), str(given.get("sector", "")), stage if stage in STAGES else "")


def public_tenders(search: Search) -> QuerySet[Tender]:
    """Published tenders, the newest first. What goes by invitation is public once a section of it was opened."""
    rows = Tender.objects.filter(published_at__isnull=False)
    rows = rows.filter(Q(by_invitation=False) | Q(sections__opened_at__isnull=False))
    if search.words:
        named = Q(title__icontains=search.words) | Q(code__icontains=search.words)
        rows = rows.filter(named | Q(project__owner__name__icontains=search.words))
    if search.sector:
        rows = rows.filter(project__sector=search.sector)
    if search.stage:
        rows = rows.filter(sections__state__in=STAGES[search.stage])
    found = rows.select_related("project__owner").prefetch_related("sections")
    return found.order_by("-published_at", "-pk").distinct()


def readable_tender(viewer: Actor, tender_id: int) -> Tender:
    """A published tender for its reader. Refuses (`NotFound`) what the reader may not know of."""
    rows = Tender.objects.select_related("project__owner", "project__agent", "project__plan", "predecessor")
    tender = rows.prefetch_related(_SECTIONS).filter(pk=tender_id, published_at__isnull=False).first()
    if tender is None or not may_read(viewer, tender):
        raise NotFound()
    return tender


def may_read(viewer: Actor, tender: Tender) -> bool:
    """Everybody, but for a tender by invitation: the invited, the owner and the centre before the opening."""
    if not tender.by_invitation or any(section.opened_at for section in tender.sections.all()):
        return True
    own = viewer.organisation_id
    if viewer.has(Role.STAFF, Role.HOST, Role.REGULATOR, Role.AUDITOR):
        return True
    sides = (tender.project.owner_id, tender.project.agent_id)
    return own is not None and (own in sides or is_invited(tender.pk, own))


def taken_document(viewer: Actor, tender_id: int) -> PublishedDocument:
    """The newest version for who took it, the owner and the centre. Refuses `NotPermitted` anybody else."""
    tender = readable_tender(viewer, tender_id)
    document = PublishedDocument.objects.filter(tender=tender).order_by("-version").first()
    if document is None:
        raise NotFound()
    own = viewer.organisation_id
    entitled = viewer.has(Role.STAFF, Role.REGULATOR, Role.AUDITOR) or own in (
        tender.project.owner_id,
        tender.project.agent_id,
    )
    if not entitled and (own is None or not has_taken(tender_id, own)):
        raise NotPermitted()
    return document


@dataclass(frozen=True, slots=True)
class OwnPart:
    """How far the viewer's own organisation is in a tender; nobody else sees it."""

    taken: bool
    taken_version: int
    newest_version: int
    invited: bool

    @property
    def is_stale(self) -> bool:
        """A newer version was published since the organisation took the documents."""
        return self.taken and self.taken_version < self.newest_version


def own_part(viewer: Actor, tender: Tender) -> OwnPart | None:
    """For bidders only."""
    if not viewer.has(Role.BIDDER) or viewer.organisation_id is None:
        return None
    row = DocumentTaking.objects.filter(party=Party(tender.pk, viewer.organisation_id)).first()
    newest = tender.documents.order_by("-version").values_list("version", flat=True).first() or 0
    version = int(row.facts.get("version", 0)) if row else 0
    return OwnPart(row is not None, version, newest, is_invited(tender.pk, viewer.organisation_id))


def own_application(viewer: Actor, section_id: int) -> PrequalificationApplication | None:
    """The viewer's own application for a section."""
    if viewer.organisation_id is None:
        return None
    return PrequalificationApplication.objects.filter(party=Party(section_id, viewer.organisation_id)).first()


def applied_for(viewer: Actor, tender: Tender) -> set[int]:
    """The sections that the viewer's own organisation applied for, or handed a proposal in for."""
    if not viewer.has(Role.BIDDER) or viewer.organisation_id is None:
        return set()
    parties = {Party(section.pk, viewer.organisation_id) for section in tender.sections.all()}
    return {row.party.place for row in PrequalificationApplication.objects.filter(party__in=parties)}


def told_application(own: PrequalificationApplication, section: Section) -> tuple[Mapping[str, Any], str]:
    """What its applicant may know of an application, and its state: all of it, once all are judged and told.

    实施条例 第19条: the result is told when the prequalification ends; before, it may yet be passed over.
    """
    at = section.suspended_in if section.state == SectionState.SUSPENDED.value else section.state
    judged = own.state in (ApplicationState.QUALIFIED.value, ApplicationState.REFUSED.value)
    if judged and at == SectionState.PREQUALIFYING.value:
        return {}, ApplicationState.SUBMITTED.value
    return own.facts, own.state


def in_stages(tender: Tender) -> bool:
    """Whether a tender runs in two stages, by the profile that it keeps; a draft keeps none."""
    return bool(tender.profile) and snapshot_of(tender).has(Switch.TWO_STAGE)


def own_objections(viewer: Actor, tender: Tender) -> list[TenderObjection]:
    """What the viewer's own organisation objected to."""
    return [row for row in tender.objections.all() if row.objector == viewer.organisation_id]


def owned_tenders(viewer: Actor) -> QuerySet[Tender]:
    """What the owner or its agent works on, the newest first. Refuses `NotPermitted`."""
    if not viewer.has(*OWNERS) or viewer.organisation_id is None:
        raise NotPermitted()
    own = Q(project__owner_id=viewer.organisation_id) | Q(project__agent_id=viewer.organisation_id)
    return Tender.objects.filter(own).select_related("project").prefetch_related("sections").order_by("-pk")


def tenders_to_check(viewer: Actor) -> QuerySet[Tender]:
    """What waits for the centre, the oldest first. Refuses `NotPermitted`."""
    if not viewer.has(Role.STAFF):
        raise NotPermitted()
    waiting = [TenderState.SUBMITTED.value, TenderState.CHECKED.value]
    rows = Tender.objects.filter(state__in=waiting).select_related("project__owner").prefetch_related("sections")
    return rows.order_by("submitted_at", "pk")


def draft_of(viewer: Actor, tender_id: int) -> Tender:
    """A tender at any stage for its owner, agent and the centre. Refuses `NotFound`, `NotPermitted`."""
    rows = Tender.objects.select_related("project__owner", "project__agent", "project__plan")
    tender = rows.prefetch_related(_SECTIONS, "findings", "checks__person", "filings").filter(pk=tender_id).first()
    if tender is None:
        raise NotFound()
    can_see_draft(viewer, tender).require()
    return tender


def snapshot_of(tender: Tender) -> ProcedureProfile:
    """The profile that a published tender keeps."""
    return parse(tender.profile)


def waiting_for_owner(viewer: Actor) -> list[tuple[Tender, int, int]]:
    """Own tenders with questions and objections that wait for an answer."""
    found = []
    asked = Question.objects.filter(tender=OuterRef("pk"), answered_at=None)
    objected = TenderObjection.objects.filter(tender=OuterRef("pk"), answered_at=None, withdrawn_at=None)
    waiting = owned_tenders(viewer).filter(Exists(asked) | Exists(objected), state=TenderState.PUBLISHED.value)
    for tender in waiting:
        questions = tender.questions.filter(answered_at=None).count()
        objections = tender.objections.filter(answered_at=None, withdrawn_at=None).count()
        found.append((tender, questions, objections))
    return found


def tender_data(tender: Tender) -> dict[str, Any]:
    """A published tender as data: what its notices said, amounts and instants as strings."""
    return {
        "id": tender.pk,
        "code": tender.code,
        "title": tender.title,
        "procedure": tender.profile_code,
        "procedure_version": tender.profile_version,
        "published_at": _text(tender.published_at),
        "bid_deadline": _text(tender.bid_deadline),
        "sections": [
            {
                "id": section.pk,
                "number": section.number,
                "code": section.code,
                "title": section.title,
                "state": section.state,
                "bid_deadline": _text(section.deadline),
                "failure": section.failure or None,
            }
            for section in tender.sections.all()
        ],
        "notices": [
            {
                "kind": notice.kind,
                "published_at": to_text(notice.published_at),
                "sha256": notice.sha256,
                "evidence_hash": notice.evidence_hash,
                "body": notice.body,
            }
            for notice in tender.notices.all()
        ],
    }


def _text(at: datetime | None) -> str | None:
    return to_text(at) if at else None
