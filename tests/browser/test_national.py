"""The national suite from end to end in a browser: an SM2 key signs in, signs a contract, enters a room and bids."""

import io
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from asn1crypto import pem
from django.utils import timezone
from playwright.sync_api import Page, expect

from exchange.auctions.services.papers import CONTRACT
from exchange.contracts.models import Deal
from exchange.rooms.domain.events import BidAccepted
from exchange.rooms.models import RoomKey
from exchange.rooms.protocol import BidFrame, canonical_bid
from exchange.rooms.services.reading import events_after
from signatures.crypto import signed_data
from signatures.crypto.certificates import facts_of
from signatures.crypto.suites import Suite, signature_value
from signatures.documents import queries as papers
from signatures.documents import services as documents
from signatures.documents.services.common import content_of
from tests.browser.chromium import chromium
from tests.browser.signing import PATIENCE_MS, certified, choose_p12, key_file, sign_with_file
from tests.integration.exchange.auctions.test_signed_papers import confirmed
from tests.live.rooms import check_room, english_rules, open_room
from tests.live.servers import Server, running, timekeeper
from tests.pki import holder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHO = "buyer1-sm"


@pytest.fixture
def deal(transactional_db: None) -> Deal:
    """A national deal that both sides confirmed, whose contract the platform has sealed; the buyer's side is open."""
    made, at = confirmed(Suite.SM)
    paper = papers.newest(f"deal:{made.pk}", CONTRACT)
    assert paper is not None
    assert documents.certify(paper_id=paper.id, at=at)
    return made


@pytest.fixture
def server(deal: Deal) -> Iterator[Server]:
    with certified(WHO):
        found = Server(PASSWORD_ASSURANCE="3")
        with running(found, timekeeper()):
            yield found


def test_an_sm2_key_signs_in_signs_a_contract_and_bids(server: Server, deal: Deal, tmp_path: Path) -> None:
    with chromium() as browser:
        page = browser.page(server, language="zh-hans")
        sign_in(page, server, tmp_path)
        sign_the_contract(page, deal, tmp_path)
        room_id = enter_and_bid(page, tmp_path)

    the_contract_is_signed_with_sm2(deal)
    openssl_accepts_entry_and_bid(room_id, tmp_path)
    check_room(room_id)


def enter_and_bid(page: Page, folder: Path) -> int:
    """A room that asks for the certificate; its number."""
    room = open_room(english_rules(session_ms=120_000, suite=Suite.SM, entry_certificate=True))
    page.goto(f"/rooms/{room.room_id}/")
    page.locator("[data-key-sign]").click(timeout=PATIENCE_MS)
    sign_with_file(page, WHO, folder, back=f"/rooms/{room.room_id}/")
    expect(page.locator("body")).to_have_attribute("data-room-phase", "OPEN", timeout=PATIENCE_MS)
    button = page.locator("[data-send]")
    expect(button).to_be_enabled(timeout=PATIENCE_MS)
    button.click()
    expect(page.locator("#result")).to_contain_text("20,000.00 有效", timeout=PATIENCE_MS)
    return room.room_id


def sign_in(page: Page, server: Server, folder: Path) -> None:
    page.goto("/certificate/login/?next=/inbox/")
    choose_p12(page, key_file(WHO, folder))
    page.click("#proof-go")
    page.wait_for_url(f"{server.http}/inbox/", timeout=PATIENCE_MS)
    page.goto("/account/")
    expect(page.locator("main")).to_contain_text("L4")


def sign_the_contract(page: Page, deal: Deal, folder: Path) -> None:
    """The dialogue shows the digest that is signed beside the one that names the file."""
    paper = papers.newest(f"deal:{deal.pk}", CONTRACT)
    assert paper is not None
    page.goto(f"/papers/{paper.number}/")
    page.locator(f"form[action^='/papers/{paper.number}/sign/'] button").click()
    choose_p12(page, key_file(WHO, folder))
    page.click("#signing-sign")
    page.wait_for_url(f"**/papers/{paper.number}/", timeout=PATIENCE_MS)
    expect(page.locator("main")).to_contain_text("梁一")


def the_contract_is_signed_with_sm2(deal: Deal) -> None:
    paper, at = papers.newest(f"deal:{deal.pk}", CONTRACT), timezone.now()
    assert paper is not None
    answer = documents.verify_document(io.BytesIO(content_of(paper.document_id, at=at)), at=at)
    faults = {one.field_name: one for one in answer.signatures}, answer.faults, answer.covers
    assert (answer.holds, answer.registered) == (True, True), faults
    serials = {party.serial for party in paper.parties if party.signed_at}
    assert facts_of(holder(WHO).certificate).serial in serials


def openssl_accepts_entry_and_bid(room_id: int, folder: Path) -> None:
    key = RoomKey.objects.get(room_id=room_id)
    entry = signed_data.read(key.signature or b"")
    assert entry is not None
    value = entry.info["signature"].native
    assert openssl_verifies(entry.certificate.public_key.dump(), entry.attributes, value, folder)

    (bid,) = [event for event in events_after(room_id, 0, 1000) if isinstance(event, BidAccepted)]
    given = bid.bid
    frame = BidFrame(given.bid_id, given.price, given.key, b64decode(given.signature), confirm=given.confirm)
    value = signature_value(frame.signature)
    assert openssl_verifies(bytes(key.public_key), canonical_bid(room_id, frame), value, folder)


def openssl_verifies(spki: bytes, message: bytes, signature: bytes, folder: Path) -> bool:
    """The judgement of a library that had no part in it."""
    for name, content in (("key", pem.armor("PUBLIC KEY", spki)), ("message", message), ("signature", signature)):
        (folder / name).write_bytes(content)
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-inkey", "key"]
    command += ["-pkeyopt", "distid:1234567812345678", "-in", "message", "-sigfile", "signature"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
