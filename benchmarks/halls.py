"""One opening with many bidders before many watchers: how long each step takes, and how far behind the watchers are."""

import contextlib
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from benchmarks import stage
from benchmarks.envelopes import organisation_of, peak_of
from benchmarks.figures import Line, Rounds, at_most

MIB = 1024 * 1024
FIRST_BIDDER = 700


@dataclass
class Opening:
    """A section of the tests' story with as many bidders as are asked for, and how long each step took."""

    found: Any
    keys: dict[int, Any] = field(default_factory=dict)
    steps: dict[str, float] = field(default_factory=dict)
    reached: list[tuple[int, float]] = field(default_factory=list)
    """Number of the hall's last line, and when it was committed."""

    def hand_in(self, count: int) -> None:
        """Every bidder's envelope, as its composer makes it."""
        for number in range(count):
            organisation_id = organisation_of(FIRST_BIDDER + number, None)
            self.keys[organisation_id] = _handed_in(self.found, organisation_id, f"{8_200_000 + 1_000 * number}.00")

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.steps[name] = time.monotonic() - began
        self.note()

    def note(self) -> None:
        self.reached.append((self.found.hall.seq, time.monotonic()))


def _handed_in(found: Any, organisation_id: int, price: str) -> Any:
    """One bid sealed and taken in; the bidder's key."""
    from bidding.tenders.models import DocumentTaking
    from commons.domain.money import capital_yuan, money
    from commons.people import queries as people
    from commons.secrecy.fields import Party
    from signatures.envelopes import services as sealing
    from signatures.envelopes import store
    from signatures.envelopes.domain import layout
    from signatures.envelopes.domain import sealing as boxes
    from signatures.envelopes.domain.payload import SealedFile
    from signatures.envelopes.domain.slots import spki_of
    from tests.envelopes import new_key
    from tests.integration.bidding.opening import story as stories

    known = people.organisation(organisation_id)
    assert known is not None
    DocumentTaking.objects.create(party=Party(found.section.tender_id, organisation_id), facts={})
    words = {"figures": price, "words": capital_yuan(money(price))}
    files = stories.bid_of(found, "buyer1", bidder={"uscc": known.uscc}, price=words)
    key, at = new_key(), stories.SIGNING_IN
    drafted = boxes.draft(
        found.sealed.terms(), bidder=known.uscc, bidder_keys=[spki_of(key)], created="2026-09-20T01:00:00.000Z",
        files=[SealedFile(name, len(data)) for name, data in files], entropy=secrets.token_bytes,
    )  # fmt: skip
    data = b"".join(boxes.seal(drafted, [[one] for _, one in files]))
    token = sealing.authorise_upload(actor=_actor(organisation_id), intake_id=found.sealed.intake_id, at=at)
    upload = sealing.begin_upload(token=token, length=len(data), at=at)
    path = store.upload_path(upload.ref)
    path.write_bytes(data)
    sealing.accept(upload=upload, path=path, reckoned=layout.reckon([data]), received_at=at)
    return key


def _actor(organisation_id: int) -> Any:
    from tests import cast

    return replace(cast.actor("buyer1"), organisation_id=organisation_id)


def hall(rounds: Rounds) -> Iterator[Line]:
    """an opening of 50 bids before 500 watchers, from the list to the reading, and how far behind they see it"""
    bidders, watchers = (50, 500) if rounds.count > 1 else (6, 40)
    with _own_folder(), stage.serving() as (port, pid):
        opening = _prepared(bidders)
        rest = _memory(pid)
        crowd = _crowd(port, opening.found.hall_id, watchers)
        try:
            with peak_of([pid], "VmRSS") as peak:
                _held(opening)
                time.sleep(5.0)  # what was committed last is on its way
        finally:
            seen = _ended(crowd)
    for name, seconds in opening.steps.items():
        yield Line(f"{name}: {seconds:,.1f} s")
    lags = sorted(_lags(opening.reached, seen))
    assert lags, "the watchers saw nothing"
    middle, late = lags[len(lags) // 2], lags[int(len(lags) * 0.99)]
    detail = (
        f"median {middle:,.0f} ms, {len(lags):,} frames to {watchers} watchers; another process looks twice a second"
    )
    yield at_most("watchers behind the hall, p99", [late], 1_500, " ms", detail)
    missed = sum(last < opening.reached[-1][0] for last in seen["last"])
    yield Line(f"watchers that did not see the end: {missed} of {watchers}", missed == 0)
    yield at_most("memory of the web process", [peak[0] / MIB], 300, " MiB", f"{rest:.0f} MiB before")


@contextlib.contextmanager
def _own_folder() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="lc-hall-") as folder:
        settings.DATA_DIR = Path(folder)
        yield


def _prepared(bidders: int) -> Opening:
    from tests.integration.bidding.opening import story as stories

    opening = Opening(stories.opening())
    opening.hand_in(bidders)
    return opening


def _held(opening: Opening) -> None:
    """The opening, step by step, as timekeeper, bidders, officers and host do it."""
    from bidding.opening import services as halls
    from signatures.envelopes import services as sealing
    from tests import cast
    from tests.integration.bidding.opening import story as stories
    from tests.integration.signatures.envelopes import story as envelopes

    found, at = opening.found, stories.LISTED
    with opening.step("list published"):
        halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=at)
    with opening.step(f"unlocked by {len(opening.keys)} bidders and two officers, followed after each"):
        for bid in found.hall.bids.all():
            _unlock(opening.keys[bid.organisation_id], bid.organisation_id, bid.envelope_ref, at)
            halls.follow_one(found.hall_id, at=at)
            opening.note()
        for key in ("officer1", "officer2"):
            envelopes.officer_unlocks(found.sealed, key, at=at)
    with opening.step("decrypted and published"):
        sealing.decrypt_ready(found.sealed.intake_id, at=at)
    with opening.step("checked as the committee will"):
        halls.follow(at)
    after = at + timedelta(minutes=2)
    with opening.step("floating point announced and drawn (its waiting time not counted)"):
        after = stories.drawn(found, after)
    with opening.step("read out, with remarks and scores"):
        halls.read_out(actor=stories.owner(), hall_id=found.hall_id, at=after)


def _unlock(key: Any, organisation_id: int, ref: str, at: datetime) -> None:
    from signatures.envelopes import services as sealing
    from tests.integration.signatures.envelopes import story as envelopes

    actor = _actor(organisation_id)
    (locked, *_) = sealing.locked_for_bidder(actor=actor, envelope_ref=ref)
    code = envelopes.code_of(locked, key)
    sealing.unlock_as_bidder(actor=actor, envelope_ref=ref, unlock_code=code, at=at)


def _memory(pid: int) -> float:
    from benchmarks.processes import memory_mib

    return memory_mib(pid)


def _crowd(port: int, hall_id: int, count: int) -> "subprocess.Popen[str]":
    """A process that watches with `count` sockets; returns when every one has its scene."""
    from bidding.opening.queries import Viewer
    from bidding.opening.tickets import seal
    from commons.domain.actor import ANONYMOUS

    ticket = seal(actor=ANONYMOUS, hall_id=hall_id, viewer=Viewer.PUBLIC, language="zh-hans")
    command = [sys.executable, "-m", "benchmarks.watching", str(port), str(hall_id), ticket, str(count)]
    process = subprocess.Popen(command, cwd=stage.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("watching"), line
    return process


def _ended(crowd: "subprocess.Popen[str]") -> Any:
    told, _ = crowd.communicate("end\n", timeout=60)
    return json.loads(told)


def _lags(reached: list[tuple[int, float]], seen: Any) -> Iterator[float]:
    """Milliseconds between a commit and each frame that was the first to show it to its watcher."""
    committed = dict(reached)
    for seq, moments in seen["frames"].items():
        if int(seq) in committed:
            yield from (max(0.0, moment - committed[int(seq)]) * 1000 for moment in moments)


BENCHMARKS: dict[str, Callable[[Rounds], Iterator[Line]]] = {"hall": hall}
