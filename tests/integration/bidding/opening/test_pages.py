"""Pages of halls and of the composer, for each kind of reader."""

from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bidding.opening import services as halls
from bidding.opening.domain.states import WordKind
from bidding.opening.models import Hall
from bidding.opening.queries import Viewer
from bidding.opening.services.recording import conductor_of
from bidding.opening.tickets import seal, unseal
from bidding.tenders.queries import section_terms
from commons.domain.actor import ANONYMOUS
from tests import cast
from tests.integration.bidding.opening import story as stories
from tests.integration.bidding.opening.story import LISTED, SIGNING_IN

pytestmark = pytest.mark.django_db


def client_of(key: str) -> Client:
    client = Client()
    client.force_login(cast.person(key))
    return client


def test_the_public_sees_the_hall_without_names_before_the_list_and_with_them_after() -> None:
    found = stories.opening()
    for key in stories.PRICES:
        stories.hand_in(found, key)
    address = reverse("opening:hall", args=[found.hall_id])
    name = cast.organisation("jinma").name
    for language in ("zh-hans", "en"):
        page = Client(HTTP_ACCEPT_LANGUAGE=language).get(address)
        assert page.status_code == 200
        assert name not in page.content.decode()

    halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=LISTED)

    assert name in Client().get(address).content.decode()
    assert name in Client().get(reverse("opening:csv", args=[found.hall_id])).getvalue().decode()
    assert Client().get(reverse("opening:halls")).status_code == 200
    assert Client().get(reverse("opening:replay", args=[found.hall_id])).status_code == 200


def test_every_state_of_a_hall_has_its_page_for_bidder_and_host() -> None:
    found = stories.listed()
    address = reverse("opening:hall", args=[found.hall_id])
    word = halls.speak(
        actor=cast.actor("buyer2"), hall_id=found.hall_id, kind=WordKind.OBJECTION, text="顺序", at=LISTED
    )

    def shown(*texts: str) -> None:
        for key in ("buyer1", "host"):
            page = client_of(key).get(address)
            assert page.status_code == 200, key
        for text in texts:
            assert text in client_of("buyer1").get(address, headers={"accept-language": "en"}).content.decode()

    shown("Unlock my half")
    at = stories.decrypted(found, "buyer1", "buyer2", "buyer3")
    shown("The floating point is drawn")
    at = stories.drawn(found, at)
    shown("About to be read out")
    assert "to be done in 180" not in client_of("host").get(address, headers={"accept-language": "en"}).content.decode()
    halls.read_out(actor=stories.owner(), hall_id=found.hall_id, at=at)
    shown("This is my price", "8,200,000.00", "to be done in 180 days")
    for key in stories.PRICES:
        halls.confirm_price(actor=cast.actor(key), hall_id=found.hall_id, agrees=True, at=at)
    halls.draft_record(actor=stories.owner(), hall_id=found.hall_id, at=at)
    shown("Sign the record of the opening")
    halls.answer(actor=stories.owner(), word_id=word, text="按接收顺序。", at=at)
    halls.close(actor=stories.owner(), hall_id=found.hall_id, at=at)
    over = client_of("buyer1").get(reverse("opening:sign_in", args=[found.hall_id])).content.decode()
    assert "本次开标已结束" in over
    assert '<form method="post" enctype' not in over
    assert "face.js" not in over


@pytest.mark.parametrize(("code", "word"), [("WORKS_OPEN", "招标人"), ("GOV_OPEN", "采购人")])
def test_the_record_calls_the_owner_as_its_law_does(code: str, word: str) -> None:
    made = stories.section(code)
    terms = section_terms(made.pk)
    context = {
        "terms": terms,
        "hall": Hall(section=made),
        "record": {"bids": []},
        "owner": cast.organisation("ecology"),
    }

    with translation.override("zh-hans"):
        paper = render_to_string("opening/papers/record.html", context)
        assert translation.gettext(conductor_of(terms)) == f"{word}或代理机构"

    assert f"<th>{word}</th>" in paper


def test_the_composer_opens_for_its_bidder_and_tells_the_offline_rules() -> None:
    found = stories.opening()
    client = client_of("buyer1")

    page = client.get(reverse("bids:compose", args=[found.section.pk]))
    rules = client.get(reverse("bids:rules", args=[found.section.pk]))

    assert page.status_code == 200
    assert rules.json()["format"] == "luochui-bid-rules/v1"
    assert client_of("host").get(reverse("bids:compose", args=[found.section.pk])).status_code == 403


def test_the_library_keeps_and_retires_for_its_own_company_alone() -> None:
    client, address = client_of("buyer1"), reverse("bids:library")
    client.post(address, {"kind": "LICENCE", "title": "市政二级", "number": "D2", "valid_until": "2028-01-01"})

    assert "市政二级" in client.get(address).content.decode()
    assert "市政二级" not in client_of("buyer2").get(address).content.decode()


def test_a_ticket_is_for_one_hall() -> None:
    found = stories.opening()
    actor = replace(cast.actor("buyer1"))
    text = seal(actor=actor, hall_id=found.hall_id, viewer=Viewer.BIDDER, language="en")

    ticket = unseal(text)

    assert ticket is not None
    assert (ticket.hall_id, ticket.viewer, ticket.organisation_id) == (found.hall_id, "BIDDER", actor.organisation_id)
    assert unseal(text[:-2]) is None
    public = unseal(seal(actor=ANONYMOUS, hall_id=found.hall_id, viewer=Viewer.PUBLIC, language="en"))
    assert public is not None
    assert public.organisation_id is None


def test_sign_in_by_the_page_refuses_without_certificate() -> None:
    found = stories.opening()
    page = client_of("buyer1").get(reverse("opening:sign_in", args=[found.hall_id]))

    assert page.status_code == 200
    assert SIGNING_IN < stories.DEADLINE
