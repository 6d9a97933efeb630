"""Unlocking and reading out: what fails, what is hidden, what must be confirmed."""

import pytest

from bidding.bids.labels import finding_sentence
from bidding.opening import queries
from bidding.opening import services as halls
from bidding.opening.domain.states import HallState
from bidding.opening.queries import Viewer, mask, scene
from signatures.crypto.suites import Suite
from signatures.envelopes import store
from tests import cast
from tests.integration.bidding.opening import story as stories
from tests.integration.bidding.opening.story import LISTED

pytestmark = pytest.mark.django_db


def test_one_who_fails_to_unlock_is_revoked_with_the_article_and_the_rest_go_on() -> None:
    found = stories.listed()

    stories.decrypted(found, "buyer1", "buyer2")

    assert found.hall.state == HallState.DRAWING
    bids = mask(scene(found.hall_id), Viewer.PUBLIC)["bids"]
    third = next(bid for bid in bids if bid["bidder"] == cast.organisation("nanfeng").name)
    assert (third["state"], third["cause"], third["consequence"]) == ("FAILED_BIDDER", "BIDDER_NO_KEY", "REVOKED")
    assert "第31条" in third["article"]


def test_bids_sealed_with_the_national_algorithms_are_opened_and_read_like_any_other() -> None:
    """From the officers' keys to the prices read out: nothing above the envelopes knows which suite it is."""
    found = stories.listed(suite=Suite.SM)
    for bid in found.hall.bids.all():
        with store.open_sealed(bid.envelope_ref) as file:
            assert b"SM4GCM-STREAM-1" in file.read(600)

    at = stories.drawn(found, stories.decrypted(found, "buyer1", "buyer2", "buyer3"))
    halls.read_out(actor=stories.owner(), hall_id=found.hall_id, at=at)

    bids = mask(scene(found.hall_id), Viewer.PUBLIC)["bids"]
    assert sorted(bid["price"] for bid in bids) == sorted(stories.PRICES.values())


def test_who_signed_in_and_is_not_among_the_people_of_the_bid_is_told_to_the_host() -> None:
    found = stories.opening()
    leader = cast.PARTIES["buyer1"].name
    for key, name in (("buyer1", leader), ("buyer2", "另一人"), ("buyer3", "")):
        named = [{"name": name, "role": "项目负责人", "certificate": "粤1"}] if name else []
        stories.hand_in(found, key, people=named)
        halls.sign_in(
            actor=stories.bidder(key), hall_id=found.hall_id, face=stories.face(found, key), at=stories.SIGNING_IN
        )
    halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=LISTED)
    stories.decrypted(found, "buyer1", "buyer2", "buyer3")

    told = [finding for bid in found.hall.bids.all() for finding in bid.findings]
    assert told == [
        {"check": "SIGNED_IN_UNNAMED", "level": "WARNING", "what": cast.PARTIES["buyer2"].name, "other": ""}
    ]
    assert cast.PARTIES["buyer2"].name in finding_sentence(told[0])


def test_no_value_is_shown_to_anybody_before_all_are_opened_and_read() -> None:
    found = stories.listed()
    stories.unlock(found, "buyer1")
    halls.follow(LISTED)

    for viewer in Viewer:
        told = str(mask(scene(found.hall_id), viewer, organisation_id=cast.organisation("jinma").pk))
        assert stories.PRICES["buyer1"] not in told


def test_a_corrected_price_counts_only_when_its_bidder_agrees() -> None:
    found = stories.opening()
    words = {"price": {"figures": "8200000.00", "words": "捌佰贰拾伍万元整"}}
    stories.hand_in(found, "buyer1", files=stories.bid_of(found, "buyer1", **words))
    for key in ("buyer2", "buyer3"):
        stories.hand_in(found, key)
    halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=LISTED)
    at = stories.drawn(found, stories.decrypted(found, "buyer1", "buyer2", "buyer3"))
    halls.read_out(actor=stories.owner(), hall_id=found.hall_id, at=at)

    own = next(bid for bid in mask(scene(found.hall_id), Viewer.HOST)["bids"] if bid["needs_confirmation"])
    assert own["price"] == "8250000.00"
    assert "WORDS_DIFFER" in {finding["check"] for finding in own["findings"]}
    sheet = queries.price_sheet(found.hall_id)
    assert sheet is not None
    assert len(sheet["scores"]) == 2
    halls.confirm_price(actor=cast.actor("buyer1"), hall_id=found.hall_id, agrees=True, at=at)
    again = queries.price_sheet(found.hall_id)
    assert again is not None
    assert len(again["scores"]) == 3
