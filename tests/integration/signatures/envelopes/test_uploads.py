"""Uploads by tus: created with a token that works once, interrupted and resumed, checked piece by piece, bounded."""

import asyncio
import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from signatures.envelopes import queries, services, store
from signatures.envelopes.domain import layout
from signatures.envelopes.domain.header import padded
from signatures.envelopes.domain.rules import UploadNoRoom, UploadTokenSpent, UploadTooLarge
from signatures.envelopes.endpoint import UploadEndpoint
from signatures.envelopes.models import EnvelopeUpload, SealedEnvelope, SealedIntake
from signatures.envelopes.services import receiving
from signatures.envelopes.services.receiving import Appending, complete, offset_of
from tests import cast
from tests.envelopes import prefix_of, sealed_chunks
from tests.integration.signatures.envelopes import story as stories
from tests.integration.signatures.envelopes.story import Story

pytestmark = pytest.mark.django_db(transaction=True)
TUS = {"tus-resumable": "1.0.0"}


@pytest.fixture
def story() -> Story:
    """An intake that is open now: the endpoint reads the clock itself."""
    found = stories.story_of()
    SealedIntake.objects.filter(pk=found.intake_id).update(deadline=timezone.now() + timedelta(days=1))
    return found


@pytest.fixture
def tus(story: Story) -> Iterator["Tus"]:
    found = Tus(story)
    yield found
    found.close()


def _close(together: threading.Barrier) -> None:
    together.wait(timeout=10)
    connections.close_all()


class Tus:
    """A client that speaks to the endpoint in this process."""

    def __init__(self, story: Story) -> None:
        self.endpoint = UploadEndpoint()
        self.arrived: Callable[[], None] = lambda: None
        """Called when the whole body of a request has been given."""
        self.token = services.authorise_upload(actor=cast.actor("buyer1"), intake_id=story.intake_id, at=timezone.now())

    def close(self) -> None:
        """Every thread of the endpoint has a connection of its own."""
        threads = self.endpoint._threads
        together = threading.Barrier(threads._max_workers)  # they wait for each other, so each has one to close
        for closed in [threads.submit(_close, together) for _ in range(threads._max_workers)]:
            closed.result()
        threads.shutdown()

    def ask(
        self, method: str, path: str = "/uploads/", body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str]]:
        given = {**TUS, "upload-token": self.token, "content-length": str(len(body))}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent: list[dict[str, Any]] = []
        pieces = [body[start : start + 200_000] for start in range(0, len(body), 200_000)] or [b""]

        async def receive() -> dict[str, Any]:
            piece = pieces.pop(0)
            if not pieces:
                self.arrived()
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        encoded = [(name.encode(), value.encode()) for name, value in given.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": encoded}
        asyncio.run(self.endpoint(scope, receive, send))
        return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}

    def create(self, length: int) -> str:
        status, headers = self.ask("POST", upload_length=str(length))
        assert status == 201, status
        return headers["location"]

    def patch(self, path: str, body: bytes, offset: int, checksum: str = "") -> tuple[int, dict[str, str]]:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        return self.ask(
            "PATCH",
            path,
            body,
            content_type="application/offset+octet-stream",
            upload_offset=str(offset),
            upload_checksum=checksum or f"sha256 {digest}",
        )


def test_an_interrupted_upload_is_resumed_and_answered_with_its_receipt(story: Story, tus: Tus) -> None:
    data = stories.sealed(story, "buyer1")
    path = tus.create(len(data))
    assert tus.patch(path, data[:100_000], 0)[0] == 204
    status, headers = tus.ask("HEAD", path)
    assert (status, headers["upload-offset"], headers["upload-length"]) == (200, "100000", str(len(data)))

    status, headers = tus.patch(path, data[100_000:], 100_000)

    assert status == 204
    receipt = queries.receipt(cast.actor("buyer1"), headers["upload-receipt"])
    assert receipt.commit == layout.reckon([data]).commit
    assert tus.ask("HEAD", path)[1]["upload-receipt"] == receipt.number


def test_the_moment_of_the_last_byte_counts_however_busy_the_platform_is(story: Story, tus: Tus) -> None:
    """Every thread is taken when the last piece arrives; the deadline passes before one is free."""
    data = stories.sealed(story, "buyer1")
    path = tus.create(len(data))
    assert tus.patch(path, data[:100_000], 0)[0] == 204
    threads, free = tus.endpoint._threads, threading.Event()
    deadlines: list[datetime] = []

    def pass_deadline() -> None:
        deadlines.append(timezone.now() + timedelta(milliseconds=50))
        SealedIntake.objects.filter(pk=story.intake_id).update(deadline=deadlines[0])
        while timezone.now() < deadlines[0]:
            free.wait(0.01)
        free.set()
        connections.close_all()

    for _ in range(threads._max_workers):
        threads.submit(free.wait, 30)
    tus.arrived = threading.Thread(target=pass_deadline).start
    status, headers = tus.patch(path, data[100_000:], 100_000)

    assert status == 204
    assert queries.receipt(cast.actor("buyer1"), headers["upload-receipt"]).received_at < deadlines[0]


def test_a_piece_that_arrived_damaged_is_forgotten(story: Story, tus: Tus) -> None:
    data = stories.sealed(story, "buyer1")
    path = tus.create(len(data))
    wrong = base64.b64encode(bytes(32)).decode()

    assert tus.patch(path, data[:50_000], 0, f"sha256 {wrong}")[0] == 460
    assert tus.ask("HEAD", path)[1]["upload-offset"] == "0"
    assert tus.patch(path, data, 0, "md5 AAAA")[0] == 400
    assert tus.patch(path, data, 0)[0] == 204


def test_whole_chunks_are_checked_by_their_leaves(story: Story, tus: Tus) -> None:
    """Also by a process that knows nothing of what came before; and what is no whole chunk cannot be."""
    data = stories.sealed(story, "buyer1", files=[("bid.bin", bytes(1_400_000))])
    path, start = tus.create(len(data)), len(prefix_of(data).encode())
    middle, end = start + len(sealed_chunks(data)[0]), len(data) - layout.ATTESTATION - layout.TAG
    damaged = data[start : middle - 1] + bytes([data[middle - 1] ^ 1])

    assert tus.patch(path, data[:start], 0)[0] == 204
    assert tus.patch(path, damaged, start, leaves_of(data, 0, 1))[0] == 460
    assert tus.patch(path, data[start : middle - 1], start, leaves_of(data, 0, 1))[0] == 460
    assert tus.patch(path, data[start:], start, leaves_of(data, 0, None))[0] == 460, "the attestation is no chunk"
    assert tus.patch(path, data[start:middle], start, leaves_of(data, 0, 1))[0] == 204
    receiving._reckoners = receiving._Reckoners()
    assert tus.patch(path, data[middle:end], middle, leaves_of(data, 1, None))[0] == 204
    assert tus.patch(path, data[end : end + 10], end)[0] == 204
    assert tus.patch(path, data[end + 10 :], end + 10, leaves_of(data, 1, None))[0] == 400, "no chunk begins there"
    status, headers = tus.patch(path, data[end + 10 :], end + 10)

    assert status == 204
    assert queries.receipt(cast.actor("buyer1"), headers["upload-receipt"]).commit == layout.reckon([data]).commit


def leaves_of(data: bytes, first: int, end: int | None) -> str:
    """The checksum of a piece that is these chunks."""
    leaves = [hashlib.sha256(chunk).digest() for chunk in sealed_chunks(data)[first:end]]
    return "sbe1-leaves " + base64.b64encode(hashlib.sha256(b"".join(leaves)).digest()).decode()


def test_another_offset_or_token_or_protocol_is_refused(story: Story, tus: Tus) -> None:
    data = stories.sealed(story, "buyer1")
    path = tus.create(len(data))

    assert tus.patch(path, data[10:], 10)[0] == 409
    assert tus.ask("HEAD", path, upload_token="?")[0] == 404
    assert tus.ask("HEAD", path, tus_resumable="0.2.2")[0] == 412
    assert tus.ask("HEAD", "/uploads/../secrets")[0] == 404
    assert tus.ask("PATCH", path, b"x", upload_offset="0")[0] == 415
    assert "checksum" in tus.ask("OPTIONS")[1]["tus-extension"]
    assert tus.ask("DELETE", path)[0] == 204
    assert tus.ask("HEAD", path)[0] == 404


def test_a_token_begins_one_upload(story: Story, tus: Tus) -> None:
    tus.create(1000)

    assert tus.ask("POST", upload_length="1000")[0] == 403
    with pytest.raises(UploadTokenSpent):
        services.begin_upload(token="made up", length=1000, at=timezone.now())


def test_what_is_no_envelope_is_refused_at_its_first_bytes(story: Story, tus: Tus) -> None:
    path = tus.create(100_000)

    assert tus.patch(path, b"%PDF-1.7" + bytes(1000), 0)[0] == 400
    assert tus.ask("HEAD", path)[0] == 404


def test_only_one_request_writes_at_a_time(story: Story, tus: Tus) -> None:
    data = stories.sealed(story, "buyer1")
    path = tus.create(len(data))
    upload = services.running_upload(ref=path.removeprefix("/uploads/"), token=tus.token, at=timezone.now())
    first = Appending(upload, offset=0, checksum=None)

    assert tus.patch(path, data[:100], 0)[0] == 423
    first.abort()


def test_unfinished_at_the_deadline_is_not_handed_in(story: Story, tus: Tus) -> None:
    path = tus.create(1000)
    SealedIntake.objects.filter(pk=story.intake_id).update(deadline=timezone.now() - timedelta(minutes=1))

    assert services.sweep_uploads(timezone.now()) == 1
    assert tus.ask("HEAD", path)[0] == 404
    assert not store.upload_path(path.removeprefix("/uploads/")).exists()
    assert not SealedEnvelope.objects.exists()


def test_an_interrupted_upload_can_be_resumed_for_a_day(story: Story, tus: Tus) -> None:
    tus.create(1000)

    assert services.sweep_uploads(timezone.now() + timedelta(hours=23)) == 0
    assert services.sweep_uploads(timezone.now() + timedelta(hours=25)) == 1


def test_sizes_and_the_disk_are_bounded(story: Story, tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UploadTooLarge):
        services.begin_upload(token=tus.token, length=3_000_000_000, at=timezone.now())
    monkeypatch.setattr(store, "free_bytes", lambda: 999)
    with pytest.raises(UploadNoRoom):
        services.begin_upload(token=tus.token, length=1000, at=timezone.now())


def test_two_gigabytes_are_taken_in_without_holding_them(story: Story, tus: Tus) -> None:
    """A sparse file: the platform cannot tell ciphertext from zeros, and reads every byte of it all the same."""
    drafted = prefix_of(stories.sealed(story, "buyer1"))
    size = padded(2_000_000_000)
    header = type(drafted.header)(
        **{name: getattr(drafted.header, name) for name in drafted.header.__slots__} | {"padded_len": size}
    )
    prefix = layout.Prefix(header, drafted.manifest)
    path = tus.create(prefix.size)
    ref = path.removeprefix("/uploads/")
    with store.upload_path(ref).open("r+b") as file:
        file.write(prefix.encode())
        file.truncate(prefix.size)
    upload = services.running_upload(ref=ref, token=tus.token, at=timezone.now())
    assert offset_of(upload) == upload.length

    number = complete(upload, received_at=timezone.now())

    assert queries.receipt(cast.actor("buyer1"), number).size == prefix.size
    assert EnvelopeUpload.objects.get(ref=ref).state == "FINISHED"
