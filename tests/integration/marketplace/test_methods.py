"""Every method of selection from the case of the intake to both ratings, on the pages of owner, centre and agencies.

What the clock and the draws do is called for by its services; the clock of the pages goes along.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commons.domain.money import as_text
from commons.evidence import services as evidence
from commons.intake import queries as cases
from commons.intake import services as intake
from commons.intake.domain import Case, CaseState
from marketplace.credit.models import Rating
from marketplace.entry.models import Entrant
from marketplace.fulfilment import queries as engagements
from marketplace.procurement import queries as procurements
from marketplace.procurement.domain.methods import Method
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.forms import initial_of
from marketplace.procurement.models import Procurement
from marketplace.selection import queries, services
from marketplace.selection.domain import record
from marketplace.selection.domain.states import SelectionState, Wait
from marketplace.signups import services as signups
from portal.views.workspace import what_waits
from tests import cast
from tests.integration.exchange.auctions.story import PDF
from tests.integration.marketplace import selecting, story
from tests.integration.marketplace.test_live_selecting import bid, hammer

pytestmark = pytest.mark.django_db
AGENCIES = ("agency1", "agency2", "agency3")
QUOTES = {"agency1": "150000", "agency2": "120000", "agency3": "130000"}
QUOTED = (Method.LOWEST_PRICE, Method.BEST_PRICE, Method.AVERAGE_PRICE, Method.PROPOSAL_MERIT)
SAYS: dict[Method, dict[str, str]] = {
    Method.LOWEST_PRICE: {"floor_price": "100000"},
    Method.BEST_PRICE: {"floor_price": "100000"},
    Method.AVERAGE_PRICE: {"floor_price": "100000"},
    Method.LOTTERY: {},
    Method.CREDIT_MERIT: {"big_list": "3", "small_list": "2"},
    Method.PROPOSAL_MERIT: {"criteria": "方案 60\n报价 40"},
    Method.DIRECT: {"direct_reason": "延续性服务", "ceiling_price": "50000"},
    Method.LIVE_BIDDING: {"bid_step": "500"},
}
"""What the wizard is told besides what all needs have in common."""


class Clock:
    def __init__(self) -> None:
        self.at = story.AT


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    settings.PASSWORD_ASSURANCE = 3
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.at)
    monkeypatch.setattr(timezone, "localdate", lambda *_: clock.at.astimezone(timezone.get_current_timezone()).date())
    return clock


class Desk:
    """A person's browser, signed in anew each time: days pass between two steps."""

    def __init__(self, key: str) -> None:
        self.person = cast.person(key)

    @property
    def client(self) -> Client:
        client = Client()
        client.force_login(self.person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def get(self, address: str) -> Any:
        found = self.client.get(address)
        assert found.status_code == 200, (address, found.status_code)
        return found

    def post(self, address: str, **said: Any) -> str:
        done = self.client.post(address, said)
        assert done.status_code == 302, (address, done.getvalue().decode()[:3000])
        return done.headers["Location"]


def waiting(key: str, at: datetime) -> set[str]:
    """The addresses that the workspace leads a person to."""
    return {one.url for one in what_waits(cast.actor(key), at)}


def handed_in(owner: Desk, item_id: int, method: Method, clock: Clock) -> int:
    """A need drafted from a case, completed in the wizard, and handed in."""
    case = Case("SL-7", "建设工程规划放线测量", cast.ORGANISATIONS["water"].name, cast.uscc("water"))
    intake.receive_case(actor=selecting.CLERK, case=case, at=clock.at)
    here = owner.post("/supermarket/owner/case/", case="SL-7", item=str(item_id))
    need = Procurement.objects.get(case_number="SL-7").pk
    assert here in waiting("owner1", clock.at), "the draft of a case waits to be handed in"
    said = {name: value for name, value in initial_of(story.need(item_id)).items() if value not in (None, False)}
    said |= {"ceiling_price": as_text(said["ceiling_price"]), "method": method.value, "case_number": "SL-7"}
    del said["floor_price"]
    if method is Method.DIRECT:
        named = Entrant.objects.get(organisation=cast.organisation("lvyuan"), kind="AGENCY")
        said["named_agency"] = str(named.pk)
    owner.post(f"{here}edit/", **{**said, **SAYS[method]})
    owner.post(f"{here}submit/")
    return need


def signed_up(need: int, method: Method) -> None:
    """Each agency on the page of the notice, with what the method asks for."""
    for key in AGENCIES:
        agency, here = Desk(key), f"/supermarket/notices/{need}/sign-up/"
        said: dict[str, Any] = {"key": agency.get(here).context["form"]["key"].value(), "promise": "on"}
        if method in QUOTED:
            said["quote"] = QUOTES[key]
        if method is Method.PROPOSAL_MERIT:
            said["proposal"] = SimpleUploadedFile("p.pdf", PDF, content_type="application/pdf")
        agency.post(here, **said)


def decided(owner: Desk, need: int, clock: Clock) -> int:
    """The clock closes and begins; draws, panel, pick and room do what the selection waits for."""
    found = procurements.procurement(need)
    assert found.sign_up_until is not None
    assert found.selection_at is not None
    clock.at = found.sign_up_until + timedelta(seconds=3)
    signups.advance_due(clock.at)
    clock.at = max(clock.at, found.selection_at)
    services.advance_due(clock.at)
    selection = queries.of_procurement(need)
    assert selection is not None
    here = f"/supermarket/selections/{selection.id}/"
    while (wait := queries.selection(selection.id).wait) is not Wait.NOTHING:
        _STEPS[wait](owner, selection.id, here, clock)
    owner.get(here)
    return selection.id


def _draw(owner: Desk, selection_id: int, here: str, clock: Clock) -> None:
    draw_id = queries.selection(selection_id).draw_id
    assert f"/draws/{draw_id}/custody/" in waiting("owner1", clock.at), "the owner holds a secret of the draw"
    clock.at = selecting.drawn(selection_id, clock.at)


def _panel(owner: Desk, selection_id: int, here: str, clock: Clock) -> None:
    """A member from outside the owner reads the proposals; its sheet decides."""
    assert f"{here}panel/" in waiting("owner1", clock.at)
    members = {key: Desk(key) for key in ("owner2", "buyer1")}
    owner.post(f"{here}panel/", logins="\n".join(members))
    assert f"{here}scores/" in waiting("owner2", clock.at)
    for member in members.values():
        page = member.get(f"{here}scores/")
        (_number, offer), *_others = page.context["rows"]
        member.get(reverse("vault:download", args=[offer.proposal_id]))
        points = {name: "30" if name.startswith("01") else "35" for name in page.context["form"].fields}
        member.post(f"{here}scores/", **points)


def _pick(owner: Desk, selection_id: int, here: str, clock: Clock) -> None:
    assert f"{here}pick/" in waiting("owner1", clock.at)
    number = queries.selection(selection_id).outcome.eligible[0]
    owner.post(f"{here}pick/", number=number, reason="业绩最接近本项目")


def _room(owner: Desk, selection_id: int, here: str, clock: Clock) -> None:
    room_id = queries.selection(selection_id).room_id
    assert f"/rooms/{room_id}/" in waiting("agency2", clock.at)
    clock.at += timedelta(minutes=6)
    hammer(clock.at)
    assert bid(room_id, "02", "198000.00", clock.at) == ""
    clock.at += timedelta(hours=1)
    hammer(clock.at)
    services.advance_due(clock.at)


_STEPS = {Wait.DRAW: _draw, Wait.SCORES: _panel, Wait.PICK: _pick, Wait.ROOM: _room}


def served(owner: Desk, agency: Desk, number: int, agency_key: str, clock: Clock) -> None:
    """From the contract to both ratings, each step found in the workspace of who does it."""
    here = f"/supermarket/services/{number}/"
    last = clock.at.date() + timedelta(days=60)
    assert here in waiting("owner1", clock.at)
    owner.post(
        f"{here}contract/", number="HT-1", ends_on=str(last), milestones=f"成果报告 | 100 | {last}", outside="on"
    )
    assert here in waiting(agency_key, clock.at)
    agency.post(f"{here}confirm/")
    owner.post(f"{here}record/", disclosed="on")
    agency.post(f"{here}milestones/1/deliver/", words="成果报告")
    assert here in waiting("owner1", clock.at)
    owner.post(f"{here}milestones/1/accept/")
    owner.post(f"{here}finish/", words="合格")
    assert f"{here}rating/" in waiting("owner1", clock.at) & waiting(agency_key, clock.at)
    agency.post(f"{here}rating/", COOPERATION="5", PAYMENT="4", CLARITY="5")
    owner.post(f"{here}rating/", QUALITY="5", TIME="5", ATTITUDE="5", CHARGES="4")
    assert not {one for key in ("owner1", agency_key) for one in waiting(key, clock.at) if one.startswith(here)}


def test_no_method_is_left_out() -> None:
    assert set(SAYS) == set(Method)


@pytest.mark.parametrize("method", SAYS, ids=lambda method: method.value)
def test_from_the_intake_case_to_both_ratings(method: Method, clock: Clock) -> None:
    item_id, _agencies = selecting.market(3)
    owner = Desk("owner1")
    need = handed_in(owner, item_id, method, clock)
    Desk("staff").post(f"/supermarket/desk/{need}/publish/")
    if method is not Method.DIRECT:
        signed_up(need, method)

    selection_id = decided(owner, need, clock)
    selection = queries.selection(selection_id)
    assert selection.state is SelectionState.DECIDED
    evidence.checkpoint(clock.at)
    assert record.check(queries.record(selection_id)).faults == []

    number = selecting.published(selection_id, clock.at)
    winner = engagements.engagement(number).agency_id
    (key,) = (one for one in AGENCIES if cast.actor(one).organisation_id == winner)
    served(owner, Desk(key), number, key, clock)

    assert procurements.procurement(need).state is ProcurementState.COMPLETED
    assert Rating.objects.count() == 2
    concluded = cases.case("SL-7")
    assert concluded is not None
    assert concluded.state is CaseState.CONCLUDED
