"""Who signs which paper of an award, and what a signature does."""

from bidding.awards.domain.states import AwardCommand
from bidding.awards.models import Award
from bidding.awards.policies import can_award, can_see_award, can_sign_as_winner
from bidding.awards.services.common import locked_award, move_award
from bidding.awards.services.contracting import contract_signed
from bidding.awards.services.papers import AWARD_LETTER, TENDER_CONTRACT
from bidding.awards.services.settling import give_back_losers
from bidding.profiles.domain.vocabulary import LimitName
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from commons.calendar import queries as calendar
from commons.domain.actor import Actor, Decision, deny
from commons.domain.text import gettext_noop
from signatures.documents.kinds import PaperKind, SignedPart, register_paper_kind


def _award(subject: str) -> Award | None:
    rows = Award.objects.select_related("section__tender__project", "line__organisation")
    return rows.filter(pk=int(subject.partition(":")[2])).first()


def _may_sign(actor: Actor, subject: str, field: str) -> Decision:
    award = _award(subject)
    if award is None:
        return deny()
    if field == "winner":
        return can_sign_as_winner(actor, award)
    return can_award(actor, tenders.section_terms(award.section_id))


def _may_read(actor: Actor, subject: str) -> Decision:
    award = _award(subject)
    return can_see_award(actor, award) if award else deny()


def _letter_signed(part: SignedPart) -> None:
    """With the owner's signature both sides are bound (招标投标法 第45条), and the contract's time runs."""
    award = locked_award(int(part.subject.partition(":")[2]))
    terms = tenders.section_terms(award.section_id)
    limit = terms.profile.limit(LimitName.CONTRACT)
    due = calendar.deadline(start=part.at, add=limit.count, unit=limit.unit, region=terms.region) if limit else None
    move_award(
        award, AwardCommand.NOTIFY, actor=part.actor, at=part.at, payload={"sha256": part.sha256},
        notified_at=part.at, contract_due_on=due.on if due else None,
    )  # fmt: skip
    give_back_losers(terms, at=part.at)
    subject = gettext_noop("The award letter for %(tender)s is signed: you won section %(number)s")
    tender_services.tell_one(
        terms.tender_id,
        award.line.organisation_id,
        subject,
        at=part.at,
        key=f"letter:{award.pk}",
        fields={"number": str(terms.number)},
    )


def _contract_part(part: SignedPart) -> None:
    if part.complete:
        contract_signed(actor=part.actor, award_id=int(part.subject.partition(":")[2]), sha256=part.sha256, at=part.at)


for _kind in (
    PaperKind(AWARD_LETTER, gettext_noop("Award letter"), _may_sign, _may_read, _letter_signed),
    PaperKind(TENDER_CONTRACT, gettext_noop("Contract of a tender"), _may_sign, _may_read, _contract_part),
):
    register_paper_kind(_kind)
