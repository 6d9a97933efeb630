"""A lot's room in the hands of the exchange: it goes on after a notice, and is not set aside under standing deals."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from commons.approvals import services as approvals
from commons.domain.actor import Assurance
from commons.inbox.models import InboxMessage
from exchange.auctions import services as auctions
from exchange.contracts.models import Deal
from exchange.projects.models import Lot
from exchange.rooms import queries as rooms
from exchange.rooms import services as conducting
from exchange.rooms.queries import RoomView
from exchange.rooms.services import conducting as services
from exchange.rooms.services.conducting import ResultTaken, ResumedWithoutNotice
from tests.cast import actor, person
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_story import TWO, hammered

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def paused() -> tuple[Lot, datetime]:
    """A lot whose room was paused by two persons, ten minutes before the end of its free phase."""
    lot = story.qualified_lot(TWO)
    assert lot.room_id is not None
    story.run_room(lot, lot.opens_at)
    at = lot.opens_at + timedelta(minutes=20)
    conducting.pause(
        actor=actor("host"), room_id=lot.room_id, approval_id=approved(lot, "room.pause", at), reason="停电", at=at
    )
    return lot, at


def approved(lot: Lot, kind: str, at: datetime) -> int:
    number = approvals.request(
        actor=actor("staff"), kind=kind, subject=f"room:{lot.room_id}", reason="停电", payload={"room": "1"}, at=at
    )
    approvals.approve(actor=actor("host"), approval_id=number, at=at)
    return number


def room_of(lot: Lot) -> RoomView:
    found = rooms.room(lot.room_id or 0)
    assert found is not None
    return found


def test_a_paused_room_goes_on_only_after_the_notice_of_its_rules_and_everybody_who_may_bid_is_told() -> None:
    lot, at = paused()
    later = at + timedelta(hours=1)
    order: dict[str, Any] = {"actor": actor("host"), "room_id": lot.room_id, "reason": "来电", "at": later}

    with pytest.raises(ResumedWithoutNotice):
        conducting.resume(approval_id=approved(lot, "room.resume", later), **order)
    resumes_at = later + timedelta(minutes=30)
    conducting.resume(approval_id=approved(lot, "room.resume", later), resumes_at=resumes_at, **order)

    assert room_of(lot).closes_at == resumes_at + timedelta(minutes=10)
    told = [message.subject_msgid for message in InboxMessage.objects.all() if "room for lot" in message.subject_msgid]
    assert len([words for words in told if "goes on at" in words]) == 2
    assert len([words for words in told if "is paused" in words]) == 2


def test_the_host_asks_for_the_resumption_with_its_notice_and_a_second_person_approves(
    client: Client, settings: Any, time_machine: Any
) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    lot, at = paused()
    time_machine.move_to(at, tick=False)
    address = f"/rooms/{lot.room_id}/conduct/"
    client.force_login(person("host"), backend=BACKEND)
    assert 'value="30"' in client.get(f"/rooms/{lot.room_id}/host/").content.decode()

    assert client.post(address, {"act": "resume", "reason": "来电", "minutes": "29"}).status_code == 400
    assert client.post(address, {"act": "resume", "reason": "来电", "minutes": "45"}).status_code == 302
    client.force_login(person("staff"), backend=BACKEND)
    page = client.get(f"/rooms/{lot.room_id}/host/")
    (waiting,) = page.context["conduct"].approvals
    assert "45" in page.content.decode()
    assert client.post(address, {"act": "approve", "approval": str(waiting.id)}).status_code == 302

    assert room_of(lot).closes_at == at + timedelta(minutes=55)


def test_a_room_is_not_set_aside_under_deals_that_stand() -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    assert lot.room_id is not None

    with pytest.raises(ResultTaken):
        conducting.void(
            actor=actor("staff"),
            room_id=lot.room_id,
            decided_by="佛山市生态环境局",
            decision_no="佛环函〔2026〕70号",
            document_id=str(story.document("staff", f"room:{lot.room_id}", after)),
            reason="程序违法",
            at=after,
        )

    assert room_of(lot).phase == "ENDED"


@pytest.mark.parametrize("guarded", [True, False])
def test_a_room_is_not_set_aside_while_its_result_is_taken(guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lot's lock deals stood on a room that was set aside; with it one of both comes first."""
    lot = story.qualified_lot(TWO)
    room_id = lot.room_id or 0
    after = lot.opens_at + timedelta(hours=2)
    story.run_room(lot, lot.opens_at)
    for key in TWO:
        story.bid(lot, key, "20000.00" if key == "buyer1" else "20100.00", at=lot.opens_at + timedelta(minutes=1))
    story.run_room(lot, after)
    document = str(story.document("staff", f"room:{room_id}", after))
    looked, taken, carry_out = Event(), Event(), services.conduct

    def slowly(*given: Any, **named: Any) -> None:
        looked.set()
        taken.wait(1)
        carry_out(*given, **named)

    monkeypatch.setattr(services, "conduct", slowly)
    if not guarded:
        monkeypatch.setattr(services, "locked_lot", lambda pk: Lot.objects.get(pk=pk))

    def take() -> None:
        looked.wait(10)
        auctions.advance_due(after)
        taken.set()

    def set_aside() -> None:
        conducting.void(
            actor=actor("staff"), room_id=room_id, decided_by="佛山市生态环境局", decision_no="佛环函〔2026〕70号",
            document_id=document, reason="程序违法", at=after,
        )  # fmt: skip

    in_threads(set_aside, take)

    assert room_of(lot).phase == "VOIDED"
    # On SQLite one writer at a time is the guard.
    assert Deal.objects.filter(lot=lot).exists() is (not guarded and connection.vendor == "postgresql")


def in_threads(*works: Callable[[], None]) -> None:
    def run(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(run, works))


def test_who_lost_reads_why_beside_the_replay(client: Client) -> None:
    lot = story.qualified_lot(TWO)
    hammered(lot)

    english = client.get(f"/rooms/{lot.room_id}/replay/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    chinese = client.get(f"/rooms/{lot.room_id}/replay/").content.decode()

    assert "¥20,200.00 for 1.68, wins 1.68 at ¥20,200.00: ¥33,936.00." in english
    assert "¥20,100.00 for 1.68, gets nothing: better bids took all that was offered." in english
    assert "未竞得：更优报价已用尽出让数量" in chinese


def test_a_raise_beyond_the_largest_of_the_rules_is_refused_in_the_room_of_a_lot() -> None:
    lot = story.qualified_lot({"buyer1": "1.680", "buyer2": "1.680"})
    at = lot.opens_at + timedelta(minutes=1)
    story.run_room(lot, lot.opens_at)

    assert story.bid(lot, "buyer1", "20000.00", at=at) == ""
    assert story.bid(lot, "buyer2", "21100.00", at=at + timedelta(seconds=1)) == "ROOM_ABOVE_MAX_STEP"
    assert story.bid(lot, "buyer2", "21000.00", at=at + timedelta(seconds=2)) == ""
