"""A hall from the sign-in to the record: what each step asks, what it shows, and what it refuses."""

from datetime import timedelta

import pytest

from bidding.opening import queries
from bidding.opening import services as halls
from bidding.opening.domain.refusals import (
    HallNotDue,
    NotYours,
    ObjectionsOpen,
    PriceAnswered,
    PricesOpen,
    SignInNeedsFace,
    SignInNotOpen,
)
from bidding.opening.domain.states import HallState, WordKind
from bidding.opening.models import HallBid, HallPicture, HallWord
from bidding.opening.queries import Viewer, mask, scene
from bidding.tenders.domain.eligibility import MayNotBid
from bidding.tenders.models import Section
from commons.domain.actor import Assurance
from commons.domain.refusals import AssuranceTooLow, NotPermitted
from signatures.envelopes import queries as envelopes
from signatures.envelopes import services as sealing
from signatures.envelopes.domain.rules import IntakeLate
from tests import cast
from tests.integration.bidding.opening import story as stories
from tests.integration.bidding.opening.story import DEADLINE, FACE, LISTED, SIGNING_IN

pytestmark = pytest.mark.django_db


def test_sign_in_asks_for_certificate_face_and_time() -> None:
    found = stories.opening()
    who = stories.bidder("buyer1")

    weak = stories.bidder("buyer1", assurance=Assurance.FACE_OR_LICENCE)
    with pytest.raises(AssuranceTooLow):
        halls.sign_in(actor=weak, hall_id=found.hall_id, face=FACE, at=SIGNING_IN)
    with pytest.raises(SignInNeedsFace):
        halls.sign_in(actor=who, hall_id=found.hall_id, face=None, at=SIGNING_IN)
    with pytest.raises(SignInNotOpen):
        halls.sign_in(actor=who, hall_id=found.hall_id, face=FACE, at=DEADLINE - timedelta(days=2))
    with pytest.raises(NotPermitted):
        halls.sign_in(actor=cast.actor("host"), hall_id=found.hall_id, face=FACE, at=SIGNING_IN)
    with pytest.raises(MayNotBid):
        halls.sign_in(actor=stories.bidder("robot1"), hall_id=found.hall_id, face=FACE, at=SIGNING_IN)

    halls.sign_in(actor=who, hall_id=found.hall_id, face=FACE, at=SIGNING_IN)
    assert queries.sign_in_state(who, found.hall_id)
    assert not queries.sign_in_state(cast.actor("buyer2"), found.hall_id)


def test_who_cannot_show_a_face_signs_in_by_photo_and_reason_and_the_photo_is_erased() -> None:
    found = stories.opening()
    who, picture = stories.bidder("buyer1"), b"\xff\xd8\xff" + b"\0" * 100
    blank = halls.Face(matched=False, reason=" ", picture=picture)
    with pytest.raises(SignInNeedsFace):
        halls.sign_in(actor=who, hall_id=found.hall_id, face=blank, at=SIGNING_IN)

    reason = halls.Face(matched=False, reason="the camera is broken", picture=picture)
    halls.sign_in(actor=who, hall_id=found.hall_id, face=reason, at=SIGNING_IN)

    assert HallPicture.objects.get().image
    assert halls.erase_pictures(SIGNING_IN + timedelta(days=179)) == 0
    assert halls.erase_pictures(SIGNING_IN + timedelta(days=180)) == 1
    assert HallPicture.objects.get().image is None


def test_the_list_comes_after_the_deadline_and_reveals_who_signed_in() -> None:
    found = stories.opening()
    for key in ("buyer1", "buyer2", "buyer3"):
        stories.hand_in(found, key)
    halls.sign_in(actor=stories.bidder("buyer1"), hall_id=found.hall_id, face=FACE, at=SIGNING_IN)
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


def test_one_who_fails_to_unlock_is_revoked_with_the_article_and_the_rest_go_on() -> None:
    found = stories.listed()

    stories.decrypted(found, "buyer1", "buyer2")

    assert found.hall.state == HallState.DRAWING
    bids = mask(scene(found.hall_id), Viewer.PUBLIC)["bids"]
    third = next(bid for bid in bids if bid["bidder"] == cast.organisation("nanfeng").name)
    assert (third["state"], third["cause"], third["consequence"]) == ("FAILED_BIDDER", "BIDDER_NO_KEY", "REVOKED")
    assert "第31条" in third["article"]


def test_no_value_is_shown_to_anybody_before_all_are_opened_and_read() -> None:
    found = stories.listed()
    stories.unlock(found, "buyer1")
    halls.follow(LISTED)

    for viewer in Viewer:
        told = str(mask(scene(found.hall_id), viewer, organisation_id=cast.organisation("jinma").pk))
        assert stories.PRICES["buyer1"] not in told


def test_from_the_draw_to_the_signed_off_record() -> None:
    found = stories.listed()
    at = stories.drawn(found, stories.decrypted(found, "buyer1", "buyer2", "buyer3"))
    assert found.hall.state == HallState.READING
    assert str(found.hall.delta).rstrip("0") in stories.DELTAS

    halls.read_out(actor=stories.owner(), hall_id=found.hall_id, at=at)
    prices = {bid["bidder"]: bid["price"] for bid in mask(scene(found.hall_id), Viewer.PUBLIC)["bids"]}
    assert sorted(prices.values()) == sorted(stories.PRICES.values())
    sheet = queries.price_sheet(found.hall_id)
    assert sheet is not None
    assert len(sheet["scores"]) == 3
    with pytest.raises(PricesOpen):
        halls.draft_record(actor=stories.owner(), hall_id=found.hall_id, at=at)

    for key in stories.PRICES:
        halls.confirm_price(actor=cast.actor(key), hall_id=found.hall_id, agrees=True, at=at)
    with pytest.raises(PriceAnswered):
        halls.confirm_price(actor=cast.actor("buyer1"), hall_id=found.hall_id, agrees=False, at=at)
    halls.draft_record(actor=stories.owner(), hall_id=found.hall_id, at=at)
    number = halls.close(actor=stories.owner(), hall_id=found.hall_id, at=at)

    assert number == found.hall.record_number
    assert Section.objects.get().state == "OPENED"
    assert queries.replay(found.hall_id)["holds"]


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


def test_objections_are_heard_by_all_and_must_be_answered_before_the_end() -> None:
    found = stories.listed()
    with pytest.raises(NotYours):
        halls.speak(actor=cast.actor("robot1"), hall_id=found.hall_id, kind=WordKind.OBJECTION, text="x", at=LISTED)
    word = halls.speak(
        actor=cast.actor("buyer2"), hall_id=found.hall_id, kind=WordKind.OBJECTION, text="顺序有误", at=LISTED
    )
    question = halls.speak(
        actor=cast.actor("buyer2"), hall_id=found.hall_id, kind=WordKind.QUESTION, text="几点结束？", at=LISTED
    )
    shown = mask(scene(found.hall_id), Viewer.PUBLIC)["words"]
    assert [one["id"] for one in shown] == [word], "a question waits to be admitted"
    halls.admit(actor=cast.actor("host"), word_id=question, shown=True, at=LISTED)
    assert len(mask(scene(found.hall_id), Viewer.PUBLIC)["words"]) == 2

    at = stories.drawn(found, stories.decrypted(found, "buyer1", "buyer2", "buyer3"))
    halls.read_out(actor=stories.owner(), hall_id=found.hall_id, at=at)
    late = at + timedelta(minutes=31)
    halls.draft_record(actor=stories.owner(), hall_id=found.hall_id, at=late)
    with pytest.raises(ObjectionsOpen):
        halls.close(actor=stories.owner(), hall_id=found.hall_id, at=late)
    with pytest.raises(NotPermitted):
        halls.answer(actor=cast.actor("host"), word_id=word, text="the centre does not speak for the owner", at=late)
    halls.answer(actor=stories.owner(), word_id=word, text="按接收顺序。", at=late)
    halls.close(actor=stories.owner(), hall_id=found.hall_id, at=late)

    halls.resume(actor=stories.owner(), hall_id=found.hall_id, reason="更正唱标", at=late)
    assert (found.hall.state, found.hall.meeting) == (HallState.CONFIRMING, 2)
    assert HallWord.objects.get(pk=word).answer == "按接收顺序。"


def test_too_few_opened_ends_the_section_with_the_record() -> None:
    found = stories.listed()
    at = stories.drawn(found, stories.decrypted(found, "buyer1", "buyer2"))
    halls.read_out(actor=stories.owner(), hall_id=found.hall_id, at=at)
    codes = [remark["code"] for remark in scene(found.hall_id)["remarks"]]
    assert "FEWER_THAN_MINIMUM" in codes
    late = at + timedelta(minutes=31)
    halls.draft_record(actor=stories.owner(), hall_id=found.hall_id, at=late)
    halls.close(actor=stories.owner(), hall_id=found.hall_id, at=late)

    section = Section.objects.get()
    assert (section.state, section.failure) == ("FAILED", "TOO_FEW_OPENED")


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
