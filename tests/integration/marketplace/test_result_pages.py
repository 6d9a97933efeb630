"""The pages from the selection to the rating: what everybody reads, what each side does, in both languages."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.credit import services as crediting
from marketplace.credit.domain.ratings import Side
from marketplace.credit.models import Rating
from marketplace.fulfilment import queries
from marketplace.fulfilment import services as fulfilling
from marketplace.fulfilment.domain.states import EngagementState
from marketplace.selection.domain import record
from tests import cast
from tests.integration.marketplace import story
from tests.integration.marketplace.test_fulfilling import STARS, finished, won

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch, settings):
    """The clock of the pages stands on the day of the story; passwords are enough."""
    settings.PASSWORD_ASSURANCE = 3
    monkeypatch.setattr(timezone, "now", lambda: story.AT + timedelta(days=4))
    monkeypatch.setattr(timezone, "localdate", lambda *_: (story.AT + timedelta(days=4)).date())


def browser(key):
    client = Client()
    if key:
        client.force_login(cast.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def read(client, address, **query):
    response = client.get(address, query)
    assert response.status_code == 200, (address, response.status_code)
    return response.getvalue().decode()


def test_everybody_reads_selection_result_credit_and_figures(client):
    engagement_id, agencies, at = won()
    finished(engagement_id, agencies, at)
    rating = crediting.rate(
        actor=cast.actor("owner1"), engagement_id=engagement_id, side=Side.OWNER, stars=STARS, at=at
    )
    found = queries.engagement(engagement_id)

    page = read(client, f"/supermarket/selections/{found.selection_id}/")
    assert "120,000.00" in page
    assert "python -m marketplace.verify" in page
    exported = json.loads(read(client, f"/supermarket/selections/{found.selection_id}/record.json"))
    assert record.check(exported).faults == []
    for address in (
        "/supermarket/selections/",
        "/supermarket/results/",
        "/supermarket/credit/",
        f"/supermarket/credit/{found.agency_id}/",
        f"/supermarket/ratings/{rating}/",
        "/supermarket/lists/",
        "/supermarket/statistics/",
        "/supermarket/statistics/?by=way",
        "/supermarket/statistics/?by=item",
        "/supermarket/statistics/?by=district",
    ):
        assert "<h1>" in read(client, address)
    assert f"/supermarket/selections/{found.selection_id}/" in read(client, "/results/", trade="service", q=found.title)
    figures = json.loads(read(client, "/supermarket/statistics/", format="json"))["figures"]
    assert (figures["notices"], figures["selected"], figures["saving_rate"]) == ("1", "1", "0.4000")
    assert "0.4000" in read(client, "/supermarket/statistics/", format="csv")
    assert client.get(f"/supermarket/services/{engagement_id}/").status_code == 404


def test_owner_and_agency_walk_from_the_result_to_the_rating():
    engagement_id, _agencies, _at = won()
    owner, agency = browser("owner1"), browser("agency2")
    here = f"/supermarket/services/{engagement_id}/"

    def post(client, part, **data):
        response = client.post(here + part, data)
        assert response.status_code == 302, response.getvalue().decode()[:3000]

    assert "contract/" in read(owner, here)
    lines = "初稿 | 40 | 2026-12-20\n终稿 | 60 | 2027-01-20"
    wrong = owner.post(here + "contract/", {"number": "HT-1", "ends_on": "2027-01-31", "milestones": "初稿 | 40"})
    assert wrong.status_code == 400
    post(owner, "contract/", number="HT-1", ends_on="2027-01-31", milestones=lines, outside="on")
    post(agency, "confirm/")
    post(owner, "record/", disclosed="on")
    for place in (1, 2):
        post(agency, f"milestones/{place}/deliver/", words="成果文件")
        post(owner, f"milestones/{place}/accept/")
    post(owner, "payment/", amount="120000.00", paid_on="2026-12-01", voucher="P-1")
    post(owner, "finish/", words="合格")
    post(owner, "rating/", QUALITY="5", TIME="5", ATTITUDE="5", CHARGES="4")
    post(agency, "rating/", COOPERATION="5", PAYMENT="4", CLARITY="5")

    assert queries.engagement(engagement_id).state is EngagementState.DONE
    assert Rating.objects.count() == 2
    for client in (owner, agency, browser("regulator")):
        assert "P-1" in read(client, here)
        assert "<h1>" in read(client, "/supermarket/services/")
    assert browser("agency1").get(here).status_code == 404


def test_an_objection_is_answered_complained_about_and_decided_on_its_pages():
    engagement_id, _agencies, _at = won()
    loser, owner, regulator = browser("agency1"), browser("owner1"), browser("regulator")
    raised = loser.post(
        f"/supermarket/services/{engagement_id}/objection/", {"words": "对中选机构的资质有异议，请复核。"}
    )
    here = raised.headers["Location"]

    assert owner.post(here + "answer/", {"words": "经核查中选机构资质有效。"}).status_code == 302
    assert loser.post(here + "complaint/", {"words": "对答复不服，请求监管部门处理。"}).status_code == 302
    assert owner.get(here + "ruling/").status_code == 403
    assert "ruling/" in read(regulator, here)
    assert "TAKE_UP_SUSPEND" in read(regulator, here + "ruling/")
    assert "<h1>" in read(loser, "/supermarket/objections/")
    assert browser("agency3").get(here).status_code == 404


def test_the_papers_of_a_result_are_drawn_once_when_somebody_asks():
    engagement_id, _agencies, at = won()

    first = fulfilling.result_notice(engagement_id=engagement_id, at=at)
    again = fulfilling.result_notice(engagement_id=engagement_id, at=at)
    award = fulfilling.award_notice(actor=cast.actor("owner1"), engagement_id=engagement_id, at=at)

    assert first == again != award
    from signatures.documents import queries as papers

    found = papers.paper(cast.actor("owner1"), award)
    assert [party.field for party in found.parties] == ["owner"]
    assert papers.paper(cast.actor("agency3"), first).public
