"""A guarantee in the place of the bond: asked for while the bid is prepared, opened with the bids."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from bidding.tenders import queries as tenders
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.money import Money
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.parameters import queries as parameters
from commons.people import queries as people
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain import terms as guarantee_terms
from signatures.guarantees.domain.terms import GuaranteeKind, Procedure, Required


class NoBondAsked(Refusal):
    code = "NO_BOND_ASKED"
    message = gettext_noop("This section asks for no bond.")


@transaction.atomic
def ask_for_bond_guarantee(
    *, actor: Actor, section_id: int, issuer_id: int, kind: GuaranteeKind, note: str, at: datetime
) -> str:
    """Ask an issuer to stand for the bond of a section; the guarantee's reference.

    Refuses `MayNotBid`, `NoBondAsked`, and what `guarantees.apply` refuses.
    """
    terms = tenders.section_terms(section_id)
    organisation_id = actor.organisation_id or 0
    tenders.eligibility_of(section_id=section_id, organisation_id=organisation_id, at=at).require()
    assert terms.bid_deadline is not None, "the section takes bids"
    what = guarantees.For(
        subject=terms.stream,
        beneficiary_id=terms.owner_id,
        required=required_of(terms, at=at),
        deadline=terms.bid_deadline,
        trade_type=terms.sector.value,
        region=terms.region,
    )
    return guarantees.apply(actor=actor, issuer_id=issuer_id, what=what, kind=kind, note=note, at=at)


def required_of(terms: SectionTerms, *, at: datetime) -> Required:
    """What the section asks of a guarantee: the bond, towards the owner, as long as bids are valid (条例 第26条)."""
    if terms.bond is None or terms.bid_deadline is None:
        raise NoBondAsked()
    owner = people.organisations([terms.owner_id])[terms.owner_id]
    days = parameters.integer("deposit.guarantee_valid_days", on=at.date())
    return Required(
        procedure=Procedure(
            beneficiary=guarantee_terms.Party(owner.uscc, owner.name),
            project_code=terms.tender_code,
            section_code=terms.code,
            title=terms.title,
        ),
        amount=Money(terms.bond),
        valid_until=local_day(terms.bid_deadline) + timedelta(days=days),
    )


def open_bond_guarantees(
    *, actor: Actor, terms: SectionTerms, organisation_ids: Iterable[int], at: datetime
) -> dict[int, tuple[str, bool]]:
    """At the opening: each bidder's guarantee with its reference, and whether it is what was asked for."""
    if terms.bond is None:
        return {}
    opened = guarantees.unseal(
        actor=actor,
        subject=terms.stream,
        organisation_ids=organisation_ids,
        required=required_of(terms, at=at),
        at=at,
    )
    return {one.organisation_id: (one.ref, not one.findings) for one in opened}
