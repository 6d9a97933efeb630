"""Extension, change and termination of a contract: one side proposes, the other answers."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from marketplace.fulfilment.domain.refusals import EndNotLater, OwnProposal, words_of
from marketplace.fulfilment.domain.states import (
    PROPOSAL,
    EngagementCommand,
    EngagementState,
    ProposalCommand,
    ProposalKind,
    ProposalState,
)
from marketplace.fulfilment.models import ContractProposal, Engagement
from marketplace.fulfilment.policies import can_act_as_party
from marketplace.fulfilment.services.common import (
    locked,
    move,
    move_procurement,
    other_side,
    record,
    require_state,
    tell,
)
from marketplace.procurement.domain.states import ProcurementCommand


@transaction.atomic
def propose(
    *,
    actor: Actor,
    engagement_id: int,
    kind: ProposalKind,
    words: str,
    ends_on: date | None = None,
    amount: Decimal | None = None,
    at: datetime,
) -> int:
    """Propose to the other side; one open proposal at a time. Its number.

    Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`, `WordsTooShort`, `EndNotLater`.
    """
    engagement = locked(engagement_id)
    can_act_as_party(actor, engagement).require()
    assert actor.organisation_id is not None, "a party is an organisation"
    require_state(engagement, "PROPOSE", EngagementState.SIGNED, EngagementState.SERVING)
    if kind is ProposalKind.EXTENSION and (ends_on is None or (engagement.ends_on and ends_on <= engagement.ends_on)):
        raise EndNotLater(ends_on=str(engagement.ends_on))
    if ContractProposal.objects.filter(engagement=engagement, state=ProposalState.OPEN.value).exists():
        raise NotAllowedNow(command="PROPOSE", state="PROPOSED")
    said = words_of(words)
    row = ContractProposal.objects.create(
        engagement=engagement, kind=kind.value, proposed_by_id=actor.organisation_id, words=said, ends_on=ends_on,
        amount=amount, proposed_at=at,
    )  # fmt: skip
    payload: dict[str, JSON] = {
        "proposal": f"proposal:{row.pk}",
        "kind": kind.value,
        "ends_on": str(ends_on or ""),
        "amount": "" if amount is None else format(amount, "f"),
        "words_sha256": digest(said.encode()),
    }
    record(engagement, "ProposalMade", actor=actor, payload=payload, at=at)
    made = gettext_noop("The other side proposes a change of the contract for %(title)s: answer it")
    tell(engagement, other_side(engagement, actor.organisation_id), made, at=at, key=f"proposal:{row.pk}")
    return row.pk


@transaction.atomic
def answer_proposal(*, actor: Actor, engagement_id: int, agree: bool, at: datetime) -> None:
    """The other side agrees or declines; what is agreed holds at once.

    Refuses `NotFound`, `NotPermitted`, `OwnProposal`, `NotAllowedNow`.
    """
    engagement = locked(engagement_id)
    can_act_as_party(actor, engagement).require()
    row = ContractProposal.objects.filter(engagement=engagement, state=ProposalState.OPEN.value).first()
    if row is None:
        raise NotFound()
    if row.proposed_by_id == actor.organisation_id:
        raise OwnProposal()
    command = ProposalCommand.AGREE if agree else ProposalCommand.DECLINE
    step = PROPOSAL.fire(ProposalState(row.state), command)
    ContractProposal.objects.filter(pk=row.pk).update(state=step.target.value, answered_at=at)
    record(engagement, step.event, actor=actor, payload={"proposal": f"proposal:{row.pk}"}, at=at)
    if agree:
        _apply(engagement, row, actor=actor, at=at)
    subject = gettext_noop("Your proposal for %(title)s was answered")
    tell(engagement, row.proposed_by_id, subject, at=at, key=f"answered:{row.pk}")


def _apply(engagement: Engagement, row: ContractProposal, *, actor: Actor, at: datetime) -> None:
    if row.kind == ProposalKind.TERMINATION.value:
        payload: dict[str, JSON] = {"proposal": f"proposal:{row.pk}"}
        values = {"ended_at": at, "end_words": row.words}
        move(engagement, EngagementCommand.TERMINATE, actor=actor, at=at, payload=payload, **values)
        move_procurement(engagement, ProcurementCommand.TERMINATE, actor=actor, at=at)
        return
    changes: dict[str, object] = {"ends_on": row.ends_on or engagement.ends_on}
    if row.amount is not None:
        changes["amount"] = row.amount
    Engagement.objects.filter(pk=engagement.pk).update(**changes)
