"""The front door in a real browser: axe clean, no message of the policy, phone and desk, both languages, passkeys."""

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from commons.people.models import Membership
from tests import cast
from tests.browser.chromium import ARGUMENTS, EXECUTABLE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("portal-browser")]
PHONE, DESK = (390, 844), (1280, 800)
PUBLIC = ["/", "/results/", "/verify/", "/accessibility/", "/api/", "/design/", "/account/login/", "/no/such/page/"]
SIGNED_IN = ["/workspace/", "/people/account/", "/people/members/", "/people/members/open/", "/account/2fa/"]
FACES = [("zh-CN", PHONE, "light"), ("en-GB", DESK, "light"), ("en-GB", PHONE, "dark"), ("zh-CN", DESK, "dark")]
PASSWORD = "luochui-demo"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; Django must not take its own calls for calls on that loop.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator["Visit"]:
    visit = Visit(browser)
    yield visit
    visit.close()


class Visit:
    """Browsers of one test; fails it when the content security policy blocked anything or a script broke."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def page(self, locale: str = "en-GB", size: tuple[int, int] = DESK, scheme: str = "light") -> Page:
        viewport = {"width": size[0], "height": size[1]}
        context = self.browser.new_context(viewport=viewport, locale=locale, color_scheme=scheme)  # type: ignore[arg-type]
        self.contexts.append(context)
        context.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
        )
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.text.startswith("CSP "):
            self.complaints.append(message.text)

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        assert self.complaints == []


def sign_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/account/login/")
    page.fill("#id_login", username)
    page.fill("#id_password", PASSWORD)
    page.click("form[action='/account/login/'] button")
    page.wait_for_url("**/workspace/")


def assert_clean(page: Page) -> None:
    results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} is wider than the screen"


@pytest.mark.parametrize(("locale", "size", "scheme"), FACES)
def test_public_pages_are_clean(
    live_server: LiveServer, visit: Visit, locale: str, size: tuple[int, int], scheme: str
) -> None:
    page = visit.page(locale, size, scheme)

    for address in PUBLIC:
        page.goto(live_server.url + address)
        assert_clean(page)


@pytest.mark.parametrize(("locale", "size", "scheme"), FACES)
def test_signed_in_pages_are_clean(
    live_server: LiveServer, visit: Visit, locale: str, size: tuple[int, int], scheme: str
) -> None:
    person, organisation = cast.person("buyer1"), cast.organisation("jinma")
    Membership.objects.create(person=person, organisation=organisation, role="ADMINISTRATOR", granted_at=cast.LONG_AGO)
    page = visit.page(locale, size, scheme)
    sign_in(page, live_server.url, "buyer1")

    for address in SIGNED_IN:
        page.goto(live_server.url + address)
        assert page.url == live_server.url + address
        assert_clean(page)


@pytest.mark.parametrize(("locale", "size", "scheme"), FACES)
def test_the_service_desk_is_clean(
    live_server: LiveServer, visit: Visit, locale: str, size: tuple[int, int], scheme: str
) -> None:
    person, house = cast.person("buyer1"), cast.organisation("jinma")
    cast.person("staff")
    page = visit.page(locale, size, scheme)
    sign_in(page, live_server.url, "staff")

    for address in (
        "/people/desk/?q=jinma",
        f"/people/desk/?q={house.uscc}",
        "/people/organisations/enter/",
        f"/people/organisations/{house.pk}/members/",
        f"/people/organisations/{house.pk}/members/open/",
        f"/people/persons/{person.pk}/",
        f"/people/persons/{person.pk}/level/",
        f"/people/persons/{person.pk}/close/",
        "/operations/",
        "/account/password/change/",
    ):
        page.goto(live_server.url + address)
        assert page.url == live_server.url + address
        assert_clean(page)


def test_a_keyboard_reaches_the_content_first(live_server: LiveServer, visit: Visit) -> None:
    page = visit.page()
    page.goto(live_server.url)

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")

    expect(page.locator(":focus")).to_have_id("content")


def test_the_language_switch_stays_on_the_page(live_server: LiveServer, visit: Visit) -> None:
    page = visit.page()
    page.goto(f"{live_server.url}/accessibility/?from=foot")

    page.click("button[lang=zh-Hans]")

    assert page.url == f"{live_server.url}/accessibility/?from=foot"
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_the_foot_keeps_the_servers_time_on_a_wrong_computer(live_server: LiveServer, visit: Visit) -> None:
    page = visit.page()
    page.clock.install(time="2001-01-01T00:00:00Z")
    page.goto(live_server.url)
    first = page.locator(".foot time").inner_text()

    page.clock.run_for(2000)

    later = page.locator(".foot time").inner_text()
    assert not later.startswith("2001")
    assert later > first


def test_a_wrong_password_says_so_and_five_lock_with_a_way_out(live_server: LiveServer, visit: Visit) -> None:
    cast.person("buyer1")
    page = visit.page()

    for _ in range(5):
        page.goto(f"{live_server.url}/account/login/")
        page.fill("#id_login", "buyer1")
        page.fill("#id_password", "wrong")
        page.click("form[action='/account/login/'] button")

    expect(page.get_by_role("heading", level=1)).to_have_text("Locked for 15 minutes")
    assert_clean(page)


def test_a_passkey_is_set_up_and_signs_in_with_level_three(
    live_server: LiveServer, visit: Visit, settings: pytest.FixtureRequest
) -> None:
    settings.PASSWORD_ASSURANCE = 2  # type: ignore[attr-defined]  # as in production
    cast.person("buyer1")
    page = visit.page()
    with_authenticator(page)
    sign_in(page, live_server.url, "buyer1")
    page.goto(f"{live_server.url}/people/account/")
    expect(page.locator("main")).to_contain_text("L2, real name")

    page.goto(f"{live_server.url}/account/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.fill("#id_password", PASSWORD)
        page.click("main form button")
    page.fill("#id_name", "laptop")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda address: not address.endswith("/add/"))
    page.goto(f"{live_server.url}/account/logout/")
    page.click("main form button")

    page.goto(f"{live_server.url}/account/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/workspace/")
    page.goto(f"{live_server.url}/people/account/")
    expect(page.locator("main")).to_contain_text("L3, face or business licence")


def with_authenticator(page: Page) -> None:
    """A passkey device of the browser's own making."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_that_is_cancelled_says_so(live_server: LiveServer, visit: Visit) -> None:
    page = visit.page()
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new Error('cancelled'))")
    page.goto(f"{live_server.url}/account/login/")

    page.click("#passkey_login")

    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")


def test_what_was_typed_outlives_the_session(live_server: LiveServer, visit: Visit) -> None:
    cast.person("seller")
    page = visit.page()
    sign_in(page, live_server.url, "seller")
    page.goto(f"{live_server.url}/seller/projects/new/")
    typed = {"title": "A long morning's typing", "decision_body": "Bureau", "decision_no": "No. 7",
             "contact_name": "Li", "contact_phone": "0757-83000000", "description": "Line one\nLine two"}  # fmt: skip
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)
    page.context.clear_cookies(name="sessionid")

    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not signed in")
    expect(page.locator("main")).to_contain_text("What you typed is kept in this tab.")
    page.locator("main").get_by_role("link", name="Sign in").click()
    page.fill("#id_login", "seller")
    page.fill("#id_password", PASSWORD)
    page.click("form[action='/account/login/'] button")

    page.wait_for_url("**/seller/projects/new/")
    for name, text in typed.items():
        expect(page.locator(f"[name={name}]")).to_have_value(text)
    expect(page.locator("#messages .alert-warning")).to_contain_text("it was not sent yet")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile(r"/seller/projects/\d+/$"))
    page.goto(f"{live_server.url}/seller/projects/new/")
    expect(page.locator("[name=title]")).to_have_value("")


def test_what_one_person_typed_is_not_shown_to_the_next(live_server: LiveServer, visit: Visit) -> None:
    for key in ("seller", "buyer1"):
        cast.person(key)
    page = visit.page()
    sign_in(page, live_server.url, "seller")
    page.goto(f"{live_server.url}/seller/projects/new/")
    page.fill("[name=title]", "Not for others")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("[data-draft-kept]")).to_be_visible()

    sign_in(page, live_server.url, "buyer1")

    assert page.evaluate("sessionStorage.getItem('luochui-drafts')") is None


def test_passwords_and_sealed_prices_are_not_kept(live_server: LiveServer, visit: Visit) -> None:
    page = visit.page()
    page.goto(f"{live_server.url}/verify/")
    page.evaluate(
        """() => {
            const form = document.createElement("form");
            form.setAttribute("method", "post");
            form.innerHTML = '<input name="words" value="kept"><input name="price" value="9" autocomplete="off">' +
                             '<input name="code" value="8" autocomplete="one-time-code">';
            document.querySelector("main").append(form);
            const keys = form.cloneNode(true);
            keys.insertAdjacentHTML("beforeend", '<input name="pin" type="password" value="7">');
            document.querySelector("main").append(keys);
            addEventListener("submit", (event) => event.preventDefault());
            form.requestSubmit();
            keys.requestSubmit();
        }"""
    )

    drafts = json.loads(page.evaluate("sessionStorage.getItem('luochui-drafts')"))

    assert [draft["values"] for draft in drafts] == [["kept"]]


def test_a_double_click_sends_a_form_once(live_server: LiveServer, visit: Visit) -> None:
    page = visit.page()
    page.goto(f"{live_server.url}/account/login/")
    page.fill("#id_login", "buyer1")
    page.fill("#id_password", "typed")
    page.wait_for_function("document.readyState === 'complete'")

    stopped = page.locator("form[action='/account/login/']").evaluate(
        """form => {
            const stopped = [];
            addEventListener("submit", (event) => { stopped.push(event.defaultPrevented); event.preventDefault(); });
            form.requestSubmit();
            form.requestSubmit();
            return stopped;
        }"""
    )

    assert stopped == [False, True]
