"""The papers of an award: letter 中标通知书 and contract. Chinese PDFs that are signed."""

from datetime import datetime
from decimal import Decimal

from bidding.awards.models import Award, ResultLine
from bidding.profiles.domain.vocabulary import LimitName, ThresholdName
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import Actor
from commons.domain.money import capital_yuan
from commons.domain.text import gettext_noop
from commons.people import queries as people
from signatures.documents import services as documents
from signatures.documents.domain.papers import Party
from signatures.documents.services import Draft

AWARD_LETTER, TENDER_CONTRACT = "bidding.award_letter", "bidding.contract"
"""Kinds of papers; who signs them and what follows stands in `signing`."""


def award_letter(
    terms: SectionTerms, line: ResultLine, amount: Decimal, award_id: int, *, actor: Actor, at: datetime
) -> Draft:
    """The award letter of the award that will have that number; the owner signs it."""
    limit = terms.profile.limit(LimitName.CONTRACT)
    context = {**_common(terms, line, amount, at), "contract_days": limit.count if limit else None}
    return documents.draft(
        actor=actor,
        kind=AWARD_LETTER,
        subject=f"award:{award_id}",
        guard=f"award:{award_id}",
        title=f"中标通知书 {terms.code}",
        template="awards/papers/letter.html",
        context=context,
        parties=[Party("owner", gettext_noop("Tenderee"), terms.owner_id)],
        amount=amount,
        at=at,
    )


def contract(terms: SectionTerms, award: Award, number: str, *, actor: Actor, at: datetime) -> Draft:
    """The contract between owner and winner, signed by both."""
    share = terms.profile.threshold(ThresholdName.PERFORMANCE_SHARE)
    context = {
        **_common(terms, award.line, award.amount, at),
        "number": number,
        "performance": f"{share * 100:g}" if share else "",
        "clauses": terms.document.chapter("CONTRACT"),
        "is_framework": terms.awards > 1,
    }
    return documents.draft(
        actor=actor,
        kind=TENDER_CONTRACT,
        subject=f"award:{award.pk}",
        guard=f"award:{award.pk}",
        title=f"合同 {number}",
        template="awards/papers/contract.html",
        context=context,
        parties=[
            Party("owner", gettext_noop("Tenderee"), terms.owner_id),
            Party("winner", gettext_noop("Winner"), award.line.organisation_id),
        ],
        amount=award.amount,
        at=at,
    )


def _common(terms: SectionTerms, line: ResultLine, amount: Decimal, at: datetime) -> dict[str, object]:
    return {
        "terms": terms,
        "owner": people.organisation(terms.owner_id),
        "winner": line.organisation,
        "line": line,
        "amount": amount,
        "capitals": capital_yuan(amount),
        "at": at,
    }
