"""A citizen of the demo city who buys a survey, as an owner who is a natural person."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from commons.domain.actor import Actor, Assurance, Role
from commons.domain.codes import citizen_id
from commons.identity import embedded as identity
from commons.people import services as people
from marketplace.catalogue.domain.requirements import parse
from marketplace.entry import services as entries
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.methods import FundSource
from marketplace.signups import services as signups
from portal.demo.cast import CLERK, LONG_AGO, REGION, actor, password_hash
from portal.demo.supermarket.agencies import agency_actor
from portal.demo.supermarket.needs import base_need

LOGIN, NAME, NUMBER, PHONE = "citizen", "容佩兰", "440602198805150027", "0757-83000077"
TRIES = "buy a service for yourself, without an organisation; see what the public reads of your name"


def enter_citizen(items: dict[str, int], at: datetime) -> int:
    """The citizen's account, entry and published need; the need's number."""
    number = citizen_id(NUMBER)
    identity.enrol_person(citizen_id=number, name=NAME, assurance=Assurance.FACE_OR_LICENCE, at=LONG_AGO)
    party = people.enrol_natural_person(actor=CLERK, number=number, name=NAME, region=REGION, at=LONG_AGO)
    person = people.enrol_person(
        actor=CLERK, username=LOGIN, name=NAME, password_hash=password_hash(), assurance=Assurance.FACE_OR_LICENCE,
        organisation_id=party, roles=(Role.OWNER,), at=LONG_AGO,
    )  # fmt: skip
    facts = entries.Admission(party, EntrantKind.OWNER, contact_name=NAME, contact_phone=PHONE)
    entries.admit(actor=CLERK, facts=facts, at=at - timedelta(days=30))
    need = replace(
        base_need(items), title="自建住宅宗地测量", item_id=items["ZJ-B-001"], fund=FundSource.SOCIAL,
        requirement=parse("SURVEY@2"), ceiling_price=Decimal("4800.00"), scale="宅基地约120平方米",
        contact_name=NAME, contact_phone=PHONE,
    )  # fmt: skip
    who = Actor(person, party, frozenset({Role.OWNER}), Assurance.FACE_OR_LICENCE)
    made = procurements.start_draft(actor=who, need=need, at=at - timedelta(hours=20))
    procurements.submit(actor=who, procurement_id=made, at=at - timedelta(hours=20))
    procurements.publish(actor=actor("staff"), procurement_id=made, at=at - timedelta(hours=20))
    for house in (actor("agency2"), agency_actor(3)):
        signups.sign_up(actor=house, procurement_id=made, at=at - timedelta(hours=1), key="demo-citizen")
    return made
