"""The whole story in browsers: from the notice to the certificate, with two people, three robots, and every desk.

Buyer 1 uses a phone in Chinese, buyer 2 a desktop in English. What the rules let take days is cut short by moving the
lot's own instants (`time_passes`); everything else is done by people on pages, or by the timekeeper.
"""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from commons.domain.time import SHANGHAI
from exchange.auctions import services as auctions
from exchange.auctions.models import Registration
from exchange.auctions.services.papers import CONTRACT
from exchange.contracts.models import Deal
from exchange.deposits import queries as deposits
from exchange.deposits.domain.facts import ExpectedMoney
from exchange.projects.models import Lot, Project
from portal.demo.bank import open_accounts, receipt_of, statement
from portal.demo.cast import LONG_AGO
from portal.demo.city import ask_for_certificates
from portal.demo.robots import Robot, Robots
from signatures.documents import queries as papers
from signatures.documents import services as documents
from tests.browser.chromium import PHONE, Chromium, chromium, send
from tests.browser.signing import certified, choose_p12, key_file, sign_with_file
from tests.cast import PARTIES, organisation
from tests.integration.exchange.auctions import story
from tests.live.servers import Background, Server, running
from tests.pki import authority

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("story")]

ROBOTS = ("robot1", "robot2", "robot3")
PATIENCE_MS = 30_000
SECONDS = {"free_ms": "45000", "waiting_ms": "2000", "timed_ms": "8000", "extension_ms": "8000"}


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    """PostgreSQL and Redis: a web process and a timekeeper. Embedded: one process for both."""
    if connection.vendor == "sqlite":
        server = Server("manage.py", "serve", PASSWORD_ASSURANCE="3")
        with running(server):
            yield server
    else:
        server = Server(PASSWORD_ASSURANCE="3")
        with running(server, Background("manage.py", "timekeeper")):
            yield server


def prepared_city() -> None:
    """Permits, the seller's reserve, accounts, and the certificates of everybody."""
    story.registry("buyer1", "buyer2", *ROBOTS)
    open_accounts(at=story.DRAFTED)
    ask_for_certificates(at=LONG_AGO)


def draft_the_notice(page: Page, folder: Path) -> None:
    """The seller says what it offers, attaches its decision and hands the project in."""
    page.goto("/seller/projects/new/")
    words = {
        "title": "佛山市2026年第1次氨氮排污权出让",
        "region": story.REGION,
        "decision_body": "佛山市生态环境局",
        "decision_no": "佛环函〔2026〕5号",
        "contact_name": "陈工",
        "contact_phone": "0757-00000000",
    }
    page.locator("[name=trade_type]").select_option("EMISSION_RIGHTS")
    for name, value in words.items():
        page.locator(f"[name={name}]").fill(value)
    submit(page)
    page.get_by_role("link", name="Add a lot").click()
    page.locator("[name=instrument]").select_option("NH3-N")
    page.locator("[name=profile]").select_option("FOSHAN_2018")
    opens_at = (timezone.now() + timedelta(days=30)).astimezone(SHANGHAI).strftime("%Y-%m-%dT10:00")
    numbers = {"quantity": "1.680", "start_price": "20000.00", "step": "100.00", "opens_at": opens_at}
    for name, value in numbers.items():
        page.locator(f"[name={name}]").fill(value)
    submit(page)
    decision = folder / "decision.pdf"
    with pikepdf.new() as paper:
        paper.add_blank_page()
        paper.save(decision)
    page.locator("form[action$='/documents/'] [name=title]").fill("出让决定")
    page.set_input_files("form[action$='/documents/'] [name=file]", decision)
    page.get_by_role("button", name="Attach").click()
    expect(page.locator("#documents + ul")).to_contain_text("出让决定")
    page.get_by_role("button", name="Hand in for the completeness check").click()
    expect(page.get_by_role("button", name="Hand in for the completeness check")).to_have_count(0)


def submit(page: Page) -> None:
    page.locator("main form button.btn-primary").first.click()


def check_and_publish(checks: Page, publishes: Page) -> Lot:
    """One person of the exchange looks whether everything is there, another one publishes."""
    checks.goto("/centre/projects/")
    checks.locator("main table a").first.click()
    for box in checks.locator("main input[type=checkbox]").all():
        box.check()
    send(checks.get_by_role("button", name="Everything is there"))
    publishes.goto("/centre/projects/")
    publishes.locator("main table a").first.click()
    publishes.locator("form[action$='/publish/'] button").click()
    publishes.wait_for_load_state()
    return Lot.objects.select_related("project__seller").get()


def open_registration(lot: Lot) -> None:
    """The days of the notice pass, and the robots register."""
    # The room's times in seconds instead of minutes; a notice of a real seller cannot say so.
    Lot.objects.filter(pk=lot.pk).update(profile={**lot.profile, **SECONDS})
    project = Project.objects.get(pk=lot.project_id)
    project.parameters["room.readiness_minutes"]["value"] = "0"
    project.save(update_fields=["parameters"])
    time_passes(lot, registration_starts_at=-timedelta(minutes=5))
    now = timezone.now()
    auctions.advance_due(now)
    for robot in ROBOTS:
        story.register(lot, robot, need="1.680", at=now)


def time_passes(lot: Lot, **instants: timedelta) -> None:
    """Move instants of the lot to so much from now."""
    now = timezone.now()
    Lot.objects.filter(pk=lot.pk).update(**{name: now + delta for name, delta in instants.items()})


def register_on_a_phone(page: Page, lot: Lot) -> None:
    page.goto("/notices/")
    page.locator(f"a[href*='/notices/{lot.project_id}/'], a[href*='/lots/{lot.pk}/']").first.click()
    page.goto(f"/lots/{lot.pk}/")
    page.get_by_role("button", name="登记受让意向").click()
    page.get_by_role("link", name="许可证、需求和联系方式").click()
    page.get_by_label("排污许可证编号").fill(story.permit_no("buyer1"))
    page.get_by_label("需求数量").fill("1.680")
    page.get_by_label("联系人").fill("李工")
    page.get_by_label("联系电话").fill("0757-11111111")
    page.get_by_role("button", name="保存并继续").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="提交登记").click()
    expect(page.locator("main")).to_contain_text("陆仟柒佰贰拾元整")


def register_on_a_desktop(page: Page, lot: Lot) -> None:
    page.goto(f"/lots/{lot.pk}/")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("link", name="Permit, need and contact").click()
    page.locator("[name=permit_no]").fill(story.permit_no("buyer2"))
    page.locator("[name=need]").fill("1.680")
    page.locator("[name=contact_name]").fill("Ms Ho")
    page.locator("[name=contact_phone]").fill("0757-22222222")
    page.locator("main form button[type=submit], main form button.btn-primary").first.click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.locator("main form button.btn-primary").first.click()
    expect(page.locator("main")).to_contain_text("6,720.00")


def hand_in_statement(
    page: Page, folder: Path, receipts: Sequence[tuple[str, ExpectedMoney | None]], name: str
) -> None:
    """Finance takes in the bank's file on its desk."""
    due = [(key, expected) for key, expected in receipts if expected is not None]
    assert len(due) == len(receipts), "somebody is asked for nothing"
    paid = [receipt_of(expected, PARTIES[key].organisation) for key, expected in due]
    account = due[0][1].account
    file = folder / f"{name}.xml"
    file.write_bytes(statement(paid, account=account, statement_id=name, at=timezone.now()))
    page.goto("/finance/statements/")
    page.set_input_files("[name=file]", file)
    send(page.get_by_role("button", name="Take in"))
    page.goto("/finance/statements/")
    expect(page.locator("main")).to_contain_text(f"{name}.xml")
    expect(page.locator("main")).to_contain_text("Everything is clear")


def qualify_everybody(page: Page, lot: Lot) -> None:
    page.goto(f"/lots/{lot.pk}/buyers/")
    for left in range(5, 0, -1):
        buttons = page.get_by_role("button", name=re.compile("^Qualify"))
        expect(buttons).to_have_count(left)
        buttons.first.click()


def until(page: Page, address: str, text: str) -> None:
    """Look at a page again until the timekeeper has done its part."""
    for _ in range(PATIENCE_MS // 500):
        page.goto(address)
        if text in page.locator("main").inner_text():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{address} never said {text!r}: {page.locator('main').inner_text()}")


def wait_for_room(page: Page, lot: Lot) -> int:
    for _ in range(PATIENCE_MS // 250):
        room_id = Lot.objects.values_list("room_id", flat=True).get(pk=lot.pk)
        if room_id is not None:
            return int(room_id)
        page.wait_for_timeout(250)
    raise AssertionError("the method was never decided")


def wait_for_deal(page: Page, lot: Lot) -> Deal:
    """The deal that the timekeeper draws from the room's result, once it has been announced."""
    for _ in range(PATIENCE_MS // 250):
        deal = Deal.objects.filter(lot=lot, notified_at__isnull=False).first()
        if deal is not None:
            return deal
        page.wait_for_timeout(250)
    raise AssertionError("the result was never announced")


def enter(page: Page, room_id: int, login: str, folder: Path) -> None:
    """The certificate vouches for the key of this browser, then one may bid."""
    page.goto(f"/rooms/{room_id}/")
    page.locator("[data-key-sign]").click(timeout=PATIENCE_MS)
    sign_with_file(page, login, folder, back=f"/rooms/{room_id}/")
    expect(page.locator("body")).to_have_attribute("data-room-phase", "FREE", timeout=PATIENCE_MS)
    expect(page.locator("[data-send]")).to_be_enabled(timeout=PATIENCE_MS)


def outbid_in_the_timed_phase(page: Page) -> None:
    """Bid whenever somebody else leads, until the close has moved because of it."""
    expect(page.locator("body")).to_have_attribute("data-room-phase", "TIMED", timeout=60_000)
    button = page.locator("[data-send]")
    expect(button).to_be_enabled(timeout=PATIENCE_MS)
    button.click()
    expect(page.locator("#result")).to_contain_text(re.compile("counted|有效"), timeout=PATIENCE_MS)


def bid_to_win(page: Page, lot: Lot) -> None:
    """Buyer 1 answers every robot until the hammer falls."""
    body, send = page.locator("body"), page.locator("[data-send]")
    for _ in range(600):
        if body.get_attribute("data-room-phase") not in ("FREE", "WAITING", "TIMED"):
            return
        leads = "您领先" in page.locator("[data-position]").inner_text()
        if not leads and body.get_attribute("data-room-phase") == "TIMED" and send.is_enabled():
            send.click(timeout=2_000)
        page.wait_for_timeout(300)
    raise AssertionError("the hammer never fell")


def conclude(pages: dict[str, Page], deal: Deal, folder: Path) -> None:
    """Result confirmed and contract signed by both sides, each in its own browser."""
    address = f"/deals/{deal.pk}/"
    until(pages["buyer1"], address, "确认")
    for side in ("buyer1", "seller"):
        pages[side].goto(address)
        pages[side].locator(f"form[action='{address}confirm/'] button").click()
        sign_with_file(pages[side], side, folder, back=address)
    number = sealed_contract(pages["buyer1"], deal)
    for side in ("buyer1", "seller"):
        sign_the_contract(pages[side], side, number, folder)


def sealed_contract(page: Page, deal: Deal) -> str:
    """The number of the contract's paper, once it is drawn and the platform has sealed it."""
    for _ in range(PATIENCE_MS // 250):
        paper = papers.newest(f"deal:{deal.pk}", CONTRACT)
        if paper is not None:
            with ThreadPoolExecutor(1) as beside:  # the browser's loop runs in this thread
                beside.submit(_sealed, paper.id).result()
            return paper.number
        page.wait_for_timeout(250)
    raise AssertionError("the contract was never drawn up")


def _sealed(paper_id: int) -> None:
    try:
        documents.certify(paper_id=paper_id, at=timezone.now())
    finally:
        connection.close()


def sign_the_contract(page: Page, login: str, number: str, folder: Path) -> None:
    """Sign on the paper's own page: its hash is fixed with the certificate, and reckoned again before the key signs."""
    page.goto(f"/papers/{number}/")
    page.locator(f"form[action^='/papers/{number}/sign/'] button").click()
    expect(page.locator("#signing-digest")).to_contain_text(re.compile("选定证书|chosen your certificate"))
    choose_p12(page, key_file(login, folder))
    page.click("#signing-sign")
    page.wait_for_url(f"**/papers/{number}/", timeout=PATIENCE_MS)
    expect(page.locator("main")).to_contain_text(PARTIES[login].name)


def confirm_by_voucher(page: Page) -> None:
    page.goto("/treasury/payments/")
    page.get_by_role("link", name="Enter the voucher").first.click()
    page.locator("[name=number]").fill("GD-2026-000417")
    amount = page.locator("[name=amount]")
    if amount.count():
        payment = deposits.payment_of(f"deal:{Deal.objects.get().pk}")
        assert payment is not None
        amount.fill(f"{payment.amount:f}")
    page.get_by_role("button", name="Confirm the payment").click()


def transfer_and_certify(page: Page, deal: Deal) -> str:
    address = f"/deals/{deal.pk}/"
    for step in ("transfer", "certify"):
        for _ in range(60):
            page.goto(address)
            button = page.locator(f"form[action='{address}{step}/'] button")
            if button.count():
                break
            page.wait_for_timeout(500)
        button.click()
        page.wait_for_load_state()
    deal.refresh_from_db()
    return str(deal.certificates.get().code)


def people(browser: Chromium, server: Server) -> dict[str, Page]:
    pages = {"buyer1": browser.page(server, person="buyer1", language="zh-hans", viewport=PHONE)}
    for person in ("buyer2", "seller", "staff", "staff2", "finance", "treasury"):
        pages[person] = browser.page(server, person=person, language="en")
    pages["public"] = browser.page(server, language="zh-hans", viewport=PHONE)
    return pages


def test_from_the_notice_to_the_certificate(server: Server, tmp_path: Path) -> None:
    prepared_city()

    with certified("buyer1", "buyer2", "seller", *ROBOTS), chromium() as browser:
        pages = people(browser, server)
        draft_the_notice(pages["seller"], tmp_path)
        lot = check_and_publish(pages["staff"], pages["staff2"])
        open_registration(lot)
        register_on_a_phone(pages["buyer1"], lot)
        register_on_a_desktop(pages["buyer2"], lot)
        buyers = ("buyer1", "buyer2", *ROBOTS)
        expected = [(key, deposits.deposit_of(lot.pk, story.company(key).pk)) for key in buyers]
        hand_in_statement(pages["finance"], tmp_path, expected, "DEPOSITS")

        time_passes(lot, registration_ends_at=timedelta(seconds=-1), opens_at=timedelta(seconds=12))
        until(pages["seller"], f"/lots/{lot.pk}/buyers/", "Qualify")
        qualify_everybody(pages["seller"], lot)
        room_id = wait_for_room(pages["seller"], lot)
        aliases = set(Registration.objects.filter(lot=lot).values_list("alias", flat=True))
        assert len(aliases) == 5
        three = Robots(
            [Robot(key, room_id, Decimal(20_600), thinks_s=(1.5, 3.0)) for key in ROBOTS],
            base_url=f"ws://localhost:{server.port}",
            authority=authority(),
        ).start()
        enter(pages["buyer1"], room_id, "buyer1", tmp_path)
        enter(pages["buyer2"], room_id, "buyer2", tmp_path)
        browser.forget_refusals()
        outbid_in_the_timed_phase(pages["buyer2"])
        bid_to_win(pages["buyer1"], lot)
        three.stop()

        expect(pages["buyer1"].locator("body")).to_have_attribute("data-room-phase", "ENDED", timeout=PATIENCE_MS)
        deal = wait_for_deal(pages["public"], lot)
        assert deal.buyer_id == organisation(PARTIES["buyer1"].organisation).pk
        conclude(pages, deal, tmp_path)
        payment = deposits.payment_of(f"deal:{deal.pk}")
        hand_in_statement(pages["finance"], tmp_path, [("buyer1", payment)], "PRICE")
        confirm_by_voucher(pages["treasury"])
        code = transfer_and_certify(pages["staff"], deal)

        pages["public"].goto(f"/verify/certificate/{code}/")
        expect(pages["public"].locator("main")).to_contain_text(code)
        expect(pages["public"].locator("main")).to_contain_text("佛山金马印染有限公司")
        assert pages["public"].locator(".tag.stop, .status-stop").count() == 0
