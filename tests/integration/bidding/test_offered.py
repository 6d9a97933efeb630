"""Each form offers only what the procedure in question knows."""

from datetime import timedelta

import pytest

from bidding.tenders import services
from bidding.tenders.models import TenderProject
from commons.domain.refusals import NotAllowedNow
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.test_awards import opened
from tests.integration.bidding.test_bonds import number
from tests.integration.bidding.test_pages import client, now, text_of

pytestmark = pytest.mark.django_db(transaction=True)

CASES = {
    "LAND_OPEN": ("", "sme_reserved applications_end_at grades alternatives awards call_offs _blind"),
    "WORKS_OPEN": ("consortium_allowed sme_reserved grades bond _blind", "right_area start_price"),
    "GOV_OPEN": ("sme_reserved bond", "right_area start_price _blind"),
    "PROPERTY_OPEN": ("", "sme_reserved right_area alternatives _blind"),
}


@pytest.mark.parametrize("code", list(CASES))
def test_a_draft_asks_what_its_procedure_knows_and_nothing_else(code: str) -> None:
    told = story.drafted(code, at=now() - timedelta(days=1))
    desk, owner = f"/owner/tenders/{told.tender_id}/", client("tenderee")
    pages = [f"{desk}facts/", f"{desk}sections/{told.section_id}/", f"{desk}document/"]
    read = "".join(text_of(owner.get(page)) for page in pages)
    start = text_of(owner.get(f"/owner/tender-projects/{TenderProject.objects.get().pk}/tender/"))
    there, strange = (words.split() for words in CASES[code])

    assert [name for name in there if f'{name}"' not in read] == []
    assert [name for name in strange if f'{name}"' in read] == []
    for name in ("sme_reserved", "consortium_allowed", "applications_end_at"):
        assert (f'name="{name}"' in start) is (name in BEGINNINGS[code.partition("_")[0]]), name


BEGINNINGS = {
    "LAND": "consortium_allowed",
    "WORKS": "consortium_allowed sme_reserved applications_end_at",
    "GOV": "consortium_allowed sme_reserved",
    "PROPERTY": "",
}
"""What a sector asks before the procedure is chosen: what any of them knows."""


def test_pages_of_what_a_procedure_does_not_know_are_not_there() -> None:
    told = story.drafted("SOE_DIRECT", at=now() - timedelta(days=1), invited=("builder1",))
    land = story.drafted("LAND_OPEN", at=now() - timedelta(days=2))
    owner = client("tenderee")
    for tender_id, names in ((told.tender_id, ("officers", "filing")), (land.tender_id, ("invited", "filing"))):
        for name in names:
            assert owner.get(f"/owner/tenders/{tender_id}/{name}/").status_code == 404, name
    assert f"/sections/{land.section_id}/bill/" not in text_of(owner.get(f"/owner/tenders/{land.tender_id}/"))
    with pytest.raises(NotAllowedNow):
        services.invite(
            actor=cast.actor("tenderee"), tender_id=land.tender_id, organisation_ids=[number("builder1")], at=now()
        )


@pytest.mark.parametrize(
    ("code", "there"),
    [("LAND_OPEN", ()), ("WORKS_OPEN", ("duration",)), ("GOV_OPEN", ("sme", "duration"))],
)
def test_a_bidder_is_asked_what_makes_a_difference(code: str, there: tuple[str, ...]) -> None:
    told = story.published(code, at=now() - timedelta(days=3))
    services.take_documents(actor=cast.actor("builder1"), tender_id=told.tender_id, at=now())
    read = text_of(client("builder1").get(f"/sections/{told.section_id}/bid/"))

    assert 'id="bid-form"' in read
    assert tuple(name for name in ("sme", "duration") if f'name="{name}"' in read) == there


def test_a_report_asks_why_competition_remains_only_where_that_helps() -> None:
    works, _at = opened("WORKS_OPEN")
    procurement, _at = opened("GOV_OPEN")
    owner = client("tenderee")
    asked = {
        told.row.profile_code: 'name="competition"' in text_of(owner.get(f"/owner/sections/{told.section_id}/report/"))
        for told in (works, procurement)
    }
    assert asked == {"WORKS_OPEN": True, "GOV_OPEN": False}
