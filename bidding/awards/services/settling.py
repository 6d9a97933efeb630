"""Bonds go back: those who did not win, the winner after its contract, everybody where a section came to nothing."""

from datetime import datetime

from django.db import transaction

from bidding.awards.domain.securities import ForfeitureOpen, ForfeitureState, NothingToForfeit
from bidding.awards.domain.states import AwardState
from bidding.awards.models import Award, Forfeiture
from bidding.awards.policies import can_award
from bidding.awards.queries import standing_bond
from bidding.bids import services as bids
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.services.common import takers
from commons.domain.actor import Actor, system_actor
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append

KEEPER = system_actor("bonds")
AT_ONCE = 20
"""How many sections one errand settles; the next one goes on."""


def settle_due(at: datetime) -> int:
    """Give back the bonds of every section that ended or is contracted; how many sections are done with it."""
    return sum(_settle(section_id, at) for section_id in tenders.bonds_to_settle()[:AT_ONCE])


def give_back_losers(terms: tenders.SectionTerms, *, at: datetime) -> None:
    """After the award notice, where the procedure says so (财政部令第87号 第38条). Inside the caller's transaction."""
    waiting = Award.objects.filter(section_id=terms.section_id, state=AwardState.AWARDED.value).exists()
    if terms.bond is None or waiting or terms.profile.choice(Switch.BOND_BACK) != "AWARD_NOTICE":
        return
    kept = held(terms) | set(
        Award.objects.filter(section_id=terms.section_id).values_list("line__organisation_id", flat=True)
    )
    for organisation_id in takers(terms.tender_id):
        if organisation_id not in kept:
            bids.give_back(terms, organisation_id, reason=gettext_noop("did not win"), actor=KEEPER, at=at)


def held(terms: tenders.SectionTerms) -> set[int]:
    """Whose bond waits for the owner: a forfeiture is proposed, or it gave up and the owner has not said what follows.

    Once every forfeiture proposed against an organisation is decided, its bond follows the others.
    """
    said = Forfeiture.objects.filter(section_id=terms.section_id, award=None)
    proposed = set(said.filter(state=ForfeitureState.PROPOSED.value).values_list("organisation_id", flat=True))
    gave_up = Award.objects.filter(section_id=terms.section_id, state=AwardState.GIVEN_UP.value)
    decided = set(said.values_list("organisation_id", flat=True))
    asked = set(gave_up.values_list("line__organisation_id", flat=True)) - decided
    return proposed | {organisation_id for organisation_id in asked if standing_bond(terms, organisation_id)}


@transaction.atomic
def let_go(*, actor: Actor, section_id: int, organisation_id: int, reason: str, at: datetime) -> None:
    """The owner does not keep the bond of a winner that gave up: it goes back at once. Refuses `ForfeitureOpen`."""
    terms = tenders.section_terms(section_id)
    can_award(actor, terms).require()
    words = tender_services.words_of(reason)
    proposed = Forfeiture.objects.filter(
        section_id=section_id, organisation_id=organisation_id, award=None, state=ForfeitureState.PROPOSED.value
    )
    if proposed.exists():
        raise ForfeitureOpen()
    if not standing_bond(terms, organisation_id):
        raise NothingToForfeit()
    bids.give_back(terms, organisation_id, reason=words, actor=actor, at=at)
    payload: dict[str, JSON] = {
        "organisation": f"organisation:{organisation_id}",
        "reason_sha256": digest(words.encode()),
    }
    append(stream=terms.stream, type="BondLetGo", actor=actor, payload=payload, decided_at=at)


@transaction.atomic
def _settle(section_id: int, at: datetime) -> bool:
    terms = tenders.section_terms(section_id)
    kept = held(terms)
    reason = gettext_noop("the section ended")
    for organisation_id in takers(terms.tender_id):
        if organisation_id not in kept:
            bids.give_back(terms, organisation_id, reason=reason, actor=KEEPER, at=at)
    if kept:
        return False
    return tender_services.bonds_settled(section_id=section_id, at=at)
