"""Repeating a failed tender 重新招标: a new tender of the same project, whose history stays linked."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from bidding.profiles import queries as profiles
from bidding.tenders.domain.failing import CAUSE_LABELS, FailureCause
from bidding.tenders.domain.states import SectionState
from bidding.tenders.models import ClauseFinding, Section, Tender
from bidding.tenders.policies import can_change_tender
from bidding.tenders.services.common import record
from bidding.tenders.services.transitions import locked_tender
from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class NothingFailed(Refusal):
    code = "NOTHING_FAILED"
    message = gettext_noop("No section of this tender failed, or each that did is repeated already.")


COPIED = (
    "title", "description", "award_method", "award_parameters", "roster_id", "suite", "contact_name", "contact_phone",
    "designated_media", "sme_reserved", "consortium_allowed", "draft", "single_source",
    "qualified_maximum",
)  # fmt: skip
SECTION_COPIED = (
    "title", "scope", "kind", "estimate", "price_kind", "ceiling", "alternatives", "bond", "awards", "call_offs",
    "grades", "right_use", "right_area", "right_unit", "right_years", "start_price",
)  # fmt: skip


@transaction.atomic
def repeat_tender(*, actor: Actor, tender_id: int, at: datetime, profile_code: str = "") -> int:
    """Start a tender anew for the sections that failed, by the same procedure or another; the dates are to be set.

    Refuses (`NothingFailed`) a tender without a failed section, `MethodUnlawful` for a procedure that is barred.
    """
    before = locked_tender(tender_id)
    can_change_tender(actor, before).require()
    failed = list(before.sections.filter(state=SectionState.FAILED.value, successors__isnull=True))
    if not failed:
        raise NothingFailed()
    code = profile_code or before.profile_code
    profile = profiles.profile(code, on=local_day(at)).profile
    profiles.require_lawful(profile, region=before.project.region, on=local_day(at))
    last = before.project.tenders.aggregate(last=Max("number"))["last"] or 0
    tender = Tender.objects.create(
        project=before.project,
        number=last + 1,
        profile_code=code,
        predecessor=before,
        round=before.round + 1,
        created_at=at,
        **{name: getattr(before, name) for name in COPIED},
    )
    for number, section in enumerate(failed, 1):
        facts = {name: getattr(section, name) for name in SECTION_COPIED}
        Section.objects.create(tender=tender, number=number, predecessor=section, **facts)
    _keep_answers(before, tender, at)
    causes = sorted({CAUSE_LABELS[FailureCause(section.failure)] for section in failed if section.failure})
    record(tender, "TenderRepeated", actor=actor, at=at, before=f"tender:{before.pk}", causes=list(causes))
    return tender.pk


def _keep_answers(before: Tender, tender: Tender, at: datetime) -> None:
    """What the owner answered about a clause stands for the same clause."""
    ClauseFinding.objects.bulk_create(
        ClauseFinding(
            tender=tender,
            rule=one.rule,
            place=one.place,
            quote=one.quote,
            article=one.article,
            answer=one.answer,
            answered_at=one.answered_at,
            found_at=at,
        )
        for one in before.findings.filter(gone_at=None)
    )
