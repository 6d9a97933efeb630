"""The supermarket in browsers: from the intake case to both ratings, by owner, centre and agency on their pages.

Other agencies act through the services: one whose certificate ends between sign-up and selection, two with the same
lowest quote, who both give up. What the rules let take days is cut short by moving the notice's own instants.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from commons.domain.actor import Actor
from commons.intake import queries as cases
from commons.intake.domain import CaseState
from marketplace.entry.models import AgencyQualification
from marketplace.fulfilment import queries as engagements
from marketplace.fulfilment import services as fulfilling
from marketplace.fulfilment.models import Engagement
from marketplace.procurement import queries as procurements
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.selection import queries as selections
from marketplace.selection import services as selecting_services
from marketplace.selection.models import Selection
from marketplace.signups import services as signups
from tests import cast
from tests.browser.chromium import axe_problems, chromium
from tests.browser.supermarket import CASE, Desks, handed_in, press, served
from tests.integration.marketplace import selecting, story
from tests.integration.marketplace.test_fulfilling import ruling

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "人员安排冲突，无法承接本项目。"


@pytest.fixture
def desks(live_server: Any, settings: Any) -> Iterator[Desks]:
    settings.PASSWORD_ASSURANCE = 3
    with chromium() as browser:
        yield Desks(browser, live_server.url)


def others_sign_up(need: int, others: list[Actor]) -> None:
    """Two with the same lowest quote; one lower, whose certificate ends before the selection."""
    now = timezone.now()
    for actor, quote in zip(others, ("100000", "100000", "90000"), strict=True):
        story.sign(actor, need, quote=quote, at=now)
    ended = AgencyQualification.objects.filter(agency__organisation_id=others[2].organisation_id or 0)
    assert ended.update(valid_until=timezone.localdate() - timedelta(days=1)) == 1


def selected(need: int) -> int:
    """The deadline and the selection come; the tie is drawn; the number of the selection."""
    now = timezone.now()
    Procurement.objects.filter(pk=need).update(sign_up_until=now, selection_at=now)
    assert signups.close_signups(procurement_id=need, at=now)
    selecting_services.advance_due(now)
    found, _at = selecting.run(Selection.objects.get(procurement_id=need).pk, now)
    fulfilling.advance_due(now)
    return found.id


def winner_gives_up(others: list[Actor]) -> None:
    """Who was selected refuses; the next one's result is published."""
    engagement = Engagement.objects.get(state="PUBLISHED")
    actor = next(one for one in others if one.organisation_id == engagement.agency_id)
    fulfilling.give_up(actor=actor, engagement_id=engagement.pk, words=WORDS, at=timezone.now())
    found, _at = selecting.run(engagement.selection_id, timezone.now())
    assert found.winner_organisation_id is not None
    fulfilling.advance_due(timezone.now())


def complaint_suspends(owner: Page, engagement_id: int, loser: Actor) -> None:
    """A loser objects, is not content with the answer, and the regulator stops everything for a while."""
    now, regulator = timezone.now(), cast.actor("regulator")
    grievance = fulfilling.object_to(actor=loser, engagement_id=engagement_id, words="对中选机构的资质有异议。", at=now)
    fulfilling.answer(actor=cast.actor("owner1"), grievance_id=grievance, words="经核查中选机构资质有效。", at=now)
    fulfilling.complain(actor=loser, grievance_id=grievance, words="对答复不服，请求监管部门处理。", at=now)
    fulfilling.take_up(
        actor=regulator, grievance_id=grievance, ruling=ruling("佛数监〔2026〕7号"), suspend=True, at=now
    )
    owner.goto(f"/supermarket/services/{engagement_id}/")
    expect(owner.locator("main .notice.stop")).to_contain_text("佛数监〔2026〕7号")
    assert axe_problems(owner) == []
    fulfilling.settle(actor=regulator, grievance_id=grievance, ruling=ruling("佛数监〔2026〕8号"), uphold=False, at=now)


def test_from_the_intake_case_to_both_ratings(desks: Desks) -> None:
    _item, agencies = selecting.market(4)
    owner, staff, agency = desks["owner1"], desks["staff"], desks["agency1"]
    others = agencies[1:]

    need = handed_in(owner, "建设工程规划放线测量", {"floor_price": "50000", "method": "LOWEST_PRICE"})
    staff.goto(f"/supermarket/desk/{need}/")
    press(staff, "Publish the notice")
    agency.goto(f"/supermarket/notices/{need}/sign-up/")
    agency.fill("[name=quote]", "110000")
    agency.check("[name=promise]")
    press(agency, "报名")
    expect(agency.locator("main")).to_contain_text("110000.00")
    others_sign_up(need, others)

    selection_id = selected(need)
    for _ in range(2):
        winner_gives_up(others)
    owner.goto(f"/supermarket/selections/{selection_id}/")
    expect(owner.locator("main")).to_contain_text("110,000.00")
    assert axe_problems(owner) == []
    case = selections.selection(selection_id).case
    assert [bool(one.barred) for one in case.entrants].count(True) == 1
    engagement = Engagement.objects.get(state="PUBLISHED")
    assert engagement.agency_id == agencies[0].organisation_id

    complaint_suspends(owner, engagement.pk, others[0])
    served(owner, agency, engagement.pk, amount="110000.00")

    assert procurements.procurement(need).state is ProcurementState.COMPLETED
    assert engagements.engagement(engagement.pk).amount == Decimal("110000.00")
    concluded = cases.case(CASE)
    assert concluded is not None
    assert concluded.state is CaseState.CONCLUDED
