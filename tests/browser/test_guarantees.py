"""A guarantee in browsers: asked from inside a lot, underwritten, signed, sealed, opened, claimed, refused and paid.

The buyer uses a phone in Chinese, the issuer's people and the seller desktops in both languages.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from commons.outbox.services import deliver_due
from exchange.auctions import services as auctions
from exchange.auctions.models import Registration
from exchange.auctions.services.guaranteeing import open_guarantee
from portal.demo.issuers import open_issuers
from signatures.guarantees import queries as guarantees
from signatures.guarantees.services.papers import check_uploaded
from tests import cast
from tests.browser.chromium import DESKTOP, PHONE, axe_problems, chromium, send
from tests.browser.signing import PATIENCE_MS, certified, choose_p12, key_file
from tests.integration.exchange.auctions import story
from tests.live.servers import Server, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("guarantees-browser"),
]
PROJECT = "佛山市2026年第1次氨氮排污权出让"


@pytest.fixture
def server(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Server]:
    """This process, which opens the guarantee and delivers messages, and the server share folders and keys."""
    settings.DATA_DIR, settings.PLATFORM_KEYS_DIR = tmp_path, tmp_path / "keys"
    server = Server(PASSWORD_ASSURANCE="3", DATA_DIR=str(tmp_path), SIGNING_KEYS_DIR=str(tmp_path / "keys"))
    settings.PUBLIC_URL = server.http
    with running(server):
        yield server


def registered() -> Registration:
    """buyer1 has registered for a lot whose registration is open."""
    story.registry("buyer1")
    story.bank("buyer1")
    open_issuers(at=cast.LONG_AGO)
    now = timezone.now()
    draft = story.draft(story.terms(opens_at=now + timedelta(days=30)), at=now - timedelta(days=20))
    (lot,) = story.publish(draft, at=now - timedelta(days=4))
    auctions.advance_due(now)
    return Registration.objects.get(pk=story.register(lot, "buyer1", at=now))


def looked_at(page: Page, name: str) -> None:
    """No fault of accessibility; with SHOTS naming a folder also pictures of each size and language."""
    assert axe_problems(page) == []
    if os.environ.get("SHOTS"):
        origin, spoken = page.evaluate("location.origin"), page.evaluate("document.documentElement.lang")
        for language in sorted(("zh-hans", "en"), key=lambda one: one[:2] == spoken[:2]):
            page.context.add_cookies([{"name": "django_language", "value": language, "url": origin}])
            page.goto(page.url)
            photographed(page, f"{name}-{language}")


def photographed(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        was = page.viewport_size
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)
        page.set_viewport_size(was or DESKTOP)


def ask(page: Page, registration: Registration) -> str:
    """The buyer asks the bank from inside the lot; gives the address of the guarantee."""
    page.goto(f"/registrations/{registration.pk}/")
    page.get_by_role("link", name="改为申请保函").click()
    looked_at(page, "ask")
    bank = cast.organisation("bank").name
    page.locator("select[name=issuer]").select_option(label=f"{bank} · 银行")
    page.get_by_label("致开函机构的说明").fill("首次申请")
    page.locator("main form button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("已申请")
    return page.url


def underwrite(page: Page) -> None:
    """An underwriter finds it in the queue, as a commitment without project, and assesses it within the credit line."""
    page.goto("/issuer/guarantees/")
    expect(page.locator("main")).to_contain_text(cast.organisation("jinma").name)
    expect(page.locator("main")).not_to_contain_text(PROJECT)
    looked_at(page, "queue")
    page.locator("main table a").first.click()
    page.get_by_role("button", name="Take it up").click()
    expect(page.locator("main")).to_contain_text("revealed to you at the opening")
    page.get_by_role("link", name="Assess").click()
    page.get_by_label("Number of the guarantee").fill("BH-2026-0001")
    send(page.get_by_role("button", name="Record the assessment"))
    expect(page.locator("main dt", has_text="Fee")).to_be_visible()
    page.goto("/issuer/credit/")
    expect(page.locator("main")).to_contain_text("1,000,000.00")
    looked_at(page, "credit")


def issue(page: Page, address: str, folder: Path) -> None:
    """Another person of the bank signs with the own certificate; the guarantee is sealed."""
    page.goto(address)
    page.get_by_role("button", name="Sign and issue").click()
    expect(page.locator("h1")).to_contain_text("Electronic guarantee")
    path = address.partition("//")[2].partition("/")[2]
    # What is signed is fixed with the certificate: there is nothing to compare before it is chosen.
    choose_p12(page, key_file("manager", folder))
    photographed(page, "sign")
    page.click("#signing-sign")
    page.wait_for_url(f"**/{path}", timeout=PATIENCE_MS)
    expect(page.locator("main")).to_contain_text("Issued, sealed")


def claim(page: Page, address: str, statement: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="索赔").click()
    page.locator("[name=ground]").select_option("REFUSED_TO_SIGN")
    page.locator("[name=amount]").fill("6720.00")
    page.locator("[name=document_ref]").fill("佛环函〔2026〕9号")
    page.locator("[name=statement]").fill(statement)
    page.locator("main form button.btn-danger").click()
    expect(page.locator("main")).to_contain_text(statement)


def answer(page: Page, address: str, step: str, **fields: str) -> None:
    page.goto(f"{address}{step}/")
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form button[class*=btn-]").click()
    page.wait_for_url(address)


def deliver() -> None:
    """What the outbox promised: the PDF under the platform's seal, the issuer's signature inside."""
    try:
        deliver_due(timezone.now())
    finally:
        connection.close()


def test_from_the_application_to_the_payment(server: Server, tmp_path: Path) -> None:
    registration = registered()
    with certified("manager", "buyer1"), chromium() as browser:
        buyer = browser.page(server, person="buyer1", viewport=PHONE)
        underwriter = browser.page(server, person="underwriter", language="en")
        manager = browser.page(server, person="manager", language="en")
        seller = browser.page(server, person="seller")
        address = ask(buyer, registration)
        ref = address.rstrip("/").rpartition("/")[2]
        underwrite(underwriter)
        issue(manager, address, tmp_path)
        with ThreadPoolExecutor(1) as pool:  # sealing a PDF wants a thread without Playwright's loop
            pool.submit(deliver).result()

        seller.goto("/beneficiary/guarantees/")
        expect(seller.locator("main")).to_contain_text("尚无已开启的保函")
        assert (seller.goto(address) or seller).status == 404  # type: ignore[union-attr]  # a page answers
        buyer.reload()
        with buyer.expect_download() as started:
            buyer.get_by_role("link", name="保函 PDF").click()
        pdf = Path(started.value.path()).read_bytes()
        assert check_uploaded(pdf, issuer=cast.organisation("bank").name, at=timezone.now()).signer

        open_guarantee(registration, actor=cast.actor("host"), at=timezone.now())
        seller.goto(address)
        expect(seller.locator("main")).to_contain_text("开启时已核验")
        expect(seller.locator("main")).to_contain_text(PROJECT)
        looked_at(seller, "opened")
        claim(seller, address, "成交后拒签合同")
        answer(manager, address, "refuse", note="合同尚在签订期内")
        seller.reload()
        expect(seller.locator("main")).to_contain_text("合同尚在签订期内")
        claim(seller, address, "签订期已过，仍未签订")
        manager.goto(address)
        looked_at(manager, "claimed")
        answer(manager, address, "pay", payment_ref="BANK-REF-77")
        expect(manager.locator("main")).to_contain_text("BANK-REF-77")

        anchor = guarantees.one(cast.actor("buyer1"), ref).dossier.anchor
        public = browser.page(server, language="en", viewport=PHONE)
        public.goto("/verify/guarantee/")
        public.get_by_label("Anchor (64 hexadecimal digits)").fill(anchor)
        public.get_by_role("button", name="Check it").click()
        expect(public.locator("main")).to_contain_text("Every entry is signed by this platform")
        expect(public.locator("main")).not_to_contain_text(cast.organisation("jinma").name)
        looked_at(public, "verify")
        browser.forget_refusals()
