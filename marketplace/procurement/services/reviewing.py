"""Handing a need in, for its first round or another: through the owner's chain where it has one, then to the centre."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor, Role
from commons.domain.deadlines import local_day
from commons.domain.money import as_text
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound, NotPermitted, Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from commons.inbox import services as inbox
from commons.parameters import queries as parameters
from commons.people import queries as people
from commons.people.domain.natural import KIND as PERSON
from commons.repeated import Repeated
from marketplace.entry.domain.eligibility import Demand
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.entry.models import Entrant
from marketplace.entry.queries import control, eligibility, require_entered
from marketplace.entry.services.steps import record as record_entrant
from marketplace.procurement.domain.methods import FundSource, Method, may_change_method
from marketplace.procurement.domain.needs import NeedFacts
from marketplace.procurement.domain.notices import ProcurementNoticeKind
from marketplace.procurement.domain.scope import ScopeDecision
from marketplace.procurement.domain.splitting import SplitAlert
from marketplace.procurement.domain.states import ProcurementCommand, ProcurementState
from marketplace.procurement.models import ChainStep, Procurement, StepDecision
from marketplace.procurement.policies import can_change, can_draft, owns
from marketplace.procurement.queries.advice import TRADE, scope_of, split_of
from marketplace.procurement.queries.views import need_of, number_of
from marketplace.procurement.services.steps import locked_procurement, move_procurement, record

LONGEST_CHAIN = 6
CHANGE_AFTER = "supermarket.failed_rounds_for_method_change"


class NotYourTurn(NotPermitted):
    code = "NOT_YOUR_TURN"
    message = gettext_noop("The step that is due belongs to somebody else of your organisation.")


class MethodStays(Refusal):
    code = "METHOD_STAYS"
    message = gettext_noop("The method may change after %(needed)s failed rounds; there were %(failed)s.")


class DirectTooDear(Refusal):
    code = "DIRECT_TOO_DEAR"
    message = gettext_noop("Direct selection is possible up to %(limit)s yuan. Choose another method.")


class NamedNotEligible(Refusal):
    code = "NAMED_AGENCY_NOT_ELIGIBLE"
    message = gettext_noop("The named agency cannot take part: %(reason)s. %(value)s Choose one from the list.")


@transaction.atomic
def set_chain(*, actor: Actor, steps: Sequence[tuple[str, int]], at: datetime) -> None:
    """Say who approves needs of the owner, in order: (title, person). Administrators of the owner decide it.

    Refuses `NotPermitted`, and (`Malformed`) people of other organisations or a person twice.
    """
    owner = require_entered(actor, EntrantKind.OWNER)
    if not actor.has(Role.ADMINISTRATOR):
        raise NotPermitted()
    members = set(people.people_with(owner.organisation_id, Role.OWNER, Role.ADMINISTRATOR))
    persons = [person_id for _, person_id in steps]
    if len(steps) > LONGEST_CHAIN or len(set(persons)) != len(persons) or not set(persons) <= members:
        raise Malformed(field="chain", reason=gettext_noop("name up to six different people of your organisation"))
    Entrant.objects.select_for_update().get(pk=owner.pk)
    if Procurement.objects.filter(owner=owner, state=ProcurementState.OWNER_REVIEW.value).exists():
        raise NotAllowedNow(command="CHANGE", state=ProcurementState.OWNER_REVIEW.value)
    ChainStep.objects.filter(owner=owner).delete()
    ChainStep.objects.bulk_create(
        [
            ChainStep(owner=owner, position=place, title=title.strip()[:60], person_id=person_id)
            for place, (title, person_id) in enumerate(steps, start=1)
        ]
    )
    record_entrant(owner, "ChainSet", actor=actor, at=at, payload={"people": [f"person:{one}" for one in persons]})


_CHAIN: Repeated[tuple[int]] = Repeated(
    lambda owner_id: ChainStep.objects.filter(owner_id=owner_id).order_by().values_list("pk")
)


@transaction.atomic
def submit(*, actor: Actor, procurement_id: int, at: datetime) -> ProcurementState:
    """Hand the need in; gives the state that it came to: the owner's review, or the audit where there is no chain.

    Refuses `NeedIncomplete`, `OutsideScope`, `DirectTooDear`, `NamedNotEligible`, `MethodStays`, `NotAllowedNow`.
    """
    can_draft(actor).require()
    row = locked_procurement(procurement_id)
    can_change(actor, row).require()
    require_entered(actor, EntrantKind.OWNER)
    return hand_in(row, _FIRST, actor=actor, at=at)


@dataclass(frozen=True, slots=True)
class Ways:
    """The commands by which a need is handed in: to the owner's chain, or to the centre at once."""

    internal: ProcurementCommand
    direct: ProcurementCommand


_FIRST = Ways(ProcurementCommand.SUBMIT_INTERNAL, ProcurementCommand.SUBMIT)
AGAIN = Ways(ProcurementCommand.REANNOUNCE_INTERNAL, ProcurementCommand.REANNOUNCE)


def hand_in(
    row: Procurement,
    ways: Ways,
    *,
    actor: Actor,
    at: datetime,
    columns: Mapping[str, object] | None = None,
    payload: Mapping[str, JSON] | None = None,
) -> ProcurementState:
    """Hand a locked need in as it stands, with more columns to store and facts for the evidence.

    Refuses what `submit` refuses.
    """
    _require_own_money(row)
    found, facts = examine(row, at=at)
    _require_method(row)
    found |= {"submission": row.submission + 1, "submitted_by": actor.ref, "submitted_at": at, "return_reason": ""}
    chain = bool(_CHAIN.rows(row.owner_id))
    command = ways.internal if chain else ways.direct
    move_procurement(
        row, command, actor=actor, at=at, payload={**facts, **(payload or {})}, **{**found, **(columns or {})}
    )
    if chain:
        _tell_next(row, 1, at)
    return ProcurementState(row.state)


def _require_own_money(row: Procurement) -> None:
    """A natural person buys with money of their own: neither of the treasury nor of the state."""
    if row.owner.organisation.kind == PERSON and row.fund != FundSource.SOCIAL:
        raise Malformed(field="fund", reason=gettext_noop("a natural person buys with money of their own"))


def _require_method(row: Procurement) -> None:
    """Another round has the method that was announced before, until enough rounds have failed."""
    if not row.failed_rounds:
        return
    texts = row.notices.filter(kind__in=[ProcurementNoticeKind.NEED.value, ProcurementNoticeKind.AMENDMENT.value])
    announced = texts.order_by("-version").values_list("body", flat=True)[0]["need"]["method"]
    numbers = {CHANGE_AFTER: number_of(row.parameters, CHANGE_AFTER)}
    if row.method != announced and not may_change_method(row.failed_rounds, numbers):
        raise MethodStays(needed=numbers[CHANGE_AFTER], failed=row.failed_rounds)


def examine(row: Procurement, *, at: datetime) -> tuple[dict[str, object], dict[str, JSON]]:
    """What the rules say of a need that is handed in: columns to store, and facts for the evidence.

    Refuses `NeedIncomplete`, `OutsideScope`, `DirectTooDear`, `NamedNotEligible`.
    """
    need = need_of(row)
    need.require_complete()
    scope = scope_of(need, on=local_day(at))
    scope.require_allowed()
    _require_direct_ceiling(need, at)
    _require_named_eligible(need, row.owner.organisation_id, at)
    split = split_of(need, owner_id=row.owner_id, except_id=row.pk, at=at)
    columns: dict[str, object] = {
        "scope_verdict": scope.verdict.value,
        "scope_reasons": reasons_of(scope),
        "split_alert": stored_alert(split),
    }
    payload: dict[str, JSON] = {"scope": scope.verdict.value, "split_alert": split is not None}
    return columns, payload


@transaction.atomic
def decide_step(*, actor: Actor, procurement_id: int, approved: bool, reason: str, at: datetime) -> None:
    """A member of the owner's chain approves or rejects, in order; the last approval hands the need to the centre.

    Refuses `NotPermitted`, `NotYourTurn`, `NotAllowedNow`, and (`Malformed`) a rejection without a reason.
    """
    row = locked_procurement(procurement_id)
    if not owns(actor, row):
        raise NotPermitted()
    if row.state != ProcurementState.OWNER_REVIEW:
        raise NotAllowedNow(command="DECIDE", state=row.state)
    done = StepDecision.objects.filter(procurement=row, submission=row.submission).count()
    chain = list(ChainStep.objects.filter(owner_id=row.owner_id).order_by("position"))
    due = chain[done]
    if actor.person_id != due.person_id:
        raise NotYourTurn()
    if not approved and not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("it is empty"))
    _keep_decision(row, due, approved, reason, at)
    payload: dict[str, JSON] = {
        "position": str(due.position),
        "approved": approved,
        "reason_sha256": digest(reason.strip().encode()),
    }
    if not approved:
        command = ProcurementCommand.REJECT_INTERNAL
        move_procurement(row, command, actor=actor, at=at, payload=payload, return_reason=reason.strip())
    elif done + 1 == len(chain):
        move_procurement(row, ProcurementCommand.APPROVE_INTERNAL, actor=actor, at=at, payload=payload)
    else:
        record(row, "InternalStepApproved", actor=actor, at=at, payload=payload)
        _tell_next(row, done + 2, at)


def reasons_of(scope: ScopeDecision) -> list[dict[str, str]]:
    """The explanation of a scope decision, to be stored."""
    return [{"message": one.message, "value": one.value, "source": one.source} for one in scope.reasons]


def stored_alert(split: SplitAlert | None) -> dict[str, object] | None:
    """An alert about split needs, to be stored."""
    if split is None:
        return None
    return {
        "total": as_text(split.total),
        "limit": as_text(split.limit),
        "months": split.months,
        "earlier": [{"id": one.procurement_id, "code": one.code, "title": one.title} for one in split.earlier],
    }


def _require_direct_ceiling(need: NeedFacts, at: datetime) -> None:
    if need.method is not Method.DIRECT or need.ceiling_price is None:
        return
    key = "supermarket.direct_ceiling"
    limit = parameters.decimal(key, trade_type=TRADE, region=need.region, on=local_day(at))
    if need.ceiling_price > limit:
        raise DirectTooDear(limit=as_text(limit))


def _require_named_eligible(need: NeedFacts, owner_organisation_id: int, at: datetime) -> None:
    """Direct selection takes an agency that could sign up for the same need, and none behind which the owner stands."""
    if need.method is not Method.DIRECT or need.named_agency_id is None:
        return
    demand = Demand(need.item_id, need.requirement, control(owner_organisation_id), need.avoided, need.avoidance_reason)
    found = eligibility(need.named_agency_id, demand, at=at)
    if not found.eligible:
        raise NamedNotEligible(reason=found.bars[0].message, value=found.bars[0].value)


def _keep_decision(row: Procurement, due: ChainStep, approved: bool, reason: str, at: datetime) -> None:
    try:
        with transaction.atomic():
            StepDecision.objects.create(
                procurement=row,
                submission=row.submission,
                position=due.position,
                title=due.title,
                person_id=due.person_id,
                approved=approved,
                reason=reason.strip(),
                decided_at=at,
            )
    except IntegrityError:
        raise NotFound() from None


def _tell_next(row: Procurement, position: int, at: datetime) -> None:
    step = ChainStep.objects.get(owner_id=row.owner_id, position=position)
    inbox.deliver(
        person_id=step.person_id,
        subject_msgid=gettext_noop("A need waits for your approval: %(title)s"),
        fields={"title": row.title},
        link=f"/supermarket/owner/{row.pk}/",
        at=at,
        key=f"procurement:{row.pk}:chain:{row.submission}:{position}",
    )
