"""The list of an opening: after the deadline, of enough bids, of those in time."""

from datetime import timedelta

import pytest

from bidding.opening import services as halls
from bidding.opening.domain.refusals import (
    HallNotDue,
)
from bidding.opening.domain.states import HallState
from bidding.opening.models import HallBid
from bidding.opening.queries import Viewer, mask, scene
from bidding.tenders.domain.eligibility import MayNotBid
from bidding.tenders.models import Section
from signatures.envelopes import queries as envelopes
from signatures.envelopes import services as sealing
from signatures.envelopes.domain.rules import IntakeLate
from tests import cast
from tests.integration.bidding.opening import story as stories
from tests.integration.bidding.opening.story import DEADLINE, LISTED, SIGNING_IN

pytestmark = pytest.mark.django_db


def test_the_list_comes_after_the_deadline_and_reveals_who_signed_in() -> None:
    found = stories.opening()
    for key in ("buyer1", "buyer2", "buyer3"):
        stories.hand_in(found, key)
    halls.sign_in(
        actor=stories.bidder("buyer1"), hall_id=found.hall_id, face=stories.face(found, "buyer1"), at=SIGNING_IN
    )
    with pytest.raises(HallNotDue):
        halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=DEADLINE)
    assert mask(scene(found.hall_id), Viewer.HOST)["bids"] == []

    halls.advance_due(LISTED)

    bids = mask(scene(found.hall_id), Viewer.PUBLIC)["bids"]
    assert sorted(bid["signed_in"] for bid in bids) == ["", "", "FACE"]
    assert all(bid["price"] == "" for bid in bids)
    assert Section.objects.get().state == "OPENING"


def test_fewer_than_three_opens_nothing_and_names_nobody() -> None:
    found = stories.opening()
    for key in ("buyer1", "buyer2"):
        stories.hand_in(found, key)

    halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=LISTED)

    assert found.hall.state == HallState.NOT_OPENED
    assert not HallBid.objects.exists()
    assert envelopes.opening(cast.actor("host"), found.sealed.intake_id).envelopes == ()
    section = Section.objects.get()
    assert (section.state, section.failure) == ("FAILED", "TOO_FEW_BIDS")


def test_a_withdrawn_bid_does_not_count_and_a_replaced_one_counts_once() -> None:
    found = stories.opening()
    for key in ("buyer1", "buyer2", "buyer3", "buyer3"):
        stories.hand_in(found, key)
    sealing.withdraw(actor=cast.actor("buyer1"), intake_id=found.sealed.intake_id, at=SIGNING_IN)

    assert halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=LISTED) == 2


def test_submissions_straddling_the_deadline_fall_on_their_side_by_server_receipt() -> None:
    found = stories.opening()
    for offset in (-50, -1):
        stories.hand_in(found, "buyer1", at=DEADLINE + timedelta(milliseconds=offset))
    for offset in (0, 1, 50):
        with pytest.raises(IntakeLate) as late:
            stories.hand_in(found, "buyer1", at=DEADLINE + timedelta(milliseconds=offset))
        assert late.value.fields["late_by"] == f"{offset / 1000:.3f}"


def test_only_who_may_bid_gets_a_permission_to_upload() -> None:
    found = stories.opening()

    with pytest.raises(MayNotBid):
        sealing.authorise_upload(actor=cast.actor("robot1"), intake_id=found.sealed.intake_id, at=SIGNING_IN)
