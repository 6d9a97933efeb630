"""The tender document of a draft: filled from a template, edited, bills imported, clauses checked and answered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import ThresholdName
from bidding.tenders.bills import read_bill
from bidding.tenders.domain.discrimination import FindingsUnanswered, find
from bidding.tenders.domain.document import (
    CHAPTERS,
    DocumentMalformed,
    TenderDocument,
    as_content,
    parse,
    require_scoring,
)
from bidding.tenders.models import ClauseFinding, Section, Tender
from bidding.tenders.outline import template_of
from bidding.tenders.policies import can_decide_for_owner
from bidding.tenders.services.common import EDITABLE, digest_of, editable, profile_of, record, save, words_of
from bidding.tenders.services.transitions import locked_tender
from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop

UNSCORED = frozenset({"lowest_evaluated", "reviewed_lowest", "none"})
"""Award methods without a scoring table."""


@transaction.atomic
def fill_document(*, actor: Actor, tender_id: int, at: datetime) -> int:
    """Begin the document from the template of the tender's sector; gives the new version of the draft."""
    tender = editable(actor, tender_id)
    document = template_of(profile_of(tender, at))
    kept = parse(tender.draft) if tender.draft else TenderDocument()
    return _keep(tender, replace(document, bills=kept.bills), at)


def draft_content(*, actor: Actor, tender_id: int) -> tuple[dict[str, Any], int]:
    """The document of a draft as JSON, and the version of the draft that `save_document` asks for."""
    with transaction.atomic():
        tender = editable(actor, tender_id)
    return as_content(parse(tender.draft) if tender.draft else TenderDocument()), tender.version


@transaction.atomic
def save_document(*, actor: Actor, tender_id: int, content: Mapping[str, Any], version: int, at: datetime) -> int:
    """Keep the edited document; gives the new version. Refuses `DocumentMalformed`, and `StateMoved` after a lost race.

    Each save checks every clause again: findings appear, and those whose words are gone no longer stand.
    """
    tender = editable(actor, tender_id)
    return _keep(tender, parse(content), at, version)


@transaction.atomic
def import_bill(*, actor: Actor, section_id: int, file: BinaryIO, name: str, at: datetime) -> int:
    """Take a bill of quantities from xlsx or CSV; how many lines. Refuses `FileRefused`, `DocumentMalformed`."""
    row = Section.objects.filter(pk=section_id).first()
    if row is None:
        raise NotFound()
    tender = editable(actor, row.tender_id)
    lines = read_bill(file, name=name)
    document = parse(tender.draft) if tender.draft else TenderDocument()
    _keep(tender, replace(document, bills={**document.bills, row.number: lines}), at)
    return len(lines)


@transaction.atomic
def answer_finding(*, actor: Actor, finding_id: int, answer: str, at: datetime) -> None:
    """The owner answers in public why a clause must stand. Refuses (`NotPermitted`) anybody but the owner itself."""
    found = ClauseFinding.objects.select_related("tender__project").filter(pk=finding_id, gone_at=None).first()
    if found is None:
        raise NotFound()
    tender = locked_tender(found.tender_id)
    can_decide_for_owner(actor, tender).require()
    if tender.state not in EDITABLE:
        raise NotAllowedNow(command="ANSWER", state=tender.state)
    words = words_of(answer, 10)
    ClauseFinding.objects.filter(pk=found.pk).update(answer=words, answered_at=at)
    record(
        tender,
        "FindingAnswered",
        actor=actor,
        at=at,
        rule=found.rule,
        place=found.place,
        answer_sha256=digest_of(words),
    )


def require_document(tender: Tender, profile: ProcedureProfile) -> None:
    """Refuses a document without a chapter, with a wrong scoring table, or with findings that nobody answered."""
    document = parse(tender.draft) if tender.draft else TenderDocument()
    for chapter in CHAPTERS:
        if not document.chapter(chapter):
            raise DocumentMalformed(reason=gettext_noop("a chapter is empty"), where=chapter)
    weight = profile.thresholds.get(ThresholdName.PRICE_WEIGHT_MINIMUM)
    require_scoring(
        document,
        scored=tender.award_method not in UNSCORED,
        least_price=weight.value if weight else None,
        source=weight.source if weight else "",
    )
    open_findings = tender.findings.filter(gone_at=None, answered_at=None).count()
    if open_findings:
        raise FindingsUnanswered(count=open_findings)


def _keep(tender: Tender, document: TenderDocument, at: datetime, version: int | None = None) -> int:
    saved = save(tender, version, draft=as_content(document))
    found = {(one.rule, one.place, one.quote): one for one in find(document)}
    standing = {(row.rule, row.place, row.quote): row for row in tender.findings.filter(gone_at=None)}
    gone = [row.pk for key, row in standing.items() if key not in found]
    ClauseFinding.objects.filter(pk__in=gone).update(gone_at=at)
    ClauseFinding.objects.bulk_create(
        ClauseFinding(tender=tender, rule=one.rule, place=one.place, quote=one.quote, article=one.article, found_at=at)
        for key, one in found.items()
        if key not in standing
    )
    return saved
