"""A published tender with sealed bids, led through its opening hall: bids in, unlocked, read out, recorded."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bidding.opening import services as halls
from bidding.opening.models import Hall
from bidding.opening.services import Face
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from bidding.tenders import services
from bidding.tenders.models import Section
from commons.domain.money import capital_yuan, money
from tests import cast
from tests.integration.bidding.opening import story as opening
from tests.integration.bidding.opening.story import Opening
from tests.integration.bidding.story import Told

PRICES = {"builder1": "11000000.00", "builder2": "11100000.00", "builder3": "11200000.00"}


def bids_in(told: Told, prices: Mapping[str, str] = PRICES) -> Opening:
    """Everybody of `prices` takes the documents, hands in a sealed bid and signs in."""
    assert told.officers is not None, "a sealed procedure has its officers"
    terms = tenders.section_terms(told.section_id)
    assert terms.bid_deadline is not None
    assert terms.intake_id is not None
    told.officers.intake_id = terms.intake_id
    found = Opening(Section.objects.get(pk=told.section_id), told.officers)
    at = terms.bid_deadline - timedelta(minutes=20)
    halls.prepare_halls(at)
    found.hall_id = Hall.objects.get(section=found.section).pk
    for key, price in prices.items():
        services.take_documents(
            actor=cast.actor(key), tender_id=told.tender_id, at=told.published_at + timedelta(days=1)
        )
        opening.hand_in(found, key, at=at, files=files_of(found, key, price))
        halls.sign_in(actor=opening.bidder(key), hall_id=found.hall_id, face=_face(found, key), at=at)
    return found


def files_of(found: Opening, key: str, price: str) -> list[tuple[str, bytes]]:
    return opening.bid_of(found, key, price={"figures": price, "words": capital_yuan(money(price))})


def decrypted(found: Opening, *keys: str) -> datetime:
    """The list is published and everybody unlocks, two officers too; when it can be drawn or read out."""
    at = _deadline(found) + timedelta(seconds=11)
    halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=at)
    opening.unlock(found, *(keys or PRICES), at=at)
    halls.follow(at)
    if found.hall.state == "DRAWING":
        at = opening.drawn(found, at)
    return at


def recorded(found: Opening, at: datetime, *, owner: str = "tenderee", keys: tuple[str, ...] = ()) -> datetime:
    """Read out, confirmed, recorded; the section is ready for its review."""
    halls.read_out(actor=cast.actor(owner), hall_id=found.hall_id, at=at)
    for key in keys or tuple(PRICES):
        halls.confirm_price(actor=cast.actor(key), hall_id=found.hall_id, agrees=True, at=at)
    halls.draft_record(actor=cast.actor(owner), hall_id=found.hall_id, at=at)
    halls.close(actor=cast.actor(owner), hall_id=found.hall_id, at=at)
    return at


def _face(found: Opening, key: str) -> Face | None:
    terms = tenders.section_terms(found.section.pk)
    return opening.face(found, key) if terms.profile.has(Switch.FACE_SIGN_IN) else None


def _deadline(found: Opening) -> datetime:
    deadline = tenders.section_terms(found.section.pk).bid_deadline
    assert deadline is not None
    return deadline
