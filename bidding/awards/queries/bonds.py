"""The bonds of an opened section, in money and by guarantee, and the performance securities of its awards."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bidding.awards.domain.securities import ForfeitureState
from bidding.awards.models import Forfeiture, PerformanceSecurity
from bidding.awards.policies import can_see_bonds
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import Actor
from commons.people import queries as people
from commons.secrecy.fields import Party
from exchange.deposits import queries as deposits
from exchange.deposits.domain.facts import DepositView
from exchange.deposits.domain.states import MACHINE, MoneyCommand, Purpose
from signatures.guarantees import queries as guarantees
from signatures.guarantees.domain.states import MACHINE as GUARANTEE
from signatures.guarantees.domain.states import GuaranteeCommand


@dataclass(frozen=True, slots=True)
class BondLine:
    """One bond of a section for its desk."""

    organisation_id: int
    organisation: str
    form: str
    """CASH or GUARANTEE."""
    amount: Decimal
    state: str
    """Of the money or of the guarantee."""
    ref: str
    """Of the guarantee."""
    covered: bool
    due_on: date | None
    """By when the refund, or the issuer's answer to a claim."""
    paid_at: datetime | None
    interest: Decimal
    standing: bool
    """Whether it can still be kept."""
    forfeiture: Forfeiture | None


def bonds_of(viewer: Actor, terms: SectionTerms) -> list[BondLine]:
    """Every bond that was opened with the bids. Refuses (`NotPermitted`) before the opening and to the uninvolved."""
    can_see_bonds(viewer, terms).require()
    cash = deposits.securities_opened(Purpose.BOND, terms.stream)
    papers = guarantees.opened_for(terms.stream)
    names = people.organisations(
        {*(one.organisation_id for one in cash), *(one.dossier.applicant_id for one in papers)}
    )
    said = {row.organisation_id: row for row in Forfeiture.objects.filter(section_id=terms.section_id, award=None)}
    lines = [_cash(one, names[one.organisation_id].name, said.get(one.organisation_id)) for one in cash]
    lines += [_paper(one, names[one.dossier.applicant_id].name, said.get(one.dossier.applicant_id)) for one in papers]
    return sorted(lines, key=lambda line: line.organisation)


def standing_bond(terms: SectionTerms, organisation_id: int) -> bool:
    """Whether a bond of an organisation stands that could be kept: money that covers, or an opened guarantee."""
    cash = deposits.security_of(Purpose.BOND, Party(terms.section_id, organisation_id))
    if cash is not None and MACHINE.allows(cash.state, MoneyCommand.FORFEIT):
        return True
    papers = guarantees.opened_for(terms.stream)
    return any(
        one.dossier.applicant_id == organisation_id and GUARANTEE.allows(one.state, GuaranteeCommand.CLAIM)
        for one in papers
    )


def security_view(award_id: int) -> tuple[PerformanceSecurity, DepositView | None] | None:
    """The performance security of an award and, in money, how far it has come; the page asks with its own policy."""
    row = PerformanceSecurity.objects.select_related("award__line").filter(award_id=award_id).first()
    if row is None:
        return None
    return row, deposits.security_of(Purpose.PERFORMANCE, Party(award_id, row.award.line.organisation_id))


def _cash(one: DepositView, name: str, forfeiture: Forfeiture | None) -> BondLine:
    return BondLine(
        organisation_id=one.organisation_id,
        organisation=name,
        form="CASH",
        amount=one.amount,
        state=one.state.value,
        ref="",
        covered=one.covered,
        due_on=one.refund_due_on,
        paid_at=one.refunded_at,
        interest=one.interest,
        standing=MACHINE.allows(one.state, MoneyCommand.FORFEIT),
        forfeiture=_last(forfeiture),
    )


def _paper(one: guarantees.GuaranteeView, name: str, forfeiture: Forfeiture | None) -> BondLine:
    claim = one.dossier.claim
    return BondLine(
        organisation_id=one.dossier.applicant_id,
        organisation=name,
        form="GUARANTEE",
        amount=one.dossier.amount,
        state=one.state.value,
        ref=one.ref,
        covered=not one.dossier.findings,
        due_on=claim.due_on if claim else one.dossier.expires_on,
        paid_at=claim.answered_at if claim else None,
        interest=Decimal("0.00"),
        standing=GUARANTEE.allows(one.state, GuaranteeCommand.CLAIM),
        forfeiture=_last(forfeiture),
    )


def _last(forfeiture: Forfeiture | None) -> Forfeiture | None:
    return forfeiture if forfeiture and forfeiture.state != ForfeitureState.REJECTED.value else None
