"""The papers of a result, drawn on demand and never in the selection's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction

from commons.domain.actor import ALLOWED, Actor, Decision, deny
from commons.domain.money import capital_yuan
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.people import queries as people
from commons.people.domain.natural import KIND as PERSON
from marketplace.fulfilment.domain.states import EngagementState
from marketplace.fulfilment.models import Engagement
from marketplace.fulfilment.policies import can_act_as_agency, can_act_as_owner, can_read
from marketplace.fulfilment.services.common import PLATFORM
from marketplace.procurement import queries as procurements
from marketplace.selection import queries as selections
from signatures.documents import queries as paper_queries
from signatures.documents import services as documents
from signatures.documents.domain.papers import Party
from signatures.documents.kinds import PaperKind, SignedPart, register_paper_kind
from signatures.documents.services import Draft

RESULT, AWARD, CONTRACT = "marketplace.result", "marketplace.award", "marketplace.contract"
PUBLIC_COPY = "marketplace.contract-copy"
"""Of the contract of a natural person: what the public reads instead, with the masked name."""
OWNER, AGENCY = "owner", "agency"


def result_notice(*, engagement_id: int, at: datetime) -> str:
    """The number of the result notice 选取结果公告, drawn when somebody first asks; public. Refuses as `_published`."""
    return _drawn(
        _published(engagement_id), RESULT, "选取结果公告", "marketplace/papers/result.html", public=True, at=at
    )


def award_notice(*, actor: Actor, engagement_id: int, at: datetime) -> str:
    """The number of the notice of selection 中选通知书, under the platform's seal, for the owner to sign.

    Refuses `NotFound`, `NotAllowedNow`.
    """
    engagement = _published(engagement_id)
    if not can_read(actor, engagement):
        raise NotFound()
    owner = Party(OWNER, gettext_noop("Project owner"), engagement.owner_id)
    template = "marketplace/papers/award.html"
    return _drawn(engagement, AWARD, "中选通知书", template, parties=[owner], whole=True, at=at)


def public_contract(*, engagement_id: int, at: datetime) -> str:
    """The number of the contract on the public record; of a natural person's contract, that of the masked copy.

    Refuses `NotFound` where it may not be disclosed, is not on the record yet, or is no paper of this platform.
    """
    engagement = _published(engagement_id)
    if not (engagement.uploaded_at and engagement.disclosed and engagement.contract_paper):
        raise NotFound()
    if not _of_person(engagement):
        return engagement.contract_paper
    signed = paper_queries.newest(_subject(engagement), CONTRACT)
    more = {
        "number": engagement.contract_number,
        "ends_on": engagement.ends_on,
        "milestones": list(engagement.milestones.order_by("place")),
        "copy_of": signed,
    }
    title, template = "中介服务合同（公开本）", "marketplace/papers/contract.html"
    return _drawn(engagement, PUBLIC_COPY, title, template, public=True, more=more, at=at)


def contract(
    engagement: Engagement, number: str, ends_on: date, milestones: Sequence[Any], *, actor: Actor, at: datetime
) -> Draft:
    """The contract, composed from the notice and the result, for both to sign. Drawn outside of transactions."""
    context = {**_context(engagement, at, whole=True), "number": number, "ends_on": ends_on, "milestones": milestones}
    return documents.draft(
        actor=actor,
        kind=CONTRACT,
        subject=_subject(engagement),
        guard=_subject(engagement),
        title=f"中介服务合同 {number}",
        template="marketplace/papers/contract.html",
        context=context,
        parties=[
            Party(OWNER, gettext_noop("Project owner"), engagement.owner_id),
            Party(AGENCY, gettext_noop("Agency"), engagement.agency_id),
        ],
        amount=engagement.amount,
        at=at,
    )


def _published(engagement_id: int) -> Engagement:
    """Refuses `NotFound`, and `NotAllowedNow` before the result is published or after it was set aside."""
    engagement = Engagement.objects.select_related("owner", "agency").filter(pk=engagement_id).first()
    if engagement is None:
        raise NotFound()
    if engagement.published_at is None or engagement.state == EngagementState.REVOKED.value:
        raise NotAllowedNow(command="DRAW", state=engagement.state)
    return engagement


def _drawn(
    engagement: Engagement, kind: str, title: str, template: str, *, parties: Sequence[Party] = (),
    public: bool = False, whole: bool = False, more: Mapping[str, Any] = MappingProxyType({}), at: datetime,
) -> str:  # fmt: skip
    """The newest paper of the kind; else drawn now. Two who ask at once get one paper."""
    known = paper_queries.newest(_subject(engagement), kind)
    if known is not None:
        return known.number
    drafted = documents.draft(
        actor=PLATFORM, kind=kind, subject=_subject(engagement), guard=_subject(engagement),
        title=f"{title} {engagement.title}"[:200], template=template,
        context={**_context(engagement, at, whole=whole), **more},
        parties=parties, amount=engagement.amount, public=public, at=at,
    )  # fmt: skip
    with transaction.atomic():
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        known = paper_queries.newest(_subject(engagement), kind)
        return known.number if known is not None else documents.issue(drafted, actor=PLATFORM, at=at).number


def _context(engagement: Engagement, at: datetime, *, whole: bool) -> dict[str, Any]:
    """What papers say. `whole`: between the parties, so that a natural person is named and not masked."""
    organisations = people.organisations([engagement.owner_id, engagement.agency_id])
    owner = organisations[engagement.owner_id]
    person = people.natural_person(owner.id) if whole and owner.is_person else None
    selection = selections.selection(engagement.selection_id)
    return {
        "engagement": engagement,
        "owner": replace(owner, name=person.name) if person else owner,
        "agency": organisations[engagement.agency_id],
        "notice": procurements.procurement(engagement.procurement_id),
        "selection": selection,
        "capitals": "" if engagement.amount is None else capital_yuan(engagement.amount),
        "case_sha256": selection.case.sha256(),
        "at": at,
    }


def _subject(engagement: Engagement) -> str:
    return f"engagement:{engagement.pk}"


def _of(subject: str) -> Engagement | None:
    return Engagement.objects.select_related("owner").filter(pk=int(subject.partition(":")[2])).first()


def _may_sign(actor: Actor, subject: str, field: str) -> Decision:
    engagement = _of(subject)
    if engagement is None:
        return deny()
    return can_act_as_agency(actor, engagement) if field == AGENCY else can_act_as_owner(actor, engagement)


def _may_read(actor: Actor, subject: str) -> Decision:
    """Both sides and the overseers; everybody, once the contract is on the public record and may be disclosed.

    What names a natural person stays between the sides: the public has a copy.
    """
    engagement = _of(subject)
    if engagement is None:
        return deny()
    open_to_all = engagement.uploaded_at and engagement.disclosed and not _of_person(engagement)
    return ALLOWED if open_to_all else can_read(actor, engagement)


def _of_person(engagement: Engagement) -> bool:
    return bool(engagement.owner.kind == PERSON)


def _anybody(actor: Actor, subject: str) -> Decision:
    return ALLOWED


def _nobody(actor: Actor, subject: str, field: str) -> Decision:
    return deny()


def _nothing(part: SignedPart) -> None:
    """The paper states what stands already; the signature changes nothing in it."""


def _agreed(part: SignedPart) -> None:
    from marketplace.fulfilment.services.contracting import contract_signed

    if part.complete:
        engagement_id = int(part.subject.partition(":")[2])
        contract_signed(actor=part.actor, engagement_id=engagement_id, sha256=part.sha256, at=part.at)


for _kind in (
    PaperKind(RESULT, gettext_noop("Selection result notice"), _nobody, _anybody, _nothing),
    PaperKind(AWARD, gettext_noop("Notice of selection"), _may_sign, _may_read, _nothing),
    PaperKind(CONTRACT, gettext_noop("Service contract"), _may_sign, _may_read, _agreed),
    PaperKind(PUBLIC_COPY, gettext_noop("Service contract, public copy"), _nobody, _anybody, _nothing),
):
    register_paper_kind(_kind)
