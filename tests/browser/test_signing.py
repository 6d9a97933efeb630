"""People sign: with a key in a file, on a token by the agent, with a remote service, on the phone by QR code."""

import asyncio
import contextlib
import hashlib
import json
import os
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from commons.evidence.domain.notes import VerifierKey
from exchange.contracts.models import Deal
from signatures.agent.prompts import Order
from signatures.agent.server import Agent
from signatures.agent.tokens import Pkcs11Tokens
from signatures.signing.queries import SignatureView, signatures_about
from tests.browser.chromium import PHONE, axe_problems, chromium
from tests.browser.signing import PATIENCE_MS, certified, key_file, open_file, sign_with_file
from tests.integration.exchange.auctions import story
from tests.live.servers import Server, free_port, running
from tests.pki import holder
from tests.signing.csc_double import CscDouble
from tests.softhsm import MODULE, PIN, soft_token

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("softhsm")]

AGENT_PORT = free_port()


@pytest.fixture
def remote() -> Iterator[CscDouble]:
    double = CscDouble(holder("buyer1"))
    yield double
    double.close()


@pytest.fixture
def server(transactional_db: None, remote: CscDouble) -> Iterator[Server]:
    with certified("buyer1"):
        server = Server(PASSWORD_ASSURANCE="3", SIGNING_AGENT_PORT=str(AGENT_PORT), SIGNING_CSC_URL=remote.url)
        with running(server):
            yield server


@pytest.fixture
def deal(server: Server) -> Deal:
    """A deal whose result is announced and that buyer1 has to confirm."""
    lot, now = story.qualified_lot({"buyer1": "1.680", "buyer2": "1.680"}), timezone.now()
    return Deal.objects.create(
        lot=lot, buyer=story.company("buyer1"), alias="01", origin="ROOM", quantity=Decimal("1.680"),
        price=Decimal("20000.00"), amount=Decimal("33600.00"), hammered_at=now, notified_at=now,
    )  # fmt: skip


def open_dialogue(page: Page, deal: Deal) -> str:
    """From the deal to the dialogue; the session's number."""
    page.goto(f"/deals/{deal.pk}/")
    page.locator("form[action$='/confirm/'] button").click()
    page.wait_for_url("**/sign/*/")
    return page.url.rstrip("/").rsplit("/", 1)[1]


def given(deal: Deal) -> SignatureView:
    (found,) = signatures_about(f"deal:{deal.pk}", "deal-confirmation")
    return found


@pytest.mark.parametrize(("language", "phone"), [("zh-hans", True), ("en", False)])
def test_a_key_in_a_file_signs_the_confirmation(
    server: Server, deal: Deal, tmp_path: Path, language: str, phone: bool
) -> None:
    with chromium() as browser:
        page = browser.page(server, person="buyer1", language=language, viewport=PHONE if phone else None)
        open_dialogue(page, deal)
        main = page.locator("main")
        for part in ("33,600.00", "叁万叁仟陆佰元整", "梁一", "佛山金马印染有限公司", deal.lot.project.title):
            expect(main).to_contain_text(part)
        open_file(page, "buyer1", tmp_path)
        shoot(page, f"dialogue-{language}")
        assert axe_problems(page) == []
        page.click("#signing-sign")
        page.wait_for_url(f"**/deals/{deal.pk}/", timeout=PATIENCE_MS)
        expect(page.locator("main")).to_contain_text("梁一")
        shoot(page, f"deal-{language}")

    assert given(deal).certificate == holder("buyer1").certificate
    deal.refresh_from_db()
    assert deal.buyer_confirmed_at is not None


def test_the_whole_dialogue_works_by_keyboard(server: Server, deal: Deal, tmp_path: Path) -> None:
    with chromium() as browser:
        page = browser.page(server, person="buyer1", language="en")
        open_dialogue(page, deal)
        open_file(page, "buyer1", tmp_path)
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "signing-sign":
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/deals/{deal.pk}/", timeout=PATIENCE_MS)

    assert given(deal).digest


def test_a_wrong_password_is_said_and_nothing_is_signed(server: Server, deal: Deal, tmp_path: Path) -> None:
    with chromium() as browser:
        page = browser.page(server, person="buyer1", language="zh-hans")
        open_dialogue(page, deal)
        page.set_input_files("#key-file", key_file("buyer1", tmp_path))
        page.fill("#key-password", "wrong")
        page.click("#key-look")
        expect(page.get_by_role("alert").filter(has_text="密码无法打开该文件")).to_be_visible(timeout=PATIENCE_MS)
        assert page.locator("#signing-sign").is_disabled()


def test_a_certificate_of_another_person_is_refused_by_the_platform(server: Server, deal: Deal, tmp_path: Path) -> None:
    with chromium() as browser:
        page = browser.page(server, person="buyer1", language="en")
        open_dialogue(page, deal)
        open_file(page, "buyer2", tmp_path)
        page.click("#signing-sign")
        expect(page.locator("#signing-trouble")).to_be_visible(timeout=PATIENCE_MS)
        browser.forget_refusals()

    assert signatures_about(f"deal:{deal.pk}", "deal-confirmation") == []


class Holder:
    """The person at the token's computer: types the PIN and remembers what was shown."""

    def __init__(self) -> None:
        self.shown: list[Order] = []

    def pin_for(self, order: Order) -> str | None:
        self.shown.append(order)
        return PIN


@contextmanager
def agent(server: Server, person: Holder, *, origin: str = "") -> Iterator[None]:
    """The agent of this computer, in a thread, serving the platform's page with its published key."""
    with urllib.request.urlopen(f"{server.http}/api/v1/evidence/keys") as answer:
        published = [VerifierKey.parse(one["key"]) for one in json.load(answer)["keys"]]
    key = next(one for one in published if one.name.endswith("/tickets"))
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        listening = await Agent({origin or server.http: key}, Pkcs11Tokens(MODULE), person).listen(AGENT_PORT)
        ready.set()
        with contextlib.suppress(asyncio.CancelledError):
            await listening.serve_forever()

    def run() -> None:
        loop.run_until_complete(task)
        loop.close()

    task = loop.create_task(serve())
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(20)


def test_a_key_on_a_token_signs_through_the_agent(server: Server, deal: Deal, tmp_path: Path) -> None:
    person = Holder()
    with soft_token(tmp_path) as token, chromium() as browser:
        token.put(holder("buyer1").key, holder("buyer1").certificate)
        with agent(server, person):
            page = browser.page(server, person="buyer1", language="zh-hans")
            open_dialogue(page, deal)
            page.check("#adapter-agent-ws")
            page.click("#key-look")
            expect(page.locator("#key-certificates input:checked")).to_have_count(1, timeout=PATIENCE_MS)
            page.click("#signing-sign")
            page.wait_for_url(f"**/deals/{deal.pk}/", timeout=PATIENCE_MS)
            # The next time the token is chosen already.
            page.goto(f"/deals/{deal.pk}/")

    (order,) = person.shown
    words = " ".join(order.lines())
    assert deal.lot.project.title in words
    assert "33600.00" in words
    assert order.ticket.digest == hashlib.sha256(given(deal).content).hexdigest()


def test_the_agent_serves_no_page_of_another_origin(server: Server, deal: Deal, tmp_path: Path) -> None:
    person = Holder()
    with soft_token(tmp_path), chromium() as browser, agent(server, person, origin="https://other.example"):
        page = browser.page(server, person="buyer1", language="en")
        open_dialogue(page, deal)
        page.check("#adapter-agent-ws")
        page.click("#key-look")
        expect(page.locator("#signing-trouble")).to_contain_text("No agent answers", timeout=PATIENCE_MS)

    assert person.shown == []


def test_a_remote_service_signs(server: Server, deal: Deal, remote: CscDouble) -> None:
    with chromium() as browser:
        page = browser.page(server, person="buyer1", language="en")
        open_dialogue(page, deal)
        page.check("#adapter-csc")
        page.fill("#key-account", remote.account)
        page.fill("#key-password", remote.password)
        page.fill("#key-pin", remote.pin)
        page.click("#key-look")
        expect(page.locator("#key-certificates input:checked")).to_have_count(1, timeout=PATIENCE_MS)
        page.click("#signing-sign")
        page.wait_for_url(f"**/deals/{deal.pk}/", timeout=PATIENCE_MS)

    assert remote.calls[-1] == "signatures/signHash"
    assert given(deal).cms


def test_the_phone_signs_by_code_what_the_desktop_opened(server: Server, deal: Deal, tmp_path: Path) -> None:
    with chromium() as browser:
        desktop = browser.page(server, person="buyer1", language="en")
        phone = browser.page(server, person="buyer1", language="zh-hans", viewport=PHONE, has_touch=True)
        rival = browser.page(server, person="buyer2", language="en")
        session = open_dialogue(desktop, deal)
        assert rival.goto(f"/sign/{session}/").status == 404  # type: ignore[union-attr]  # a page came
        desktop.get_by_role("button", name="Show the code").click()
        expect(desktop.locator(".signing-code img")).to_be_visible(timeout=PATIENCE_MS)
        shoot(desktop, "code")
        assert axe_problems(desktop) == []
        address = desktop.locator(".signing-code a").get_attribute("href") or ""
        phone.goto(address)
        phone.locator("main form button").click()
        phone.wait_for_url(f"**/sign/{session}/")
        sign_with_file(phone, "buyer1", tmp_path, back=f"/deals/{deal.pk}/")
        desktop.wait_for_url(f"**/deals/{deal.pk}/", timeout=PATIENCE_MS)
        expect(desktop.locator("main")).to_contain_text("Signed on the phone")
        assert phone.goto(address).status == 200  # type: ignore[union-attr]  # looking is no use
        phone.locator("main form button").click()
        expect(phone.locator("main")).to_contain_text("签名")
        browser.forget_refusals()

    assert given(deal).certificate == holder("buyer1").certificate


def shoot(page: Page, name: str) -> None:
    """A picture for people, where they ask for one."""
    if folder := os.environ.get("LUOCHUI_PICTURES"):
        page.screenshot(path=Path(folder) / f"signing-{name}.png", full_page=True)
