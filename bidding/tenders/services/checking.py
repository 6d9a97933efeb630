"""The centre looks for completeness: passes a tender on, or sends it back with the reasons."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from bidding.tenders.domain.completeness import items_for, require_complete
from bidding.tenders.domain.states import TenderCommand
from bidding.tenders.models import Tender, TenderCheck
from bidding.tenders.policies import can_check_tender
from bidding.tenders.services.common import digest_of, profile_of, tell, words_of
from bidding.tenders.services.transitions import locked_tender, move_tender
from commons.domain.actor import Actor
from commons.domain.text import gettext_noop


@transaction.atomic
def pass_check(*, actor: Actor, tender_id: int, found: Mapping[str, bool], at: datetime) -> None:
    """Record that everything is there. Refuses (`TenderCheckIncomplete`) while an item is missing."""
    can_check_tender(actor).require()
    tender = locked_tender(tender_id)
    profile = profile_of(tender, at)
    require_complete(profile, found)
    codes = [item.code for item in items_for(profile)]
    _record(tender, actor, dict.fromkeys(codes, True), passed=True, reason="", at=at)
    move_tender(tender, TenderCommand.PASS_CHECK, actor=actor, at=at, payload={"found": sorted(codes)})


@transaction.atomic
def return_tender(*, actor: Actor, tender_id: int, found: Mapping[str, bool], reason: str, at: datetime) -> None:
    """Send the tender back to its owner. Refuses (`WordsMissing`) a return that does not say why."""
    can_check_tender(actor).require()
    tender, words = locked_tender(tender_id), words_of(reason)
    asked = {item.code: bool(found.get(item.code)) for item in items_for(profile_of(tender, at))}
    _record(tender, actor, asked, passed=False, reason=words, at=at)
    lacking = sorted(code for code, there in asked.items() if not there)
    payload = {"missing": lacking, "reason_sha256": digest_of(words)}
    move_tender(tender, TenderCommand.RETURN, actor=actor, at=at, payload=payload)
    project = tender.project
    sides = [side for side in (project.owner_id, project.agent_id) if side is not None]
    subject = gettext_noop("The centre sent %(tender)s back, with reasons")
    tell(tender, sides, subject, at=at, key=f"returned:{tender.version}", link=f"/owner/tenders/{tender.pk}/")


def _record(
    tender: Tender, actor: Actor, found: Mapping[str, bool], *, passed: bool, reason: str, at: datetime
) -> None:
    assert actor.person_id is not None, "a role is held by a person"
    TenderCheck.objects.create(
        tender=tender, person_id=actor.person_id, found=dict(found), passed=passed, reason=reason, checked_at=at
    )
