"""The debrief 评审结果告知书: each bidder's own rank, scores and reasons as a sealed paper (财政部令第87号 第69条).

It names the digest of the committee's signed report and the steps of the price score, so that both can be checked.
"""

from datetime import datetime

from django.db import transaction
from django.utils import translation

from bidding.awards import queries
from bidding.awards.models import EvaluationReport, ResultLine
from bidding.awards.policies import can_see_debrief
from bidding.awards.services.papers import words_of
from bidding.opening import queries as halls
from bidding.tenders import queries as tenders
from commons.domain.actor import Actor, Decision, deny
from commons.domain.text import gettext_noop
from commons.people import queries as people
from commons.vault import queries as vault
from signatures.documents import queries as papers
from signatures.documents import services as documents
from signatures.documents.kinds import PaperKind, SignedPart, register_paper_kind

DEBRIEF = "bidding.debrief"


def draw_debrief(*, actor: Actor, section_id: int, at: datetime) -> str:
    """The actor's own debrief, once the candidates are public; its number, the same when asked again.

    Refuses (`NotFound`) whoever has no result in the section.
    """
    line = queries.own_line(actor, section_id)
    subject = f"debrief:{line.pk}"
    found = papers.newest(subject, DEBRIEF)
    if found is not None:
        return found.number
    terms = tenders.section_terms(section_id)
    with translation.override("zh-hans"):
        steps = _price_steps(terms, line.report, at)
    report = vault.document(line.report.document_id)
    drafted = documents.draft(
        actor=actor,
        kind=DEBRIEF,
        subject=subject,
        guard=subject,
        title=f"评审结果告知书 {terms.code}",
        template="awards/papers/debrief.html",
        context={
            "terms": terms,
            "words": words_of(terms),
            "owner": people.organisation(terms.owner_id),
            "line": line,
            "bidders": line.report.lines.count(),
            "report_sha256": report.sha256 if report else "",
            "steps": steps,
            "as_rate": terms.price_kind == "DISCOUNT_RATE",
            "at": at,
        },
        at=at,
    )
    with transaction.atomic():
        return documents.issue(drafted, actor=actor, at=at).number


def _price_steps(terms: tenders.SectionTerms, report: EvaluationReport, at: datetime) -> list[str]:
    """How the prices were scored, in words: with what the committee found beside them where the award method asks
    for it, of the last offers where there were rounds, else of the opening."""
    reckoned = queries.reckoning_of(terms, report.lines.all())
    if reckoned is not None:
        return list(reckoned.steps)
    ranking = queries.ranking(terms, at=at)
    if ranking is not None:
        return list(ranking.steps)
    hall_id = halls.hall_of_section(terms.section_id)
    sheet = halls.price_sheet(hall_id) if hall_id is not None else None
    return list(sheet["steps"]) if sheet else []


def _nobody(actor: Actor, subject: str, field: str) -> Decision:
    """The platform alone seals it."""
    return deny()


def _may_read(actor: Actor, subject: str) -> Decision:
    line = ResultLine.objects.filter(pk=int(subject.partition(":")[2])).first()
    return can_see_debrief(actor, line) if line else deny()


def _nothing(part: SignedPart) -> None:
    """Nobody signs it beside the platform."""


register_paper_kind(PaperKind(DEBRIEF, gettext_noop("Debrief"), _nobody, _may_read, _nothing))
