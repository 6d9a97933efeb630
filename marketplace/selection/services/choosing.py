"""What people add to a selection: the panel and its scores, and the owner's pick from the small list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor, Role
from commons.domain.names import masked_name
from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.evidence.domain import canonical
from commons.inbox import services as inbox
from commons.people import queries as people
from marketplace.selection import policies
from marketplace.selection.domain.case import Score
from marketplace.selection.domain.deciding import decide
from marketplace.selection.domain.merit import NotOnSmallList, check_sheet
from marketplace.selection.domain.states import MemberConflicted, PanelNamedAlready, SelectionWaits, Wait
from marketplace.selection.models import PanelMember, Selection, SelectionEntrant
from marketplace.selection.services import notices
from marketplace.selection.services.common import keep, locked, record
from marketplace.selection.services.going_on import go_on

Sheet = Mapping[tuple[str, str], Decimal]
"""Number and criterion to points."""


@transaction.atomic
def name_panel(*, actor: Actor, selection_id: int, person_ids: Sequence[int], at: datetime) -> None:
    """The owner names who scores; until a sheet is in it may name others.

    Refuses `NotFound`, `NotPermitted`, `SelectionWaits`, `MemberConflicted`, `PanelNamedAlready`.
    """
    selection = _waiting(selection_id, Wait.SCORES)
    owner = notices.owner_of(selection)
    policies.can_choose(actor, owner).require()
    if PanelMember.objects.filter(selection=selection, handed_in_at__isnull=False).exists():
        raise PanelNamedAlready()
    bidding = set(SelectionEntrant.objects.filter(selection=selection).values_list("organisation_id", flat=True))
    chosen = list(dict.fromkeys(person_ids))
    if any(held.organisation_id in bidding for person_id in chosen for held in people.roles_of(person_id)):
        raise MemberConflicted()
    PanelMember.objects.filter(selection=selection).delete()
    names = _published_names(chosen, owner)
    PanelMember.objects.bulk_create(
        PanelMember(selection=selection, person_id=person_id, name=names[person_id]) for person_id in chosen
    )
    payload = {"members": [f"person:{person_id}" for person_id in chosen]}
    record(selection, "PanelNamed", actor=actor, payload=payload, at=at)
    for person_id in chosen:
        _tell_member(selection, person_id, at)


def _published_names(person_ids: Sequence[int], owner_id: int) -> dict[int, str]:
    """Members by name, as the result publishes them; a natural person who scores for themself is masked."""
    owner = people.organisation(owner_id)
    in_person = people.people_with(owner_id, Role.OWNER) if owner is not None and owner.is_person else ()
    names = {person_id: people.name_of(person_id) or "" for person_id in person_ids}
    return {number: masked_name(name) if number in in_person else name for number, name in names.items()}


def _tell_member(selection: Selection, person_id: int, at: datetime) -> None:
    inbox.deliver(
        person_id=person_id,
        subject_msgid=gettext_noop("You are named to score the proposals for %(title)s"),
        fields={"title": selection.procurement.title},
        link=f"/supermarket/selections/{selection.pk}/scores/",
        at=at,
        key=f"selection:{selection.pk}:panel:{person_id}",
    )


@transaction.atomic
def hand_in_sheet(*, actor: Actor, selection_id: int, sheet: Sheet, at: datetime) -> None:
    """A member's points for every proposal, once; the last sheet opens all of them and decides.

    Refuses `NotFound`, `NotPermitted`, `SelectionWaits`, `NotAllowedNow`, `ScoresMissing`, `ScoreOutOfRange`.
    """
    selection = _waiting(selection_id, Wait.SCORES)
    members = PanelMember.objects.filter(selection=selection)
    member = None if actor.person_id is None else members.filter(person_id=actor.person_id).first()
    policies.can_score(actor, member).require()
    assert member is not None, "the policy found the member"
    if member.handed_in_at is not None:
        raise NotAllowedNow(command="SCORE", state="HANDED_IN")
    case = selection.as_case()
    scores = [Score(member_ref(member), number, key, points) for (number, key), points in sheet.items()]
    check_sheet(scores, case.terms.criteria, decide(case).eligible)
    data = [[one.number, one.criterion, str(one.points)] for one in scores]
    PanelMember.objects.filter(pk=member.pk, handed_in_at__isnull=True).update(sheet=data, handed_in_at=at)
    payload = {"member": member_ref(member), "sheet_sha256": canonical.digest(canonical.encode(data))}
    record(selection, "SheetHandedIn", actor=actor, payload=payload, at=at)
    if not PanelMember.objects.filter(selection=selection, handed_in_at__isnull=True).exists():
        _open_sheets(selection, at=at)


def member_ref(member: PanelMember) -> str:
    """How a member stands in the published case: by place, not by name."""
    return f"member:{member.pk}"


def _open_sheets(selection: Selection, *, at: datetime) -> None:
    scores = tuple(
        Score(member_ref(member), number, key, Decimal(points))
        for member in PanelMember.objects.filter(selection=selection).order_by("id")
        for number, key, points in member.sheet
    )
    keep(selection, replace(selection.as_case(), scores=scores))
    go_on(selection, at=at)


@transaction.atomic
def pick(*, actor: Actor, selection_id: int, number: str, reason: str, at: datetime) -> None:
    """The owner picks from the small list, with its reason, which is published.

    Refuses `NotFound`, `NotPermitted`, `SelectionWaits`, `NotOnSmallList`.
    """
    selection = _waiting(selection_id, Wait.PICK)
    policies.can_choose(actor, notices.owner_of(selection)).require()
    case = selection.as_case()
    if number not in decide(case).eligible:
        raise NotOnSmallList()
    record(selection, "OwnerPicked", actor=actor, payload={"number": number}, at=at)
    keep(selection, replace(case, pick=number, pick_reason=reason.strip()))
    go_on(selection, at=at)


def _waiting(selection_id: int, wait: Wait) -> Selection:
    selection = locked(selection_id)
    if selection.wait != wait.value:
        raise SelectionWaits()
    return selection
