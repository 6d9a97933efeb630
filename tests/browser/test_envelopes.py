"""Sealing in a browser, and an opening by two officers of three, each on a device of their own."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from signatures.crypto.suites import Suite
from signatures.envelopes.models import EnvelopeUpload, SealedEnvelope
from tests import cast
from tests.browser.chromium import DESKTOP, PHONE, Chromium, axe_problems, chromium
from tests.browser.signing import certified, choose_p12, key_file, sign_with_file
from tests.live.servers import Background, Server, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("envelopes-browser"),
]
OFFICERS = ("officer1", "officer2", "officer3")
LARGE = 9_500_000


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(DATA_DIR=str(tmp_path))


@pytest.fixture
def browser(transactional_db: None, server: Server, tmp_path: Path) -> Iterator[Chromium]:
    for name in (*OFFICERS, "staff", "host", "auditor", "buyer1", "regulator"):
        cast.actor(name)
    with running(server, Background("manage.py", "timekeeper", DATA_DIR=str(tmp_path))), chromium() as found:
        yield found


def ceremony(
    browser: Chromium,
    server: Server,
    *,
    officers: Sequence[str] = OFFICERS,
    name: str = "Openings of March",
    certificates: Mapping[str, Path] = MappingProxyType({}),
    suite: Suite = Suite.INTERNATIONAL,
) -> dict[str, Page]:
    """The roster, drawn up by the operations desk, with keys made on three devices, put in use by a witness.

    `certificates` names who enters the key of a certificate instead, with the folder for its file.
    """
    desk = browser.page(server, person="staff", language="en")
    desk.goto("/openings/rosters/")
    desk.get_by_label("Name of the roster").fill(name)
    for one in officers:
        desk.get_by_label(cast.PARTIES[one].name).check()
    desk.get_by_label("Algorithms").select_option(suite.value)
    desk.get_by_role("button", name="Name these officers").click()
    expect(desk.get_by_role("heading", name=name)).to_be_visible()
    devices = {}
    for one in officers:
        page = devices[one] = browser.page(server, person=one, language="en")
        page.goto("/openings/officer/")
        if one in certificates:
            choose_certificate(page, one, certificates[one])
            page.get_by_role("button", name="Use the key of my certificate").click()
        else:
            page.get_by_role("button", name="Make and try my key").click()
        expect(page.get_by_role("button", name="Make and try my key")).to_have_count(0)
        expect(page.get_by_text("key tried").first).to_be_visible()
    witness = browser.page(server, person="auditor", language="en")
    witness.goto(desk.url)
    assert axe_problems(witness) == []
    witness.get_by_role("button", name="Witness and put in use").click()
    expect(witness.locator("h1")).to_contain_text("In use")
    return devices


def rehearsal(browser: Chromium, server: Server) -> Page:
    """A rehearsal begun by the host: its page."""
    host = browser.page(server, person="host", language="en")
    host.goto("/openings/")
    host.get_by_role("button", name="Begin a rehearsal").click()
    expect(host.get_by_text("Takes sealed files")).to_be_visible()
    return host


def choose_certificate(page: Page, login: str, folder: Path) -> None:
    """Open the file of keys; its only certificate is chosen by itself."""
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    choose_p12(page, key_file(login, folder))


def begin(host: Page) -> None:
    """The host lets the time for sealing end and begins the opening."""
    host.reload()
    host.get_by_role("button", name="End the time for sealing now").click()
    host.get_by_role("button", name="Begin the opening").click()
    expect(host.get_by_text("The opening has begun: 1")).to_be_visible()


def shoot(page: Page, name: str) -> None:
    """A picture for whoever looks at the screens: with SHOTS naming a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def seal(page: Page, files: list[dict[str, Any]]) -> None:
    page.locator("#seal-files").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_role("button", name="Seal and hand in").click()


@pytest.mark.parametrize("suite", list(Suite), ids=lambda suite: suite.value)
def test_two_officers_of_three_open_what_a_bidder_sealed(
    browser: Chromium, server: Server, suite: Suite, tmp_path: Path
) -> None:
    """In the national suite the bidder's SM2 certificate signs inside the seal."""
    signer = "buyer1-sm" if suite is Suite.SM else ""
    with certified(*filter(None, [signer])):
        open_together(browser, server, suite, tmp_path, signer)


def open_together(browser: Chromium, server: Server, suite: Suite, folder: Path, signer: str) -> None:
    devices = ceremony(browser, server, suite=suite)
    host = rehearsal(browser, server)
    bidder = browser.page(server, person="buyer1", language="en", viewport=PHONE)
    bidder.goto(host.url)
    assert axe_problems(bidder) == []
    content = b"%PDF-1.7 " + bytes(range(256)) * 20_000
    if signer:
        choose_certificate(bidder, signer, folder)
    seal(bidder, [
        {"name": "报价.pdf", "mimeType": "application/pdf", "buffer": content},
        {"name": "note.txt", "mimeType": "text/plain", "buffer": b"two files"},
    ])  # fmt: skip
    expect(bidder.locator("h1")).to_contain_text("File handed in", timeout=60_000)
    assert axe_problems(bidder) == []
    with bidder.expect_download() as started:
        bidder.get_by_role("link", name="Download the receipt").click()
    receipt = json.loads(Path(started.value.path()).read_text())
    assert receipt["receipt"]["body"]["kind"] == "SEALED"

    host.reload()
    expect(host.get_by_text("nobody can see before the opening")).to_be_visible()
    host.get_by_role("button", name="End the time for sealing now").click()
    host.get_by_role("button", name="Begin the opening").click()
    expect(host.get_by_text("The opening has begun: 1")).to_be_visible()
    bidder.goto(host.url)
    bidder.get_by_role("button", name="Unlock my half").click()
    expect(bidder.get_by_text("Unlocked by the bidder")).to_be_visible()
    for name in OFFICERS[1:]:
        devices[name].goto(host.url)
        devices[name].get_by_role("button", name="Unlock my shares").click()
        expect(devices[name].get_by_role("button", name="Unlock my shares")).to_have_count(0)

    expect(host.locator("#opening-table")).to_contain_text("Opened", timeout=30_000)
    host.get_by_role("link", name=cast.ORGANISATIONS["jinma"].name).click()
    expect(host.get_by_text("the bidder, officer in seat 2, officer in seat 3")).to_be_visible()
    if signer:
        expect(host.get_by_text(f"Signed by {cast.PARTIES['buyer1'].name}, for this bidder")).to_be_visible()
    assert axe_problems(host) == []
    with host.expect_download() as opened:
        host.get_by_role("link", name="报价.pdf").click()
    assert Path(opened.value.path()).read_bytes() == content


def test_an_upload_survives_a_lost_connection_and_a_pause(browser: Chromium, server: Server) -> None:
    ceremony(browser, server)
    host = rehearsal(browser, server)
    bidder = browser.page(server, person="buyer1", language="en", viewport=DESKTOP)
    bidder.goto(host.url)
    pieces: list[int] = []

    def cut(route: Any) -> None:
        """The second piece meets a dead line, twice."""
        pieces.append(int(route.request.headers["upload-offset"]))
        if len(pieces) in (3, 4):
            route.abort("connectionreset")
        else:
            route.continue_()

    bidder.route(
        re.compile("/uploads/[0-9a-f]{32}$"),
        lambda route: cut(route) if route.request.method == "PATCH" else route.continue_(),
    )
    seal(bidder, [{"name": "large.bin", "mimeType": "application/octet-stream", "buffer": b"\x07" * LARGE}])

    expect(bidder.locator("h1")).to_contain_text("File handed in", timeout=60_000)
    assert len(pieces) > len(set(pieces))
    assert SealedEnvelope.objects.count() == 1
    assert EnvelopeUpload.objects.get().state == "FINISHED"


def test_a_paused_upload_goes_on_where_it_stood(browser: Chromium, server: Server) -> None:
    ceremony(browser, server)
    host = rehearsal(browser, server)
    bidder = browser.page(server, person="buyer1", language="en")
    bidder.goto(host.url)
    held: list[Any] = []

    def hold(route: Any) -> None:
        """The second piece is held until the test has paused."""
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0" and not held:
            held.append(route)
        else:
            route.continue_()

    bidder.route(re.compile("/uploads/[0-9a-f]{32}$"), hold)
    seal(bidder, [{"name": "large.bin", "mimeType": "application/octet-stream", "buffer": b"\x07" * LARGE}])
    expect(bidder.locator("#seal-status")).to_contain_text("Sealed and sent")
    bidder.get_by_role("button", name="Pause").click()
    expect(bidder.locator("#seal-status")).to_contain_text("Paused")
    assert not SealedEnvelope.objects.exists()

    bidder.get_by_role("button", name="Go on").click()

    expect(bidder.locator("h1")).to_contain_text("File handed in", timeout=60_000)


def test_a_file_that_changes_while_it_is_sent_is_not_handed_in(
    browser: Chromium, server: Server, tmp_path: Path
) -> None:
    """It is read as a stream that is open already: the worker looks again before it commits."""
    ceremony(browser, server)
    host = rehearsal(browser, server)
    bidder = browser.page(server, person="buyer1", language="en")
    bidder.goto(host.url)
    file = tmp_path / "large.bin"
    file.write_bytes(b"\x07" * LARGE)
    changed: list[Any] = []

    def change(route: Any) -> None:
        """While the second piece is on its way."""
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0" and not changed:
            changed.append(file.write_bytes(b"\x08" * LARGE))
            os.utime(file, (1, 1))
        route.continue_()

    bidder.route(re.compile("/uploads/[0-9a-f]{32}$"), change)
    bidder.locator("#seal-files").set_input_files(file)
    bidder.get_by_role("button", name="Seal and hand in").click()

    expect(bidder.locator("#seal-trouble")).to_contain_text("changed", timeout=60_000)
    assert not SealedEnvelope.objects.exists()


def test_the_worker_makes_what_the_server_reads(browser: Chromium, server: Server) -> None:
    """Both programs agree to the byte: canonical header, Padmé, nonces, wraps, commitment: else nothing is accepted."""
    ceremony(browser, server)
    host = rehearsal(browser, server)
    for person, size in (("buyer1", 0), ("buyer1", 65_537), ("buyer1", 5 * 1024 * 1024)):
        page = browser.page(server, person=person, language="en")
        page.goto(host.url)
        seal(page, [{"name": f"{size}.bin", "mimeType": "application/octet-stream", "buffer": b"\x01" * size}])
        expect(page.locator("h1")).to_contain_text("File handed in", timeout=60_000)
        page.close()

    assert sorted(SealedEnvelope.objects.values_list("state", flat=True)) == ["SEALED", "WITHDRAWN", "WITHDRAWN"]


SMALL = [{"name": "bid.txt", "mimeType": "text/plain", "buffer": b"one bid"}]


def test_certificates_sign_inside_the_seal_and_unlock_on_other_devices(
    browser: Chromium, server: Server, tmp_path: Path
) -> None:
    with certified("buyer1", "officer1"):
        devices = ceremony(browser, server, certificates={"officer1": tmp_path})
        host = rehearsal(browser, server)
        bidder = browser.page(server, person="buyer1", viewport=PHONE)
        bidder.goto(host.url)
        shoot(bidder, "seal-390-zh")
        bidder.close()
        bidder = browser.page(server, person="buyer1", language="en")
        bidder.goto(host.url)
        seal(bidder, SMALL)
        expect(bidder.locator("#seal-trouble")).to_contain_text("Choose the certificate")
        choose_certificate(bidder, "buyer1", tmp_path)
        assert axe_problems(bidder) == []
        shoot(bidder, "seal-1280-en")
        seal(bidder, SMALL)
        expect(bidder.locator("h1")).to_contain_text("File handed in", timeout=60_000)
        begin(host)

        elsewhere = browser.page(server, person="buyer1", language="en", viewport=PHONE)
        late: list[Route] = []
        elsewhere.route(re.compile(r"soft-p12[^/]*\.js"), lambda route: late.append(route))
        elsewhere.goto(host.url)
        elsewhere.get_by_role("button", name="Unlock my half").click()
        expect(elsewhere.locator("#unlock-trouble")).to_contain_text("No key of this browser")
        late.pop().continue_()
        expect(elsewhere.locator("#key-look")).to_be_enabled()
        expect(elsewhere.locator("#unlock-trouble")).to_contain_text("No key of this browser", timeout=1)
        choose_certificate(elsewhere, "buyer1", tmp_path)
        shoot(elsewhere, "unlock-390-en")
        elsewhere.get_by_role("button", name="Unlock my half").click()
        expect(elsewhere.get_by_text("Unlocked by the bidder")).to_be_visible()
        officer = browser.page(server, person="officer1")
        officer.goto(host.url)
        choose_certificate(officer, "officer1", tmp_path)
        shoot(officer, "officer-1280-zh")
        officer.locator("[data-act=unlock]").click()
        expect(officer.locator("[data-act=unlock]")).to_have_count(0)
        devices["officer2"].goto(host.url)
        devices["officer2"].get_by_role("button", name="Unlock my shares").click()

        expect(host.locator("#opening-table")).to_contain_text("Opened", timeout=30_000)
        host.get_by_role("link", name=cast.ORGANISATIONS["jinma"].name).click()
        expect(host.get_by_text(f"Signed by {cast.PARTIES['buyer1'].name}, for this bidder")).to_be_visible()


def test_a_supervisor_signs_for_a_failure_in_the_dialogue(browser: Chromium, server: Server, tmp_path: Path) -> None:
    with certified("regulator"):
        ceremony(browser, server)
        host = rehearsal(browser, server)
        bidder = browser.page(server, person="buyer1", language="en")
        bidder.goto(host.url)
        seal(bidder, SMALL)
        expect(bidder.locator("h1")).to_contain_text("File handed in", timeout=60_000)
        begin(host)
        SealedEnvelope.objects.update(window_ends_at=timezone.now())
        expect(host.locator("#opening-table")).to_contain_text("the bidder's doing", timeout=30_000)

        supervisor = browser.page(server, person="regulator", language="en", viewport=PHONE)
        ref = SealedEnvelope.objects.get().pk
        supervisor.goto(f"/openings/envelopes/{ref}/")
        shoot(supervisor, "supervise-390-en")
        supervisor.get_by_label("What you saw").fill("Nobody unlocked.")
        supervisor.get_by_role("button", name="Go on to sign").click()
        expect(supervisor.locator("main")).to_contain_text("Nobody unlocked.")
        sign_with_file(supervisor, "regulator", tmp_path, back=f"/openings/envelopes/{ref}/")
        expect(supervisor.locator("main")).to_contain_text(cast.PARTIES["regulator"].name)

    assert SealedEnvelope.objects.get().supervision["signature"]


def test_a_seat_passes_on_and_its_new_holder_opens_what_was_sealed_before(browser: Chromium, server: Server) -> None:
    devices = ceremony(browser, server)
    successor = ceremony(browser, server, officers=("host", "officer3"), name="Another roster")["host"]
    host = browser.page(server, person="host", language="en")
    host.goto("/openings/")
    host.get_by_label("Roster of officers").select_option(label="Openings of March (2/3)")
    host.get_by_role("button", name="Begin a rehearsal").click()
    bidder = browser.page(server, person="buyer1", language="en")
    bidder.goto(host.url)
    seal(bidder, SMALL)
    expect(bidder.locator("h1")).to_contain_text("File handed in", timeout=60_000)

    leaving = devices["officer1"]
    leaving.goto("/openings/officer/")
    leaving.get_by_text("Pass this seat on").click()
    shoot(leaving, "handover-1280-en")
    leaving.get_by_label("Successor").select_option(label=cast.PARTIES["host"].name)
    leaving.get_by_role("button", name="Re-wrap my shares").click()
    expect(leaving.locator("[data-act=handOver]")).to_be_disabled()
    witness = browser.page(server, person="auditor", language="en")
    witness.goto("/openings/rosters/")
    witness.get_by_role("link", name="Openings of March").click()
    witness.get_by_role("button", name="Witness", exact=True).click()
    begin(host)

    bidder.goto(host.url)
    bidder.get_by_role("button", name="Unlock my half").click()
    expect(bidder.get_by_text("Unlocked by the bidder")).to_be_visible()
    for page in (successor, devices["officer2"]):
        page.goto(host.url)
        page.get_by_role("button", name="Unlock my shares").click()
        expect(page.get_by_role("button", name="Unlock my shares")).to_have_count(0)
    expect(host.locator("#opening-table")).to_contain_text("Opened", timeout=30_000)
