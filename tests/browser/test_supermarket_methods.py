"""Each method of selection in browsers, from the intake case to both ratings: what its owner fills in, what agencies
hand in, what the selection asks of people, how its page explains the result.

The lowest sealed quote has a story of its own (test_supermarket), live bidding another (test_supermarket_live). Two of
three agencies sign up through the services; draws and deadlines are called for by theirs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from commons.domain.actor import Actor
from commons.intake import queries as cases
from commons.intake.domain import CaseState
from marketplace.credit.models import Rating
from marketplace.entry.models import Entrant
from marketplace.fulfilment import queries as engagements
from marketplace.procurement.domain.methods import Method
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.selection import queries as selections
from marketplace.selection import services as selecting_services
from marketplace.selection.domain.states import Wait
from marketplace.selection.models import Selection
from marketplace.signups import services as signups
from tests import cast
from tests.browser.chromium import axe_problems, chromium, send
from tests.browser.supermarket import CASE, Desks, handed_in, press, served
from tests.integration.exchange.auctions.story import PDF
from tests.integration.marketplace import selecting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEYS = ("agency1", "agency2", "agency3")


@dataclass(frozen=True)
class Story:
    """What a method asks for: fields of the wizard, whether agencies quote and propose, words of its explanation."""

    says: dict[str, str]
    explained: tuple[str, ...]
    quoted: bool = False
    proposed: bool = False
    waits: tuple[Wait, ...] = field(default=())


STORIES = {
    Method.LOTTERY: Story({}, ("Check the draw",), waits=(Wait.DRAW,)),
    Method.BEST_PRICE: Story({"floor_price": "100000"}, ("Check the draw",), quoted=True, waits=(Wait.DRAW,)),
    Method.AVERAGE_PRICE: Story({"floor_price": "100000"}, ("Nearest to 133333.33",), quoted=True),
    Method.CREDIT_MERIT: Story(
        {"big_list": "3", "small_list": "2"}, ("Check the draw", "业绩最接近本项目"), waits=(Wait.DRAW, Wait.PICK)
    ),
    Method.PROPOSAL_MERIT: Story(
        {"criteria": "方案 60\n报价 40"}, ("Panel", cast.PARTIES["owner2"].name), quoted=True, proposed=True,
        waits=(Wait.SCORES,),
    ),
    Method.DIRECT: Story({"ceiling_price": "50000", "direct_reason": "延续性服务"}, ("50,000.00",)),
}  # fmt: skip
QUOTES = {"agency1": "150000", "agency2": "120000", "agency3": "130000"}


@pytest.fixture
def desks(live_server: Any, settings: Any) -> Iterator[Desks]:
    settings.PASSWORD_ASSURANCE = 3
    with chromium() as browser:
        yield Desks(browser, live_server.url)


def sign_up(page: Page, need: int, story: Story) -> None:
    """The first agency, on its phone."""
    page.goto(f"/supermarket/notices/{need}/sign-up/")
    if story.quoted:
        page.fill("[name=quote]", QUOTES["agency1"])
    if story.proposed:
        page.set_input_files("[name=proposal]", {"name": "p.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.check("[name=promise]")
    press(page, "报名")
    expect(page.locator("main")).to_contain_text("已报名")


def others_sign_up(need: int, agencies: list[Actor], story: Story) -> None:
    now = timezone.now()
    for key, actor in zip(KEYS[1:], agencies[1:], strict=True):
        proposal = None
        if story.proposed:
            proposal = signups.attach_proposal(actor=actor, procurement_id=need, stream=BytesIO(PDF), at=now)
        quote = Decimal(QUOTES[key]) if story.quoted else None
        signups.sign_up(actor=actor, procurement_id=need, at=now, key=f"other-{key}", quote=quote, proposal=proposal)


def selected(desks: Desks, need: int) -> tuple[int, list[Wait]]:
    """Deadline and selection come; what is waited for is done by the draw's services and on the pages of people."""
    at = timezone.now()
    waited: list[Wait] = []
    Procurement.objects.filter(pk=need).update(sign_up_until=at, selection_at=at)
    if Procurement.objects.get(pk=need).state == ProcurementState.SIGNING_UP:
        signups.close_signups(procurement_id=need, at=at)
    selecting_services.advance_due(at)
    number = Selection.objects.get(procurement_id=need).pk
    while (wait := selections.selection(number).wait) is not Wait.NOTHING:
        waited.append(wait)
        if wait is Wait.DRAW:
            at = selecting.drawn(number, at)
        elif wait is Wait.SCORES:
            panel_scores(desks, number)
        else:
            owner_picks(desks["owner1"], number)
    return number, waited


def panel_scores(desks: Desks, number: int) -> None:
    """The owner names a member, who finds the task in the inbox, reads a proposal and scores."""
    owner, member = desks["owner1"], desks["owner2"]
    owner.goto(f"/supermarket/selections/{number}/panel/")
    assert axe_problems(owner) == []
    owner.fill("[name=logins]", "owner2")
    send(owner.locator("main form button.btn-primary").first)
    member.goto("/inbox/")
    expect(member.locator("main")).to_contain_text("You are named to score the proposals")
    member.goto(f"/supermarket/selections/{number}/scores/")
    assert axe_problems(member) == []
    with member.expect_download() as download:
        member.get_by_role("link", name="PDF").first.click()
    assert download.value.path().read_bytes() == PDF
    for box in member.locator("main form input[type=text], main form input[type=number]").all():
        box.fill("30" if (box.get_attribute("name") or "").startswith("01") else "35")
    send(member.locator("main form button.btn-primary").first)


def owner_picks(owner: Page, number: int) -> None:
    """The owner picks from the small list, and says why."""
    owner.goto(f"/supermarket/selections/{number}/pick/")
    assert axe_problems(owner) == []
    owner.locator("[name=number]").first.check()
    owner.fill("[name=reason]", "业绩最接近本项目")
    send(owner.locator("main form button.btn-primary").first)


def explained(owner: Page, number: int, story: Story) -> None:
    """The page of the selection says how it was decided."""
    owner.goto(f"/supermarket/selections/{number}/")
    for words in story.explained:
        expect(owner.locator("main")).to_contain_text(words)
    assert axe_problems(owner) == []


def test_every_method_has_a_story_in_a_browser() -> None:
    assert set(STORIES) | {Method.LOWEST_PRICE, Method.LIVE_BIDDING} == set(Method)


@pytest.mark.parametrize("method", STORIES, ids=lambda method: method.value)
def test_from_the_intake_case_to_both_ratings(method: Method, desks: Desks) -> None:
    _item, agencies = selecting.market(3)
    story, owner, staff = STORIES[method], desks["owner1"], desks["staff"]
    says = {**story.says, "method": method.value}
    if method is Method.DIRECT:
        organisation = cast.organisation(cast.PARTIES["agency1"].organisation)
        says["named_agency"] = str(Entrant.objects.get(organisation=organisation, kind="AGENCY").pk)

    need = handed_in(owner, "建设工程规划放线测量", says)
    staff.goto(f"/supermarket/desk/{need}/")
    press(staff, "Publish the notice")
    if method is not Method.DIRECT:
        sign_up(desks["agency1"], need, story)
        others_sign_up(need, agencies, story)
    number, waited = selected(desks, need)
    assert tuple(dict.fromkeys(waited)) == story.waits

    explained(owner, number, story)
    deal = selecting.published(number, timezone.now())
    found = engagements.engagement(deal)
    (key,) = (one for one in KEYS if cast.actor(one).organisation_id == found.agency_id)
    served(owner, desks[key], deal, amount=f"{found.amount:.2f}")

    assert Rating.objects.count() == 2
    concluded = cases.case(CASE)
    assert concluded is not None
    assert concluded.state is CaseState.CONCLUDED
