"""A bond or security is kept: proposed by one person of the owner, approved by another (实施条例 第74条)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from bidding.awards.domain.securities import (
    CLAIMS,
    FORFEITURE,
    Facts,
    ForfeitureCommand,
    ForfeitureOpen,
    ForfeitureState,
    Ground,
    NothingToForfeit,
    SecurityCommand,
    require_ground,
)
from bidding.awards.domain.states import AwardState
from bidding.awards.models import Award, Forfeiture, PerformanceSecurity
from bidding.awards.policies import FORFEIT, can_award
from bidding.awards.queries import standing_bond
from bidding.awards.services.performing import move_security
from bidding.profiles.domain.vocabulary import Sector
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from commons.approvals import services as approvals
from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append
from commons.secrecy.fields import Party
from exchange.deposits import services as deposits
from exchange.deposits.domain.states import Purpose
from exchange.notices.services import NumberedDecision
from exchange.projects.services import StateMoved
from signatures.guarantees import services as guarantees


@transaction.atomic
def propose_forfeiture(
    *,
    actor: Actor,
    section_id: int,
    organisation_id: int,
    ground: Ground,
    decision: NumberedDecision,
    reason: str,
    at: datetime,
) -> int:
    """Propose, with the owner's numbered decision, to keep a bond (of a breach: the performance security).

    Refuses `GroundMissing`, `NothingToForfeit`, `ForfeitureOpen`, `DecisionMissing`, `NotPermitted`.
    """
    terms = tenders.section_terms(section_id)
    can_award(actor, terms).require()
    decision.require()
    words = tender_services.words_of(reason)
    given = Award.objects.filter(section_id=section_id, line__organisation_id=organisation_id)
    states = set(given.values_list("state", flat=True))
    facts = Facts(
        deadline_passed=terms.opened_at is not None,
        gave_up=AwardState.GIVEN_UP.value in states,
        has_contract=AwardState.CONTRACTED.value in states,
    )
    require_ground(ground, facts)
    security = _given_security(given) if ground is Ground.BREACH else None
    if security is None and (ground is Ground.BREACH or not standing_bond(terms, organisation_id)):
        raise NothingToForfeit()
    approval_id = approvals.request(
        actor=actor,
        kind=FORFEIT,
        subject=_subject(section_id, organisation_id),
        reason=words,
        payload={"ground": ground.value, "decision_no": decision.number.strip()},
        at=at,
    )
    try:
        with transaction.atomic():
            row = Forfeiture.objects.create(
                section_id=section_id,
                award_id=security.award_id if security else None,
                organisation_id=organisation_id,
                ground=ground.value,
                decision_body=decision.body.strip(),
                decision_no=decision.number.strip(),
                document_id=decision.document_id or 0,
                reason=words,
                approval_id=approval_id,
                proposed_at=at,
            )
    except IntegrityError:
        raise ForfeitureOpen() from None
    _record(row, "ForfeitureProposed", actor, at)
    return row.pk


@transaction.atomic
def approve_forfeiture(*, actor: Actor, forfeiture_id: int, at: datetime) -> None:
    """Approve as the owner's second person: money is ordered to be kept, a guarantee is claimed.

    Refuses `ApprovalNeedsAnotherPerson`, `NothingToForfeit`, `NotPermitted`.
    """
    row, terms = _locked(actor, forfeiture_id)
    subject = _subject(row.section_id, row.organisation_id)
    approvals.agree(actor=actor, approval_id=row.approval_id, kind=FORFEIT, subject=subject, at=at)
    _step(row, ForfeitureCommand.APPROVE, actor, at)
    if row.award_id is not None:
        _keep_security(row, terms, actor, at)
    else:
        _keep_bond(row, terms, actor, at)


@transaction.atomic
def reject_forfeiture(*, actor: Actor, forfeiture_id: int, reason: str, at: datetime) -> None:
    """Say no, or take one's own proposal back: the bond follows the others again."""
    row, _ = _locked(actor, forfeiture_id)
    approvals.give_up(actor=actor, approval_id=row.approval_id, at=at, reason=reason)
    _step(row, ForfeitureCommand.REJECT, actor, at)


def _keep_bond(row: Forfeiture, terms: tenders.SectionTerms, actor: Actor, at: datetime) -> None:
    party = Party(row.section_id, row.organisation_id)
    kept = _forfeit(row, terms, Purpose.BOND, party, actor, at)
    claimed = guarantees.claim_for_procedure(
        actor=actor,
        subject=terms.stream,
        organisation_id=row.organisation_id,
        ground=CLAIMS[Ground(row.ground)],
        decision_no=row.decision_no,
        reason=row.reason,
        at=at,
    )
    if not (kept or claimed):
        raise NothingToForfeit()


def _keep_security(row: Forfeiture, terms: tenders.SectionTerms, actor: Actor, at: datetime) -> None:
    security = PerformanceSecurity.objects.select_related("award").get(award=row.award)
    move_security(security, SecurityCommand.KEEP, actor=actor, at=at, ended_at=at)
    _forfeit(row, terms, Purpose.PERFORMANCE, Party(security.award_id, row.organisation_id), actor, at)


def _forfeit(
    row: Forfeiture, terms: tenders.SectionTerms, purpose: Purpose, party: Party, actor: Actor, at: datetime
) -> bool:
    """To the owner; in government procurement to the treasury (政府采购法实施条例 第33条; 财政部令第87号 第38条)."""
    public = terms.sector is Sector.GOVERNMENT_PROCUREMENT
    return deposits.forfeit_security(
        actor=actor,
        purpose=purpose,
        party=party,
        keeper_id=None if public else terms.owner_id,
        decision_no=row.decision_no,
        document_id=row.document_id,
        reason=row.reason,
        at=at,
    )


def _given_security(awards: QuerySet[Award]) -> PerformanceSecurity | None:
    return PerformanceSecurity.objects.filter(award__in=awards, state="GIVEN").first()


def _subject(section_id: int, organisation_id: int) -> str:
    return f"section:{section_id}:organisation:{organisation_id}"


def _locked(actor: Actor, forfeiture_id: int) -> tuple[Forfeiture, tenders.SectionTerms]:
    row = Forfeiture.objects.select_for_update().filter(pk=forfeiture_id).first()
    if row is None:
        raise NotFound()
    terms = tenders.section_terms(row.section_id)
    can_award(actor, terms).require()
    return row, terms


def _step(row: Forfeiture, command: ForfeitureCommand, actor: Actor, at: datetime) -> None:
    found = FORFEITURE.fire(ForfeitureState(row.state), command)
    values = {"state": found.target.value, "decided_at": at}
    if Forfeiture.objects.filter(pk=row.pk, state=found.source.value).update(**values) != 1:
        raise StateMoved()
    row.state = found.target.value
    _record(row, found.event, actor, at)


def _record(row: Forfeiture, type: str, actor: Actor, at: datetime) -> None:
    payload: dict[str, JSON] = {
        "forfeiture": str(row.pk),
        "organisation": f"organisation:{row.organisation_id}",
        "ground": row.ground,
        "decision_body": row.decision_body,
        "decision_no": row.decision_no,
        "document": f"document:{row.document_id}",
        "reason_sha256": digest(row.reason.encode()),
    }
    append(stream=f"section:{row.section_id}", type=type, actor=actor, payload=payload, decided_at=at)
