"""The agreements of consortia, for their own members."""

from decimal import Decimal

from bidding.bids.domain.consortium import Member
from bidding.bids.models import ConsortiumAgreement
from commons.domain.actor import Actor
from commons.domain.refusals import NotFound


def agreements_of(section_id: int) -> list[ConsortiumAgreement]:
    """Those of a section. Every row of the city is looked into: no column tells which they are."""
    return [row for row in ConsortiumAgreement.objects.order_by("pk").iterator() if row.party.place == section_id]


def members_of(row: ConsortiumAgreement) -> list[Member]:
    """The members in the order of the agreement."""
    return [
        Member(
            one["organisation"],
            one["uscc"],
            one["name"],
            Decimal(one["share"]),
            one["role"],
            one["licence"],
            one["signed_at"],
        )
        for one in row.facts["members"]
    ]


def own_agreements(viewer: Actor, section_id: int) -> list[tuple[ConsortiumAgreement, list[Member]]]:
    """The agreements in which the viewer's organisation leads or is named."""
    found = [(row, members_of(row)) for row in agreements_of(section_id)]
    return [pair for pair in found if any(one.organisation_id == viewer.organisation_id for one in pair[1])]


def led_by(viewer: Actor, section_id: int) -> list[Member]:
    """The members of the consortium that the viewer's organisation leads, as its bid names them; mostly nobody."""
    found = (
        members for row, members in own_agreements(viewer, section_id) if row.organisation_id == viewer.organisation_id
    )
    return next(found, [])


def section_of_agreement(viewer: Actor, agreement_id: int) -> int:
    """For which section an agreement is, for its members. Refuses `NotFound`."""
    row = ConsortiumAgreement.objects.filter(pk=agreement_id).first()
    if row is None or all(one.organisation_id != viewer.organisation_id for one in members_of(row)):
        raise NotFound()
    return int(row.party.place)
