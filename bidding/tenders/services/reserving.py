"""The secret reserve of a right: stated before the notice, sealed, told when the bids are read out."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders.domain.reserves import Reserve, ReserveInvalid, ReserveUnknown, check_reserve, parse
from bidding.tenders.models import SecretReserve, Section, Tender
from bidding.tenders.policies import can_decide_for_owner
from bidding.tenders.services.common import editable, profile_of, save, words_of
from commons.domain.actor import Actor, system_actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotFound
from commons.domain.text import gettext_noop
from commons.evidence import queries as evidence
from commons.evidence.domain import blinding, canonical
from commons.evidence.services import append_secret, reveal

KEEPER = system_actor("reserves")
MANY = 10_000
"""More than anybody states one reserve."""
STATED, TAKEN_BACK = "ReserveStated", "ReserveTakenBack"


@transaction.atomic
def state_reserve(*, actor: Actor, section_id: int, reserve: Reserve, at: datetime) -> None:
    """The owner itself states the reserve that was decided together; stated again, it takes the place of the first.

    Nobody reads it before the opening, its owner included. Refuses `ReserveUnknown`, `ReserveInvalid`, and anything
    after the draft was handed in.
    """
    row, tender = _section(actor, section_id, at)
    check_reserve(reserve.amount, row.right, ceiling=row.ceiling)
    if reserve.decided_on > local_day(at):
        raise ReserveInvalid(reason=gettext_noop("its decision is of a day to come"))
    said = Reserve(reserve.amount, words_of(reserve.body, 2), words_of(reserve.number, 2), reserve.decided_on)
    append_secret(stream=_stream(section_id), type=STATED, actor=actor, payload={**said.as_payload()}, decided_at=at)
    SecretReserve.objects.update_or_create(
        section=row, defaults={"sealed": said.as_payload(), "decision": said.decision(), "stated_at": at}
    )
    save(tender)


@transaction.atomic
def take_reserve_back(*, actor: Actor, section_id: int, at: datetime) -> None:
    """The right is granted without a reserve after all. Refuses `NotFound` where none was stated."""
    row, tender = _section(actor, section_id, at)
    if not SecretReserve.objects.filter(section=row).delete()[0]:
        raise NotFound()
    append_secret(stream=_stream(section_id), type=TAKEN_BACK, actor=actor, payload={}, decided_at=at)
    save(tender)


def require_reserves(tender: Tender, profile: ProcedureProfile) -> None:
    """Refuses (`ReserveInvalid`, `ReserveUnknown`) a reserve that no longer goes with what its section says."""
    for one in SecretReserve.objects.filter(section__tender=tender).select_related("section"):
        if not profile.has(Switch.RESERVE):
            raise ReserveUnknown()
        check_reserve(parse(one.sealed).amount, one.section.right, ceiling=one.section.ceiling)


def tell_reserve(*, section_id: int, at: datetime) -> Decimal | None:
    """Open the reserve as the bids are read out; nothing where none was stated. Inside the caller's transaction.

    What the log was told before the notice counts, whatever stands in the table by now.
    """
    stream = _stream(section_id)
    reveal(stream=stream, actor=KEEPER, at=at)
    told = [
        blinding.opened(link.payload)[1]
        for link in evidence.entries(stream, limit=MANY)
        if link.type == blinding.REVEALED
    ]
    if not told or told[-1].draft.type == TAKEN_BACK:
        return None
    payload = canonical.decode(told[-1].draft.payload)
    assert isinstance(payload, dict), "as it was appended"
    said = parse(payload)
    SecretReserve.objects.update_or_create(
        section_id=section_id,
        defaults={"sealed": said.as_payload(), "decision": said.decision(), "amount": said.amount, "revealed_at": at},
        create_defaults={"sealed": said.as_payload(), "decision": said.decision(), "amount": said.amount,
                         "revealed_at": at, "stated_at": at},
    )  # fmt: skip
    return said.amount


def _section(actor: Actor, section_id: int, at: datetime) -> tuple[Section, Tender]:
    row = Section.objects.filter(pk=section_id).first()
    if row is None:
        raise NotFound()
    tender = editable(actor, row.tender_id)
    can_decide_for_owner(actor, tender).require()
    if not profile_of(tender, at).has(Switch.RESERVE):
        raise ReserveUnknown()
    return row, tender


def _stream(section_id: int) -> str:
    return f"reserve:{section_id}"
