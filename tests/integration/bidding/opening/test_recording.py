"""Objections, questions, the record and who signs it, the meeting held again, the hall's log."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection

from bidding.opening import queries
from bidding.opening import services as halls
from bidding.opening.domain.refusals import (
    NotYours,
    ObjectionsOpen,
    PriceAnswered,
    PricesOpen,
)
from bidding.opening.domain.states import HallState, WordKind
from bidding.opening.models import HallEntry, HallWord
from bidding.opening.queries import Viewer, mask, scene
from bidding.tenders.models import Section
from commons.domain.refusals import NotPermitted
from commons.evidence.domain.canonical import decode
from signatures.documents import queries as papers
from tests import cast
from tests.integration.bidding.opening import story as stories
from tests.integration.bidding.opening.story import LISTED
from tests.plugins.append_only import triggers_lifted
from tests.signing import sign_as

pytestmark = pytest.mark.django_db


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
    signed = json.loads(bytes(found.hall.record))["bids"]
    assert {one["duration_days"] for one in signed} == {"180"}
    assert all(one["capitals"] and one["received_at"] and one["bond"] == "" for one in signed)
    number = halls.close(actor=stories.owner(), hall_id=found.hall_id, at=at)

    assert number == found.hall.record_number
    assert Section.objects.get().state == "OPENED"
    assert queries.replay(found.hall_id)["holds"]


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


def recording(*keys: str) -> tuple[stories.Opening, datetime]:
    """A hall whose record is drafted; when."""
    found = stories.listed()
    at = stories.drawn(found, stories.decrypted(found, "buyer1", "buyer2", "buyer3"))
    halls.read_out(actor=stories.owner(), hall_id=found.hall_id, at=at)
    for key in stories.PRICES:
        halls.confirm_price(actor=cast.actor(key), hall_id=found.hall_id, agrees=True, at=at)
    halls.draft_record(actor=stories.owner(), hall_id=found.hall_id, at=at)
    for key in keys:
        sign_record(found, key, at)
    return found, at


def sign_record(found: stories.Opening, key: str, at: datetime) -> None:
    asked = halls.request_record_signature(actor=cast.actor(key), hall_id=found.hall_id, at=at)
    sign_as(key, asked, at=at)


def test_the_record_carries_the_signatures_of_those_present_and_names_the_others() -> None:
    found, at = recording("buyer1", "buyer2")
    with pytest.raises(NotYours):
        halls.request_record_signature(actor=cast.actor("robot1"), hall_id=found.hall_id, at=at)

    halls.close(actor=stories.owner(), hall_id=found.hall_id, at=at)

    signed = {bid.organisation_id: bid.record_signed_at for bid in found.hall.bids.all()}
    nanfeng = cast.organisation("nanfeng")
    assert [key for key, when in signed.items() if when is None] == [nanfeng.pk]
    paper = papers.newest(found.hall.stream, "bidding.opening-record")
    assert paper is not None
    assert {party.organisation_id for party in paper.parties} == set(signed) - {nanfeng.pk}
    record = decode(bytes(found.hall.record))
    assert isinstance(record, dict)
    told = queries.replay(found.hall_id)["lines"]
    assert told[int(record["log"]["seq"]) - 1]["sha256"] == record["log"]["sha256"]


def test_a_meeting_held_again_has_a_record_of_its_own_which_is_signed_anew() -> None:
    found, at = recording("buyer1")
    first = halls.close(actor=stories.owner(), hall_id=found.hall_id, at=at)
    old = bytes(found.hall.record)

    halls.resume(actor=stories.owner(), hall_id=found.hall_id, reason="更正唱标", at=at)
    halls.draft_record(actor=stories.owner(), hall_id=found.hall_id, at=at)
    assert bytes(found.hall.record) != old
    assert not found.hall.bids.filter(record_signed_at__isnull=False).exists()
    sign_record(found, "buyer2", at)
    second = halls.close(actor=stories.owner(), hall_id=found.hall_id, at=at)

    assert second != first
    kinds = [line["kind"] for line in queries.replay(found.hall_id)["lines"]]
    assert kinds.count("hall.closed") == 2
    assert kinds.count("hall.resumed") == 1
    assert Section.objects.get().state == "OPENED"


def test_a_refused_question_is_seen_by_nobody_and_stands_in_no_log() -> None:
    found = stories.listed()
    word = halls.speak(
        actor=cast.actor("buyer2"), hall_id=found.hall_id, kind=WordKind.QUESTION, text="不当言论", at=LISTED
    )
    with pytest.raises(NotPermitted):
        halls.admit(actor=cast.actor("buyer1"), word_id=word, shown=True, at=LISTED)
    halls.admit(actor=cast.actor("host"), word_id=word, shown=False, at=LISTED)

    assert mask(scene(found.hall_id), Viewer.PUBLIC)["words"] == []
    assert "不当言论" not in str(queries.replay(found.hall_id))


def test_a_line_of_the_log_that_was_changed_afterwards_does_not_hold() -> None:
    found = stories.listed()
    line = HallEntry.objects.filter(hall_id=found.hall_id).latest("seq")
    with triggers_lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE bidding_hallentry SET facts = %s WHERE id = %s", [json.dumps({"bids": "2"}), line.pk])

    told = queries.replay(found.hall_id)

    assert not told["holds"]
    assert [one["seq"] for one in told["lines"] if not one["holds"]] == [line.seq]
