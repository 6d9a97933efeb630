"""Sealed envelopes: uploads at once, openings against raw decryption."""

import contextlib
import hashlib
import http.client
import os
import secrets
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone

from benchmarks import stage
from benchmarks.figures import Line, Rounds, at_least, at_most, spread
from signatures.crypto.suites import Suite

MIB = 1024 * 1024


class City:
    """A roster with keys in this process, and as many rehearsals as are asked for."""

    def __init__(self, suite: Suite = Suite.INTERNATIONAL) -> None:
        from signatures.envelopes import services
        from signatures.envelopes.domain.encoding import to_base64
        from signatures.envelopes.domain.slots import spki_of, unwrap_kek
        from signatures.envelopes.models import RosterSeat
        from tests import cast
        from tests.envelopes import key_of

        self.keys = {name: key_of(suite) for name in ("officer1", "officer2", "officer3")}
        at, actors = timezone.now(), {name: cast.actor(name) for name in self.keys}
        members = [actor.person_id or 0 for actor in actors.values()]
        desk = cast.actor("staff")
        self.roster = services.draft_roster(actor=desk, name="benchmark", members=members, k=2, suite=suite, at=at)
        for name, key in self.keys.items():
            seat = RosterSeat.objects.get(roster_id=self.roster, person_id=cast.person(name).pk)
            slot = services.enrol_key(actor=actors[name], seat_id=seat.pk, spki=spki_of(key), kept_on="device", at=at)
            code = to_base64(unwrap_kek(slot, key))
            services.try_key(actor=actors[name], seat_id=seat.pk, unlock_code=code, at=at)
        services.activate_roster(actor=cast.actor("auditor"), roster_id=self.roster, at=at)

    def intake(self, name: str) -> int:
        from commons.domain.actor import system_actor
        from signatures.envelopes import services
        from signatures.envelopes.domain.header import Mode

        return services.open_intake(
            actor=system_actor("benchmark"),
            subject=services.Subject(f"benchmark:{name}", name, name, "1"),
            mode=Mode.OFFICERS,
            deadline=timezone.now() + timedelta(hours=4),
            roster_id=self.roster,
            at=timezone.now(),
        )


_cities: dict[Suite, City] = {}


def city(suite: Suite = Suite.INTERNATIONAL) -> City:
    if suite not in _cities:
        _cities[suite] = City(suite)
    return _cities[suite]


def sealed(intake_id: int, bidder: str, size: int) -> Iterator[bytes]:
    """An envelope with one file, unlike any other, piece by piece."""
    from signatures.envelopes import queries
    from signatures.envelopes.domain import sealing
    from signatures.envelopes.domain.payload import SealedFile
    from signatures.envelopes.domain.sealing import Terms
    from signatures.envelopes.domain.slots import spki_of

    drafted = sealing.draft(
        Terms.parse(queries.terms_published(intake_id)),
        bidder=bidder,
        bidder_keys=[spki_of(ec.generate_private_key(ec.SECP256R1()))],
        files=[SealedFile("bid.bin", size)],
        created="2026-03-02T01:00:00.000Z",
        entropy=secrets.token_bytes,
    )
    piece = secrets.token_bytes(MIB)
    return sealing.seal(drafted, [(piece[: min(MIB, size - start)] for start in range(0, size, MIB))])


@contextlib.contextmanager
def peak_of(pids: list[int], field: str) -> Iterator[list[int]]:
    """The largest value of that field of any of the processes, in bytes."""
    peak, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            peak[0] = max([peak[0], *(memory_of(pid, field) for pid in pids)])

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()


def memory_of(pid: int, field: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field)), 0)


def uploads(rounds: Rounds) -> Iterator[Line]:
    """the server's memory while ten uploads run at once"""
    from signatures.envelopes import services
    from tests import cast

    size = (200 if rounds.count > 1 else 4) * MIB
    bidders = ["buyer1", "buyer2", "buyer3", "robot1", "robot2"]
    intakes = [city().intake(f"up-{secrets.token_hex(3)}") for _ in range(2)]
    work = []
    for intake_id in intakes:
        for key in bidders:
            actor = cast.actor(key)
            token = services.authorise_upload(actor=actor, intake_id=intake_id, at=timezone.now())
            work.append((token, intake_id, cast.uscc(cast.PARTIES[key].organisation)))
    with stage.serving() as (port, pid), tempfile.TemporaryDirectory() as folder:
        files = []
        for number, (token, intake_id, bidder) in enumerate(work):
            path = Path(folder) / str(number)
            with path.open("wb") as file:
                file.writelines(sealed(intake_id, bidder, size))
            files.append((token, path))
        rest = memory_of(pid, "VmRSS") / MIB
        with peak_of([pid], "VmRSS") as peak:
            began = time.perf_counter()
            threads = [threading.Thread(target=send, args=(port, token, path)) for token, path in files]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            seconds = time.perf_counter() - began
    rate = 10 * size / MIB / seconds
    yield at_most("memory of the web process, ten uploads", [peak[0] / MIB], 200, " MiB", f"{rest:.0f} MiB at rest")
    yield Line(f"ten uploads of {size // MIB} MiB together: {rate:,.0f} MiB/s")


def rush(rounds: Rounds) -> Iterator[Line]:
    """200 bids of 50 MB, twenty bidders at once, to their receipts; `--quick` reckons it from six small ones"""
    from signatures.envelopes.models import SealedEnvelope

    count, size = (200, 50_000_000) if rounds.count > 1 else (6, 8_000_000)
    intake_id, before = city().intake(f"rush-{secrets.token_hex(3)}"), SealedEnvelope.objects.count()
    with stage.serving() as (port, pid), tempfile.TemporaryDirectory() as folder:
        files = [_ready(intake_id, 900 + number, size, Path(folder)) for number in range(count)]
        with peak_of([pid], "VmRSS") as peak, ThreadPoolExecutor(20) as pool:
            began = time.perf_counter()
            sent = [pool.submit(send, port, token, path) for token, path in files]
            failed = sum(one.exception() is not None for one in sent)
            seconds = time.perf_counter() - began
    lost = count - failed - (SealedEnvelope.objects.count() - before)
    minutes = seconds / (count * size) * 200 * 50_000_000 / 60
    yield Line(f"{count} bids of {size / 1e6:.0f} MB: {failed} errors, {lost} lost receipts", failed == lost == 0)
    detail = f"{count * size / 1e6 / seconds:,.0f} MB/s, senders and server on this machine"
    yield at_most("200 bids of 50 MB", [minutes], 10, " min", detail)
    yield at_most("memory of the web process", [peak[0] / MIB], 300, " MiB")


def _ready(intake_id: int, number: int, size: int, folder: Path) -> tuple[str, Path]:
    """A bidder's permission to upload, and its sealed bid."""
    from commons.people import queries as people
    from signatures.envelopes import services
    from tests import cast

    organisation = people.organisation(organisation_of(number, None))
    assert organisation is not None
    actor = replace(cast.actor("buyer1"), organisation_id=organisation.id)
    path = folder / str(number)
    with path.open("wb") as file:
        file.writelines(sealed(intake_id, organisation.uscc, size))
    return services.authorise_upload(actor=actor, intake_id=intake_id, at=timezone.now()), path


def send(port: int, token: str, path: Path) -> None:
    """One upload by tus in pieces of 4 MiB."""
    common = {"Tus-Resumable": "1.0.0", "Upload-Token": token}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("POST", "/uploads/", headers={**common, "Upload-Length": str(path.stat().st_size)})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 201, answer.status
    address, offset = answer.headers["Location"], 0
    with path.open("rb") as file:
        while piece := file.read(4 * MIB):
            checksum = b64encode(hashlib.sha256(piece).digest()).decode()
            headers = {
                **common,
                "Content-Type": "application/offset+octet-stream",
                "Upload-Checksum": f"sha256 {checksum}",
                "Upload-Offset": str(offset),
            }
            connection.request("PATCH", address, body=piece, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 204, (answer.status, body)
            offset += len(piece)
    assert answer.headers["Upload-Receipt"], "the last piece gives the receipt"


def opening(rounds: Rounds) -> Iterator[Line]:
    """bids opened to published files, against decrypting the same bytes in memory"""
    count, size = (50, 20_000_000) if rounds.count > 1 else (4, 20_000_000)
    from signatures.envelopes import services

    ratios, rates, raws, bounds = [], [], [], []
    for _round in range(min(rounds.count, 2)):
        intake_id = unlocked(count, size)
        raw = raw_decryption(4 * MIB, 50)
        bounds.append(prescribed(4 * MIB, 50) / raw)
        began = time.perf_counter()
        ended = services.decrypt_ready(intake_id, at=timezone.now())
        rate = count * size / MIB / (time.perf_counter() - began)
        assert ended == count, f"{ended} of {count} bids ended"
        raws.append(raw)
        rates.append(rate)
        ratios.append(rate / raw)
    detail = f"{spread(rates, ' MiB/s')} against {spread(raws, ' MiB/s')}, {count} bids of {size / 1e6:.0f} MB"
    yield at_least("opened and published", ratios, 0.5, detail)
    share = [ratio / bound for ratio, bound in zip(ratios, bounds, strict=True)]
    yield Line(
        f"what SBE-1 and the vault prescribe (hash, decrypt, hash and write in two threads): {spread(bounds, ' ×', 2)} "
        f"of decrypting alone; opened at {spread(share, ' ×', 2)} of that"
    )


def unlocked(count: int, size: int) -> int:
    """An intake whose envelopes wait for decryption only; each is of an organisation of its own."""
    from commons.people.services.rehearsal_parties import rehearsal_party
    from signatures.envelopes import services
    from signatures.envelopes.models import SealedIntake
    from tests import cast

    intake_id, host, at = city().intake(f"open-{secrets.token_hex(3)}"), cast.actor("host"), timezone.now()
    for number in range(count):
        hand_in(intake_id, organisation_of(number, rehearsal_party), size)
    past = timezone.now() - timedelta(minutes=1)
    SealedIntake.objects.filter(pk=intake_id).update(deadline=past)
    services.begin_opening(actor=host, intake_id=intake_id, at=timezone.now())
    for name in ("officer1", "officer2"):
        unlock(intake_id, name, at)
    return intake_id


def organisation_of(number: int, party: Any) -> int:
    """An invented bidder."""
    from commons.domain.codes import make_uscc
    from commons.people import services as people
    from portal.demo.cast import CLERK, LONG_AGO, REGION

    code = make_uscc(authority="9", category="1", region=REGION, organisation8=f"{91000000 + number:08d}")
    return int(
        people.enrol_organisation(
            actor=CLERK,
            uscc=code,
            name=f"甲{number}",
            kind="ENTERPRISE",
            region=REGION,
            legal_representative="",
            at=LONG_AGO,
        )
    )


def hand_in(intake_id: int, organisation_id: int, size: int) -> None:
    from commons.domain.actor import Actor, Assurance, Role
    from commons.people import queries as people
    from signatures.envelopes import services, store
    from signatures.envelopes.domain import layout
    from tests import cast

    organisation = people.organisation(organisation_id)
    assert organisation is not None
    actor = Actor(cast.actor("buyer1").person_id, organisation_id, frozenset({Role.BIDDER}), Assurance.FACE_OR_LICENCE)
    at = timezone.now()
    token = services.authorise_upload(actor=actor, intake_id=intake_id, at=at)
    upload = services.begin_upload(token=token, length=size + MIB, at=at)
    path, reckoner = store.upload_path(upload.ref), layout.Reckoner()
    with path.open("wb") as file:
        for piece in sealed(intake_id, organisation.uscc, size):
            reckoner.feed(piece)
            file.write(piece)
    services.accept(upload=upload, path=path, reckoned=reckoner.finish(), received_at=at)


def unlock(intake_id: int, name: str, at: Any) -> None:
    from signatures.envelopes import services
    from signatures.envelopes.domain.encoding import to_base64
    from signatures.envelopes.domain.slots import Slot, unwrap_kek
    from tests import cast

    key, actor = city().keys[name], cast.actor(name)
    locked = services.locked_for_officer(actor=actor, intake_id=intake_id)
    codes = {one.envelope: to_base64(unwrap_kek(Slot.parse(dict(one.slot)), key)) for one in locked}
    services.unlock_as_officer(actor=actor, intake_id=intake_id, codes=codes, at=timezone.now())


def raw_decryption(chunk: int, count: int) -> float:
    """MiB a second of AES-256-GCM decryption in memory, one thread."""
    cipher, nonce = AESGCM(bytes(32)), bytes(12)
    data = cipher.encrypt(nonce, bytes(chunk), bytes(32))
    began = time.perf_counter()
    for _ in range(count):
        cipher.decrypt(nonce, data, bytes(32))
    return chunk * count / MIB / (time.perf_counter() - began)


def prescribed(chunk: int, count: int) -> float:
    """MiB a second of what no opening can leave out, without a database: the bound of this machine.

    A leaf of the commitment over the ciphertext, decryption, the SHA-256 that names the content in the vault, a file.
    """

    def work(path: Path) -> None:
        cipher, nonce, out, content = AESGCM(bytes(32)), bytes(12), bytearray(chunk), hashlib.sha256()
        data = cipher.encrypt(nonce, bytes(chunk), bytes(32))
        with path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, chunk * count)
            for _ in range(count):
                hashlib.sha256(data).digest()
                cipher.decrypt_into(nonce, data, bytes(32), out)
                content.update(out)
                file.write(out)

    with tempfile.TemporaryDirectory() as folder:
        threads = [threading.Thread(target=work, args=(Path(folder) / name,)) for name in "ab"]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return 2 * chunk * count / MIB / (time.perf_counter() - began)


BENCHMARKS = {"uploads": uploads, "rush": rush, "opening": opening}
