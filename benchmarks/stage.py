"""Sets the stage for a benchmark: database, rooms, bidders with keys and tickets, a server process, a load run."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from benchmarks.processes import parent
from commons.domain.actor import Actor, Assurance, Role, system_actor
from commons.people.models import Organisation, Person
from exchange.rooms import services
from exchange.rooms.broadcast.peers import Viewer
from exchange.rooms.client import KeyPair
from exchange.rooms.domain.phases import Format
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.models import RoomParticipant
from exchange.rooms.services.tickets import Ticket, seal

ROOT = Path(__file__).resolve().parents[1]
Config = dict[str, Any]


def prepare_database() -> None:
    call_command("migrate", verbosity=0, interactive=False)


def rules(format_: Format, bidders: int) -> RoomRules:
    """Format (b) without a quote limit, or format (a); guards off, for robots confirm nothing."""
    common: dict[str, Any] = {
        "supply": Decimal(bidders),
        "start_price": Decimal("20000"),
        "step": Decimal(1),
        "session_ms": 3_600_000,
        "guard_hold_steps": None,
        "guard_hold_share": None,
        "guard_retype_factor": None,
    }
    if format_ is Format.LIMITED_QUOTES:
        return RoomRules(format=format_, top_share=Decimal("0.7"), quotes_limit=None, **common)
    return RoomRules(format=format_, extension_ms=240_000, **common)


@dataclass
class Stage:
    """A room with bidders who hold keys."""

    room_id: int
    bidders: list[Config]

    def watch_ticket(self) -> str:
        return seal(Ticket(self.room_id, Viewer.WATCHER, "", None, 0, None, _far()))


def _far() -> int:
    return int(time.time() * 1000) + 3_600_000


def open_room(format_: Format, *, bidders: int, prices: int, name: str) -> Stage:
    """A room that is open now, with `prices` bids ready for each bidder."""
    now = timezone.now()
    organisations = [_organisation(number) for number in range(bidders)]
    aliases = [f"{number + 1:03d}" for number in range(bidders)]
    room_id = services.create_room(
        actor=system_actor("benchmark"),
        subject=f"rehearsal:{name}-{now.timestamp()}",
        lot_id=None,
        rules=rules(format_, bidders),
        participants=[
            services.ParticipantSpec(organisation.pk, alias, Decimal(bidders))
            for organisation, alias in zip(organisations, aliases, strict=True)
        ],
        opens_at=now - timedelta(seconds=1),
        at=now - timedelta(seconds=2),
    )
    return Stage(
        room_id, [_bidder(room_id, n, organisations[n], aliases[n], format_, bidders, prices) for n in range(bidders)]
    )


def _organisation(number: int) -> Organisation:
    code = f"BENCH{number:013d}"
    found, _ = Organisation.objects.get_or_create(
        uscc=code, defaults={"name": code, "region": "440600", "registered_at": timezone.now()}
    )
    return found


def _bidder(
    room_id: int, number: int, organisation: Organisation, alias: str, format_: Format, bidders: int, prices: int
) -> Config:
    person, _ = Person.objects.get_or_create(username=f"bench{number}", defaults={"name": f"bench{number}"})
    key = KeyPair.generate()
    actor = Actor(person.pk, organisation.pk, frozenset({Role.BIDDER}), Assurance.FACE_OR_LICENCE, "benchmark")
    services.enter_room(
        actor=actor,
        room_id=room_id,
        public_key_spki=key.spki,
        statement=key.statement(room_id, alias),
        at=timezone.now(),
    )
    participant = RoomParticipant.objects.get(room_id=room_id, alias=alias)
    ticket = Ticket(room_id, Viewer.BIDDER, alias, person.pk, 0, participant.pk, _far())
    return {
        "room": room_id,
        "ticket": seal(ticket),
        "private": b64encode(key.private).decode(),
        "spki": b64encode(key.spki).decode(),
        "prices": [_price(format_, number, place, bidders) for place in range(prices)],
    }


def _price(format_: Format, number: int, place: int, bidders: int) -> str:
    """Rising prices; one bid in five lies below the start and is refused."""
    if place % 5 == 4:
        return "1.00"
    return f"{20_000 + place * bidders + number}.00"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served(NamedTuple):
    """A web process."""

    port: int
    pid: int


@contextlib.contextmanager
def serving(server: str = "daphne") -> Iterator[Served]:
    """A web process, until the block ends."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.serve", "--server", server, "--port", str(port)], cwd=ROOT, env=os.environ
    )
    try:
        _wait_for(port, process)
        yield Served(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(1_200):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError("the server did not come up")


@contextlib.contextmanager
def holding(served: Served, room: Stage, count: int, *, deaf: bool = False) -> Iterator[None]:
    """A process of its own holds `count` sockets of a room, each of which has had its state, until the block ends."""
    arguments = [str(served.port), str(room.room_id), room.watch_ticket(), str(count), "deaf" if deaf else "idle"]
    command = [sys.executable, "-m", "benchmarks.hold", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("holding"), line
            yield
        finally:
            process.kill()


def _postmaster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return parent(cursor.fetchone()[0])


def load(served: Served, stages: list[Stage], *, watchers: int, seconds: float, **more: Any) -> Config:
    """Run the load generator against a web process; what it saw."""
    config = {
        "port": served.port,
        "server": served.pid,
        "postmaster": _postmaster(),
        "bidders": [bidder for stage in stages for bidder in stage.bidders],
        "watch": stages[0].room_id,
        "watch_ticket": stages[0].watch_ticket(),
        "watchers": watchers,
        "warm_s": 1.0,
        "seconds": seconds,
        **more,
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(config, file)
        file.flush()
        done = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / "load.py"), file.name],
            stdout=subprocess.PIPE,
            check=True,
            cwd=ROOT,
        )
    answer: Config = json.loads(done.stdout)
    return answer
