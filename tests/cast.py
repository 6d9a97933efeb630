"""The cast: the same named parties in every test; organisations' codes carry right check characters."""

from dataclasses import dataclass
from datetime import UTC, datetime

from commons.domain.actor import Actor, Assurance, Role
from commons.domain.codes import make_uscc
from commons.people.models import Membership, Organisation, Person

LONG_AGO = datetime(2026, 1, 4, 16, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Party:
    """Someone of the cast, for an organisation, in a role."""

    username: str
    organisation: str
    roles: tuple[Role, ...]
    assurance: Assurance = Assurance.FACE_OR_LICENCE


PARTIES = {
    "seller": Party("seller", "ecology", (Role.SELLER,)),
    "buyer1": Party("buyer1", "jinma", (Role.BIDDER,)),
    "buyer2": Party("buyer2", "lanshi", (Role.BIDDER,)),
    "buyer3": Party("buyer3", "nanfeng", (Role.BIDDER,)),
    "staff": Party("staff", "centre", (Role.STAFF, Role.OPERATOR)),
    "staff2": Party("staff2", "centre", (Role.STAFF, Role.HOST)),
    "host": Party("host", "centre", (Role.HOST,)),
    "finance": Party("finance", "centre", (Role.FINANCE,)),
    "finance2": Party("finance2", "centre", (Role.FINANCE,)),
    "treasury": Party("treasury", "treasury", (Role.TREASURY,)),
    "regulator": Party("regulator", "bureau", (Role.REGULATOR,)),
    "auditor": Party("auditor", "audit", (Role.AUDITOR,)),
}

ORGANISATIONS = {
    "centre": "佛山市公共资源交易中心",
    "ecology": "佛山市排污权储备中心",
    "jinma": "佛山金马印染有限公司",
    "lanshi": "佛山澜石铝业有限公司",
    "nanfeng": "三水南风陶瓷有限公司",
    "treasury": "佛山市财政局国库科",
    "bureau": "佛山市生态环境局",
    "audit": "佛山市审计局",
}


def organisation(key: str) -> Organisation:
    """The organisation of the cast, made on first use."""
    number = 5607781 + list(ORGANISATIONS).index(key)
    code = make_uscc(authority="9", category="1", region="440600", organisation8=f"{number:08d}")
    found, _ = Organisation.objects.get_or_create(
        uscc=code, defaults={"name": ORGANISATIONS[key], "region": "440600", "registered_at": LONG_AGO}
    )
    return found


def person(key: str) -> Person:
    """The person of the cast with its memberships, made on first use. The password is `luochui-demo`."""
    party = PARTIES[key]
    found = Person.objects.filter(username=party.username).first()
    if found is None:
        found = Person.objects.create_user(
            party.username, "luochui-demo", name=party.username, assurance=party.assurance.value
        )
        for role in party.roles:
            Membership.objects.create(
                person=found, organisation=organisation(party.organisation), role=role.value, granted_at=LONG_AGO
            )
    return found


def actor(key: str) -> Actor:
    """The actor of the cast, as the edge would make it."""
    party = PARTIES[key]
    return Actor(
        person_id=person(key).pk,
        organisation_id=organisation(party.organisation).pk,
        roles=frozenset(party.roles),
        assurance=party.assurance,
        session_ref=f"test-{key}",
    )
