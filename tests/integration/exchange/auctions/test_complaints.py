"""Complaints to the regulator: after the objection, in time, under numbers; and what they stop."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from commons.domain.actor import Assurance
from commons.domain.refusals import NotAllowedNow, NotFound, NotPermitted
from commons.evidence import queries as evidence
from exchange.auctions import services as auctions
from exchange.complaints import queries, services
from exchange.complaints.domain.complaints import (
    ComplaintCommand,
    ComplaintState,
    ComplaintTooLate,
    NotUnderComplaint,
    NumberMissing,
    ObjectionFirst,
)
from exchange.complaints.services.complaining import Paper
from exchange.projects.domain.states import LotState
from exchange.projects.models import Lot
from exchange.rooms import queries as rooms
from exchange.rooms.domain.phases import Phase
from tests.cast import actor
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_pages import signed_in

pytestmark = pytest.mark.django_db
TEXT = "公告中起始价的依据没有写明，请说明。"
ANSWER = "起始价依据见附件第三页的评估报告。"
GROUND = "评估报告没有公开，答复没有回答问题。"
AT = story.PUBLISHED + timedelta(days=1)


def objected(lot: Lot, *, about_lot: bool = True, at: datetime = AT) -> int:
    lot_id = lot.pk if about_lot else None
    return services.raise_objection(actor=actor("buyer1"), project_id=lot.project_id, lot_id=lot_id, text=TEXT, at=at)


def complained(lot: Lot, *, about_lot: bool = True, at: datetime = AT) -> int:
    objection_id = objected(lot, about_lot=about_lot, at=at)
    services.answer_objection(actor=actor("seller"), objection_id=objection_id, answer=ANSWER, at=at)
    return services.raise_complaint(actor=actor("buyer1"), objection_id=objection_id, text=GROUND, at=at)


def paper(number: str, at: datetime = AT) -> Paper:
    return Paper(number, "监管部门认为应当予以处理。", story.document("regulator", "complaint:1", at))


def step(complaint_id: int, command: ComplaintCommand, number: str, **changes: Any) -> None:
    given: dict[str, Any] = {"actor": actor("regulator"), "at": AT, **changes}
    services.take_step(complaint_id=complaint_id, command=command, paper=paper(number), **given)


def test_the_objection_comes_first() -> None:
    objection_id = objected(story.opened_lot("buyer1"))
    complain: dict[str, Any] = {"actor": actor("buyer1"), "objection_id": objection_id, "text": GROUND}

    with pytest.raises(ObjectionFirst):
        services.raise_complaint(**complain, at=AT)
    unanswered = services.raise_complaint(**complain, at=AT + timedelta(days=4))

    assert queries.complaint(actor("regulator"), unanswered).state == ComplaintState.RAISED


def test_a_complaint_is_possible_for_ten_days_after_the_answer() -> None:
    lot = story.opened_lot("buyer1")
    objection_id = objected(lot)
    services.answer_objection(actor=actor("seller"), objection_id=objection_id, answer=ANSWER, at=AT)

    with pytest.raises(ComplaintTooLate):
        services.raise_complaint(
            actor=actor("buyer1"), objection_id=objection_id, text=GROUND, at=AT + timedelta(days=14)
        )
    complaint_id = services.raise_complaint(
        actor=actor("buyer1"), objection_id=objection_id, text=GROUND, at=AT + timedelta(days=10)
    )
    with pytest.raises(NotAllowedNow):
        services.raise_complaint(actor=actor("buyer1"), objection_id=objection_id, text=GROUND, at=AT)
    assert queries.complaint(actor("buyer1"), complaint_id).acceptance_due_on > date(2026, 6, 19)


def test_only_who_objected_complains_and_only_the_regulator_decides() -> None:
    lot = story.opened_lot("buyer1")
    objection_id = objected(lot)
    services.answer_objection(actor=actor("seller"), objection_id=objection_id, answer=ANSWER, at=AT)
    with pytest.raises(NotPermitted):
        services.raise_complaint(actor=actor("buyer2"), objection_id=objection_id, text=GROUND, at=AT)
    complaint_id = services.raise_complaint(actor=actor("buyer1"), objection_id=objection_id, text=GROUND, at=AT)

    for who in ("staff", "seller", "buyer1", "auditor"):
        with pytest.raises(NotPermitted):
            step(complaint_id, ComplaintCommand.ACCEPT, "佛环诉受〔2026〕1号", actor=actor(who))
    with pytest.raises(NotFound):
        queries.complaint(actor("buyer2"), complaint_id)


def test_acceptance_and_decision_carry_numbers_and_limits_and_are_on_record() -> None:
    lot = story.opened_lot("buyer1")
    complaint_id = complained(lot)

    with pytest.raises(NumberMissing):
        step(complaint_id, ComplaintCommand.ACCEPT, "  ")
    with pytest.raises(NotAllowedNow):
        step(complaint_id, ComplaintCommand.UPHOLD, "佛环诉决〔2026〕1号")
    step(complaint_id, ComplaintCommand.ACCEPT, "佛环诉受〔2026〕1号")
    step(complaint_id, ComplaintCommand.UPHOLD, "佛环诉决〔2026〕1号")

    found = queries.complaint(actor("buyer1"), complaint_id)
    assert (found.state, found.acceptance_due_on) == (ComplaintState.UPHELD, date(2026, 6, 12))
    assert found.decision_due_on is not None
    assert [row.number for row in found.documents.all()] == ["佛环诉受〔2026〕1号", "佛环诉决〔2026〕1号"]
    types = [entry.type for entry in evidence.entries(f"project:{lot.project_id}")]
    assert types[-3:] == ["ComplaintRaised", "ComplaintAccepted", "ComplaintUpheld"]


def test_a_rejected_complaint_and_one_taken_back_are_over() -> None:
    lot = story.opened_lot("buyer1")
    rejected, withdrawn = complained(lot), complained(lot)

    step(rejected, ComplaintCommand.REJECT, "佛环诉不受〔2026〕1号")
    services.withdraw_complaint(actor=actor("buyer1"), complaint_id=withdrawn, at=AT)

    for complaint_id in (rejected, withdrawn):
        with pytest.raises(NotAllowedNow):
            step(complaint_id, ComplaintCommand.ACCEPT, "佛环诉受〔2026〕2号")


def test_the_regulator_suspends_the_lot_and_lets_it_go_on_with_its_time() -> None:
    lot = story.opened_lot("buyer1")
    complaint_id = complained(lot)
    stop: dict[str, Any] = {"actor": actor("regulator"), "complaint_id": complaint_id}

    with pytest.raises(NotAllowedNow):
        auctions.suspend_for_complaint(**stop, paper=paper("佛环诉中〔2026〕1号"), at=AT)
    step(complaint_id, ComplaintCommand.ACCEPT, "佛环诉受〔2026〕1号")
    at = AT + timedelta(days=2)
    auctions.suspend_for_complaint(**stop, paper=paper("佛环诉中〔2026〕1号"), at=at)
    lot.refresh_from_db()
    assert lot.state == LotState.SUSPENDED
    ends_at = lot.registration_ends_at
    auctions.resume_after_complaint(**stop, paper=paper("佛环诉恢〔2026〕1号"), at=at + timedelta(days=1))

    lot.refresh_from_db()
    assert lot.state != LotState.SUSPENDED
    assert ends_at is not None
    assert lot.registration_ends_at == ends_at + timedelta(days=1)


def test_the_regulator_pauses_a_room_that_exists() -> None:
    lot = story.qualified_lot({"buyer1": "1.680", "buyer2": "1.680"})
    assert lot.room_id is not None
    at = lot.opens_at - timedelta(hours=1)
    complaint_id = complained(lot, at=at)
    step(complaint_id, ComplaintCommand.ACCEPT, "佛环诉受〔2026〕1号", at=at)
    stop: dict[str, Any] = {"actor": actor("regulator"), "complaint_id": complaint_id}

    auctions.suspend_for_complaint(**stop, paper=paper("佛环诉中〔2026〕1号"), at=at)
    room = rooms.room(lot.room_id)
    assert room is not None
    assert room.phase == Phase.PAUSED
    auctions.resume_after_complaint(**stop, paper=paper("佛环诉恢〔2026〕1号"), at=at + timedelta(minutes=5))

    room = rooms.room(lot.room_id)
    assert room is not None
    assert room.phase == Phase.SCHEDULED


def test_a_complaint_about_the_whole_notice_stops_no_lot() -> None:
    lot = story.opened_lot("buyer1")
    complaint_id = complained(lot, about_lot=False)
    step(complaint_id, ComplaintCommand.ACCEPT, "佛环诉受〔2026〕1号")

    with pytest.raises(NotUnderComplaint):
        auctions.suspend_for_complaint(
            actor=actor("regulator"), complaint_id=complaint_id, paper=paper("佛环诉中〔2026〕1号"), at=AT
        )


def test_a_complaint_runs_over_the_pages(client: Client, settings: Any, time_machine: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    time_machine.move_to(AT, tick=False)
    lot = story.opened_lot("buyer1")
    objection_id = objected(lot)
    services.answer_objection(actor=actor("seller"), objection_id=objection_id, answer=ANSWER, at=AT)
    signed_in(client, "buyer1")
    assert f"/objections/{objection_id}/complaint/" in client.get(f"/objections/{objection_id}/").content.decode()
    sent = client.post(f"/objections/{objection_id}/complaint/", {"text": GROUND})
    address = sent.headers["Location"]
    signed_in(client, "regulator")

    def issue(to: str, **fields: str) -> Any:
        file = SimpleUploadedFile("paper.pdf", story.PDF, content_type="application/pdf")
        return client.post(to, {**fields, "document": file})

    assert address in client.get("/complaints/").content.decode()
    refused = issue(address, step="ACCEPT", words="受理该投诉，依法处理。")
    assert refused.status_code == 400
    accepted = issue(address, step="ACCEPT", number="佛环诉受〔2026〕7号", words="受理该投诉，依法处理。")
    assert accepted.status_code == 302
    stopped = issue(
        f"{address}suspension/", action="suspend", decision_no="佛环诉中〔2026〕7号", reason="调查期间中止该标的。"
    )
    assert stopped.status_code == 302
    lot.refresh_from_db()
    assert lot.state == LotState.SUSPENDED
    page = client.get(address).content.decode()
    assert "佛环诉受〔2026〕7号" in page
    assert "佛环诉中〔2026〕7号" in page
