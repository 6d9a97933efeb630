"""The dialogue over HTTP: what it shows, what it may connect to, and what its steps answer."""

from base64 import b64decode, b64encode

import pytest
from django.test import Client
from django.utils import timezone

from signatures.signing import services
from tests.cast import actor, person
from tests.integration.signatures.signing.test_sessions import CONTENT, DONE, ask
from tests.pki import bound
from tests.signing import opened, signature_of

pytestmark = pytest.mark.django_db
AGENT = "ws://127.0.0.1:14732"


def client(key="buyer1", *, language="en"):
    signed = Client(headers={"accept-language": language})
    signed.force_login(person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return signed


def open_session(key="buyer1"):
    """A session that somebody else asked for, so that any browser of the signer may open it."""
    DONE.clear()
    return ask(key, by=actor("staff"), at=timezone.now())


def post(browser, url, body):
    return browser.post(url, body, content_type="application/json", headers={"accept": "application/json"})


def test_the_dialogue_says_what_by_whom_as_what_and_how_much():
    session = open_session()
    page = client().get(session.url).content.decode()

    for part in (
        "排污权成交确认",
        "33,600.00",
        "叁万叁仟陆佰元整",
        "佛山市排污权储备中心",
        "梁一",
        "佛山金马印染有限公司",
        "Buyer",
    ):
        assert part in page
    assert opened(session.number).digest[:8] in page


def test_only_signing_pages_may_speak_with_the_agent():
    browser, session = client(), open_session()

    assert AGENT in browser.get(session.url)["Content-Security-Policy"]
    for url in ("/workspace/", "/", "/sign/", "/deals/"):
        assert AGENT not in browser.get(url)["Content-Security-Policy"]


def test_the_steps_of_the_script_sign():
    session, browser, who = open_session(), client(), bound("buyer1")

    content = browser.get(f"{session.url}content/")
    assert b"".join(content.streaming_content) == CONTENT
    prepared = post(browser, f"{session.url}prepare/", {"certificate": b64encode(who.certificate).decode()})
    assert prepared.status_code == 200, prepared.content
    signature = signature_of("buyer1", b64decode(prepared.json()["attributes"]))
    done = post(browser, f"{session.url}complete/", {"signature": b64encode(signature).decode()})

    assert done.json() == {"url": "/deals/7/"}
    assert len(DONE) == 1
    assert "This is signed." in browser.get(session.url).content.decode()


@pytest.mark.parametrize(
    "body", ["{", "[]", "{}", '{"certificate":1}', '{"certificate":"!"}', '{"certificate":"YQ=="}']
)
def test_what_is_no_request_is_refused_with_words(body):
    session, browser = open_session(), client()

    answer = post(browser, f"{session.url}prepare/", body)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_another_person_finds_nothing_and_the_anonymous_sign_in_first():
    session = open_session()

    assert client("buyer2").get(session.url).status_code == 404
    assert client("buyer2").get(f"{session.url}content/").status_code == 404
    assert post(client("buyer2"), f"{session.url}prepare/", {"certificate": "YQ=="}).status_code == 404
    assert Client().get(session.url)["Location"].startswith("/account/login/")


def test_the_desktop_learns_that_the_phone_has_signed():
    session, desktop = open_session(), client()
    waiting = desktop.get(f"{session.url}state/")
    assert "HX-Redirect" not in waiting

    services.decline(actor=actor("buyer1"), number=session.number, reason="", at=timezone.now())
    assert desktop.get(f"{session.url}state/")["HX-Redirect"] == session.url


def test_the_code_is_a_picture_and_only_a_button_uses_it():
    session, desktop, phone = open_session(), client(), client()
    fragment = desktop.post(f"{session.url}phone/").content.decode()
    assert 'src="data:image/svg+xml' in fragment
    address = fragment.split('<a href="http://testserver', 1)[1].split('"', 1)[0]

    assert phone.get(address).status_code == 200
    assert phone.get(address).status_code == 200, "looking uses nothing up"
    assert phone.post(address)["Location"] == session.url
    assert client().post(address).status_code == 410


def test_declining_leads_back():
    session = open_session()

    assert client().post(f"{session.url}decline/", {"reason": "x"})["Location"] == "/deals/7/"
    assert "You declined" in client().get(session.url).content.decode()


def test_what_waits_is_listed():
    session = open_session()

    assert session.url in client().get("/sign/").content.decode()
    assert session.url not in client("buyer2").get("/sign/").content.decode()
