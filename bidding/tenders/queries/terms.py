"""What the subjects above need of a published tender: frozen, from the snapshot, without names of bidders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from bidding.profiles.domain.profile import DocumentPart, ProcedureProfile, parse
from bidding.profiles.domain.vocabulary import LimitName, Sector, Switch, ThresholdName
from bidding.tenders.domain.document import TenderDocument
from bidding.tenders.domain.document import parse as parse_document
from bidding.tenders.domain.eligibility import Eligibility, Facts, eligibility
from bidding.tenders.domain.rights import Right
from bidding.tenders.domain.sections import CallOffMethod
from bidding.tenders.domain.states import ENDED, ApplicationState, SectionState
from bidding.tenders.models import (
    ENDS_AT,
    DocumentTaking,
    Invitation,
    PrequalificationApplication,
    PublishedDocument,
    Section,
    Tender,
)
from commons.domain.refusals import NotFound
from commons.domain.time import SHANGHAI
from commons.parameters.queries import Snapshot
from commons.secrecy.fields import Party
from signatures.crypto.suites import Suite


@dataclass(frozen=True, slots=True)
class PriceFormula:
    """The award method fixed before the notice: a name of `profiles.domain.vocabulary.FORMULAS`, values as text."""

    formula: str
    parameters: Mapping[str, str]
    source: str

    @property
    def deltas(self) -> tuple[Decimal, ...]:
        """The floating points among which one is drawn on air, as fractions; empty where nothing floats."""
        text = self.parameters.get("deltas", "")
        return tuple(Decimal(part.strip()) for part in text.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class Alternative:
    """A further maximum for another solution."""

    label: str
    ceiling: Decimal


@dataclass(frozen=True, slots=True)
class ReserveTerms:
    """That there is a secret reserve 标底, by whose decision, and how much once it is read out."""

    body: str
    number: str
    decided_on: date
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class SectionTerms:
    """Everything that bids, opening and award need of one section of a published tender."""

    section_id: int
    tender_id: int
    number: int
    code: str
    title: str
    kind: str
    state: SectionState
    tender_title: str
    tender_code: str
    owner_id: int
    agent_id: int | None
    sector: Sector
    region: str
    profile: ProcedureProfile
    parameters: Snapshot
    round: int
    estimate: Decimal
    price_kind: str
    """AMOUNT or DISCOUNT_RATE."""
    ceiling: Decimal | None
    alternatives: tuple[Alternative, ...]
    bond: Decimal | None
    awards: int
    call_offs: CallOffMethod
    right: Right | None
    """What is granted, where the section is a right."""
    reserve: ReserveTerms | None
    """The secret reserve, where one was decided; its amount once it is read out."""
    grades: tuple[str, ...]
    """The least grade in each specialty, as licences spell it."""
    price: PriceFormula
    bid_deadline: datetime | None
    roster_id: int | None
    suite: Suite
    """Of its sealed bids and of the certificates that sign its papers."""
    intake_id: int | None
    """The sealed intake; nothing where the profile asks for no sealed bids."""
    envelope_tender: str
    envelope_lot: str
    """Tender and lot as the header of an envelope spells them."""
    decrypt_minutes: int
    minimum_bidders: int
    minimum_valid: int
    consortium_allowed: bool
    sme_reserved: bool
    document_version: int
    document: TenderDocument
    failure: str
    opening_began_at: datetime | None
    opened_at: datetime | None

    @property
    def stream(self) -> str:
        """Its evidence stream."""
        return f"section:{self.section_id}"

    def ceiling_of(self, alternative: str) -> Decimal | None:
        """The ceiling of the solution that a bid names; the section's own where it names none, or one unknown."""
        return next((one.ceiling for one in self.alternatives if one.label == alternative), self.ceiling)

    @property
    def highest_ceiling(self) -> Decimal | None:
        """What no price may exceed, whichever solution it is for."""
        if self.ceiling is None:
            return None
        return max((self.ceiling, *(one.ceiling for one in self.alternatives)))

    @property
    def owner_label(self) -> str:
        """The owner's word, as a message id."""
        return self.profile.owner_label

    @property
    def bid_parts(self) -> tuple[DocumentPart, ...]:
        """The document set: what a bid is made of."""
        return tuple(part for part in self.profile.documents if part.stage == "BID")

    @property
    def fails_when_fewer_after_review(self) -> bool:
        return self.profile.choice(Switch.FEWER_AFTER_REVIEW) == "FAILS"


@dataclass(frozen=True, slots=True)
class PublishedTender:
    """A published tender with its sections."""

    tender_id: int
    code: str
    title: str
    owner_id: int
    agent_id: int | None
    published_at: datetime
    sections: tuple[SectionTerms, ...]


def section_terms(section_id: int) -> SectionTerms:
    """The terms of a section. Refuses (`NotFound`) what is not published."""
    row = _rows().filter(pk=section_id, tender__published_at__isnull=False).first()
    if row is None:
        raise NotFound()
    return _terms(row, _newest_document(row.tender_id))


def locked_terms(section_id: int) -> SectionTerms:
    """The same, with the section locked until the transaction ends: for what counts what is there already."""
    Section.objects.select_for_update().filter(pk=section_id).first()
    return section_terms(section_id)


def published_tender(tender_id: int) -> PublishedTender:
    """A tender with all its sections. Refuses (`NotFound`) what is not published."""
    rows = list(_rows().filter(tender_id=tender_id, tender__published_at__isnull=False).order_by("number"))
    if not rows:
        raise NotFound()
    tender, newest = rows[0].tender, _newest_document(tender_id)
    assert tender.published_at is not None, "asked for above"
    return PublishedTender(
        tender_id=tender.pk,
        code=tender.code,
        title=tender.title,
        owner_id=tender.project.owner_id,
        agent_id=tender.project.agent_id,
        published_at=tender.published_at,
        sections=tuple(_terms(row, newest) for row in rows),
    )


def due_for_opening(at: datetime) -> list[int]:
    """Sections whose bid deadline has passed and whose opening has not begun, the longest due first."""
    rows = Section.objects.annotate(ends_at=ENDS_AT).filter(state=SectionState.BIDDING.value, ends_at__lte=at)
    return list(rows.order_by("ends_at", "pk").values_list("pk", flat=True))


def bonds_to_settle() -> list[int]:
    """Sections with a bond that ended or are contracted, and whose bonds are not all on their way; the oldest first.

    招标投标法实施条例 第57条: winner and losers after the contract; where the section came to nothing, all of them.
    """
    over = [state.value for state in (*ENDED, SectionState.CONTRACTED)]
    rows = Section.objects.filter(bond__isnull=False, bonds_settled_at__isnull=True, state__in=over)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def bonds_settled_at(section_id: int) -> datetime | None:
    """When every bond of the section was on its way."""
    return Section.objects.filter(pk=section_id).values_list("bonds_settled_at", flat=True).first()


def in_state(state: SectionState) -> list[SectionTerms]:
    """Every section in that state: evaluation asks for OPENED, for example."""
    rows = list(_rows().filter(state=state.value, tender__published_at__isnull=False).order_by("pk"))
    return [_terms(row, _newest_document(row.tender_id)) for row in rows]


def eligibility_of(*, section_id: int, organisation_id: int, at: datetime) -> Eligibility:
    """Whether an organisation may bid for a section now, and every reason why not. Refuses (`NotFound`)."""
    row = _rows().filter(pk=section_id, tender__published_at__isnull=False).first()
    if row is None:
        raise NotFound()
    tender, profile = row.tender, parse(row.tender.profile)
    facts = Facts(
        open=row.state == SectionState.BIDDING.value,
        deadline=row.deadline,
        is_owner=organisation_id in (tender.project.owner_id, tender.project.agent_id),
        needs_invitation=profile.has(Switch.INVITATION),
        invited=is_invited(tender.pk, organisation_id),
        needs_qualification=profile.applies_first,
        in_stages=profile.has(Switch.TWO_STAGE),
        qualified=is_qualified(row.pk, organisation_id),
        took_documents=has_taken(tender.pk, organisation_id),
    )
    return eligibility(facts, at=at)


def has_taken(tender_id: int, organisation_id: int) -> bool:
    """Whether the organisation took the documents; only for rules and for its own pages."""
    return DocumentTaking.objects.filter(party=Party(tender_id, organisation_id)).exists()


def is_invited(tender_id: int, organisation_id: int) -> bool:
    """Whether the organisation is invited; only for rules and for its own pages."""
    return Invitation.objects.filter(party=Party(tender_id, organisation_id)).exists()


def is_qualified(section_id: int, organisation_id: int) -> bool:
    """Whether the organisation was prequalified for the section; only for rules and for its own pages."""
    own = PrequalificationApplication.objects.filter(party=Party(section_id, organisation_id))
    return own.filter(state=ApplicationState.QUALIFIED.value).exists()


def qualified_together(section_id: int, organisation_id: int) -> frozenset[int]:
    """Who was prequalified for the section with the organisation, itself included; nobody where it was not."""
    own = PrequalificationApplication.objects.filter(party=Party(section_id, organisation_id)).first()
    if own is None or own.state != ApplicationState.QUALIFIED.value:
        return frozenset()
    return frozenset({organisation_id, *own.facts.get("consortium", ())})


def _rows() -> Any:
    return Section.objects.select_related("tender__project", "reserve")


def _reserve(row: Section) -> ReserveTerms | None:
    found = getattr(row, "reserve", None)
    if found is None:
        return None
    said = found.decision
    return ReserveTerms(said["body"], said["number"], date.fromisoformat(said["decided_on"]), found.amount)


def _newest_document(tender_id: int) -> PublishedDocument | None:
    return PublishedDocument.objects.filter(tender_id=tender_id).order_by("-version").first()


def _terms(row: Section, document: PublishedDocument | None) -> SectionTerms:
    tender, project, profile = row.tender, row.tender.project, parse(row.tender.profile)
    choice, decryption = profile.formula(tender.award_method), profile.limit(LimitName.DECRYPTION)
    return SectionTerms(
        section_id=row.pk,
        tender_id=tender.pk,
        number=row.number,
        code=row.code,
        title=row.title,
        kind=row.kind,
        state=SectionState(row.state),
        tender_title=tender.title,
        tender_code=tender.code,
        owner_id=project.owner_id,
        agent_id=project.agent_id,
        sector=profile.sector,
        region=project.region,
        profile=profile,
        parameters=tender.parameters,
        round=tender.round,
        estimate=row.estimate,
        price_kind=row.price_kind,
        ceiling=row.ceiling,
        alternatives=tuple(Alternative(one["label"], Decimal(one["ceiling"])) for one in row.alternatives),
        bond=row.bond,
        awards=row.awards,
        call_offs=CallOffMethod(row.call_offs),
        right=row.right,
        reserve=_reserve(row),
        grades=tuple(row.grades),
        price=PriceFormula(tender.award_method, dict(tender.award_parameters), choice.source if choice else ""),
        bid_deadline=row.deadline,
        roster_id=tender.roster_id,
        suite=Suite(tender.suite),
        intake_id=row.intake_id,
        envelope_tender=tender.code,
        envelope_lot=f"{row.number:03d}",
        decrypt_minutes=decryption.count if decryption else 60,
        minimum_bidders=profile.minimum_bidders,
        minimum_valid=int(profile.threshold(ThresholdName.BIDDERS_AFTER_REVIEW) or 1),
        consortium_allowed=tender.consortium_allowed,
        sme_reserved=tender.sme_reserved,
        document_version=document.version if document else 0,
        document=parse_document(document.content) if document else TenderDocument(),
        failure=row.failure,
        opening_began_at=row.opening_began_at,
        opened_at=row.opened_at,
    )


LONGEST_LIST = 100
"""Of tenders that a request for approval names."""


def published_under_older_rules(trade_type: str, region: str, since: date, key: str) -> list[str]:
    """Tenders published since that day, one line each: they keep the snapshot that their notice was published with."""
    first = datetime.combine(since, time.min, tzinfo=SHANGHAI)
    found = Tender.objects.filter(published_at__gte=first)
    if trade_type:
        found = found.filter(project__sector=trade_type)
    if region:
        found = found.filter(project__region__startswith=region.rstrip("0"))
    return [f"{tender.code} {tender.title}" for tender in found.order_by("published_at")[:LONGEST_LIST]]
