"""Two hundred submissions whose last bytes are sent within fifty milliseconds of the deadline, over real sockets."""

import json
import os
import secrets
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from commons.domain.actor import system_actor
from commons.domain.codes import make_uscc
from commons.people.models import Organisation
from signatures.envelopes import queries, services
from signatures.envelopes.domain import sealing
from signatures.envelopes.domain.payload import SealedFile
from signatures.envelopes.domain.sealing import Terms
from signatures.envelopes.domain.slots import spki_of
from signatures.envelopes.models import SealedEnvelope, SealedIntake
from tests import cast
from tests.envelopes import new_key
from tests.integration.signatures.envelopes import story as stories
from tests.live.servers import Server, running

pytestmark = [
    pytest.mark.live,
    pytest.mark.services,
    pytest.mark.skipif(not os.environ.get("LUOCHUI_SERVICES"), reason="needs PostgreSQL for real"),
    pytest.mark.django_db(transaction=True),
]
COUNT = 200
FAR = timedelta(seconds=1)
STRADDLE = timedelta(milliseconds=50)
TUS = "Tus-Resumable: 1.0.0\r\n"


@dataclass
class Submission:
    """One bidder's upload, of which everything but the last byte is on its way."""

    organisation_id: int
    line: socket.socket
    last: bytes
    sent_at: datetime | None = None
    status: int = 0
    receipt: str = ""
    late_by: str = ""

    def send_last(self) -> None:
        self.sent_at = timezone.now()
        self.line.sendall(self.last)

    def hear(self) -> None:
        self.status, headers, body = answer(self.line)
        self.receipt = headers.get("upload-receipt", "")
        if self.status != 204:
            problem = json.loads(body)
            assert problem["code"] == "ENVELOPE_LATE", problem
            self.late_by = problem["fields"]["late_by"]
        self.line.close()


def answer(line: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """One HTTP answer: status, headers, body."""
    held = b""
    while b"\r\n\r\n" not in held:
        piece = line.recv(65536)
        assert piece, f"the server closed the line after {held!r}"
        held += piece
    head, _, body = held.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += line.recv(65536)
    return int(first.split()[1]), headers, body


def organisations() -> list[Organisation]:
    """An invented company for every submission, and for the two that are far from the deadline."""
    made = [
        Organisation(
            uscc=make_uscc(authority="9", category="1", region="440600", organisation8=f"{81000000 + number:08d}"),
            name=f"准点{number}号公司",
            region="440600",
            registered_at=cast.LONG_AGO,
        )
        for number in range(COUNT + 2)
    ]
    return Organisation.objects.bulk_create(made)


def envelope(terms: Terms, uscc: str) -> bytes:
    drafted = sealing.draft(
        terms,
        bidder=uscc,
        bidder_keys=[spki_of(new_key())],
        files=[SealedFile("报价.pdf", 9)],
        created="2026-03-02T01:00:00.000Z",
        entropy=secrets.token_bytes,
    )
    return b"".join(sealing.seal(drafted, [[b"%PDF-1.7 "]]))


def begun(server: Server, intake_id: int, organisation: Organisation, data: bytes) -> Submission:
    """Everything is sent but the last byte."""
    actor = replace(cast.actor("buyer1"), organisation_id=organisation.pk)
    token = services.authorise_upload(actor=actor, intake_id=intake_id, at=timezone.now())
    line = socket.create_connection(("localhost", server.port), timeout=60)
    common = f"Host: localhost:{server.port}\r\n{TUS}Upload-Token: {token}\r\n"
    line.sendall(f"POST /uploads/ HTTP/1.1\r\n{common}Upload-Length: {len(data)}\r\nContent-Length: 0\r\n\r\n".encode())
    status, headers, _ = answer(line)
    assert status == 201
    kind = "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
    start = f"PATCH {headers['location']} HTTP/1.1\r\n{common}{kind}Content-Length: {len(data)}\r\n\r\n".encode()
    line.sendall(start + data[:-1])
    return Submission(organisation.pk, line, data[-1:])


def straddle(submissions: Sequence[Submission], deadline: datetime) -> None:
    """The last bytes go out evenly from fifty milliseconds before the deadline to fifty after it; two far from it."""
    near = [deadline - STRADDLE + 2 * STRADDLE * number / (COUNT - 1) for number in range(COUNT)]
    for moment, one in zip([deadline - FAR, *near, deadline + FAR], submissions, strict=True):
        while timezone.now() < moment:
            time.sleep(0.0002)
        one.send_last()


def test_no_submission_falls_on_the_wrong_side_of_the_deadline(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR, settings.PLATFORM_KEYS_DIR = tmp_path, tmp_path / "keys"
    server = Server(DATA_DIR=str(tmp_path), SIGNING_KEYS_DIR=str(tmp_path / "keys"))
    story = stories.story_of(name="rehearsal:deadline")
    intake = SealedIntake.objects.filter(pk=story.intake_id)
    intake.update(deadline=timezone.now() + timedelta(hours=1))
    terms = story.terms()
    with running(server):
        ready = [begun(server, story.intake_id, one, envelope(terms, one.uscc)) for one in organisations()]
        deadline = timezone.now() + 2 * FAR
        intake.update(deadline=deadline)
        straddle(ready, deadline)
        for one in ready:
            one.hear()
    taken = [one for one in ready if one.receipt]
    refused = [one for one in ready if one.late_by]

    assert len(taken) + len(refused) == COUNT + 2, "every submission has a receipt or a refusal with its lateness"
    assert ready[0] in taken
    assert ready[-1] in refused
    for one in taken:
        holder = replace(cast.actor("buyer1"), organisation_id=one.organisation_id)
        assert queries.receipt(holder, one.receipt).received_at < deadline
        assert one.sent_at is not None
        assert one.sent_at < deadline
    assert all(float(one.late_by) >= 0 for one in refused)
    assert SealedEnvelope.objects.count() == len(taken)

    services.begin_opening(actor=system_actor("test"), intake_id=story.intake_id, at=deadline + timedelta(seconds=11))
    opened = queries.opening(cast.actor("host"), story.intake_id).envelopes
    assert {one.organisation_id for one in opened} == {one.organisation_id for one in taken}
    assert all(one.received_at < deadline for one in opened)
