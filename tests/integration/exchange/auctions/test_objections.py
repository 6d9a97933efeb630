"""Objections: who may raise and answer them, and by when."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from commons.domain.actor import Assurance
from commons.domain.refusals import NotAllowedNow, NotFound, NotPermitted
from exchange.complaints import queries, services
from exchange.complaints.services import TooShort
from tests.cast import actor
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_pages import signed_in

pytestmark = pytest.mark.django_db
TEXT = "公告中起始价的依据没有写明，请说明。"
AT = story.PUBLISHED + timedelta(days=1)


def raised() -> int:
    lot = story.opened_lot("buyer1")
    return services.raise_objection(actor=actor("buyer1"), project_id=lot.project_id, lot_id=lot.pk, text=TEXT, at=AT)


def test_a_buyer_objects_and_the_seller_answers_once_within_three_days() -> None:
    objection_id = raised()
    answer: dict[str, Any] = {"actor": actor("seller"), "objection_id": objection_id, "at": AT}

    services.answer_objection(**answer, answer="起始价依据见附件第三页的评估报告。")

    found = queries.objection(actor("buyer1"), objection_id)
    assert found.answer_due_on == date(2026, 6, 12)
    assert found.answered_at == AT
    with pytest.raises(NotAllowedNow):
        services.answer_objection(**answer, answer="起始价依据见附件第四页的评估报告。")


def test_an_objection_says_something_and_comes_from_somebody_else_than_the_seller() -> None:
    lot = story.opened_lot("buyer1")
    common: dict[str, Any] = {"project_id": lot.project_id, "lot_id": None, "at": AT}

    with pytest.raises(TooShort):
        services.raise_objection(actor=actor("buyer1"), text="不同意", **common)
    with pytest.raises(NotPermitted):
        services.raise_objection(actor=actor("seller"), text=TEXT, **common)


def test_objections_are_read_by_both_sides_and_the_overseers_only() -> None:
    objection_id = raised()

    for who in ("buyer1", "seller", "staff", "regulator"):
        assert queries.objection(actor(who), objection_id).text == TEXT
    with pytest.raises(NotFound):
        queries.objection(actor("buyer2"), objection_id)
    with pytest.raises(NotPermitted):
        services.answer_objection(actor=actor("staff"), objection_id=objection_id, answer=TEXT, at=AT)


def test_objections_are_raised_and_answered_on_pages(client: Client, settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    lot = story.opened_lot("buyer1")

    page = signed_in(client, "buyer1").post(f"/notices/{lot.project_id}/objection/", {"text": TEXT})["Location"]
    assert TEXT in client.get(page).content.decode()
    assert signed_in(client, "seller").post(page, {"text": "短"}).status_code == 400
    assert client.post(page, {"text": "起始价依据见附件第三页的评估报告。"}).status_code == 302
    assert signed_in(client, "regulator").get("/objections/").status_code == 200
