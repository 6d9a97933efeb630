"""Sealing in Chromium against WebCrypto's AES-GCM alone, and what its parts cost by themselves."""

import contextlib
import http.server
import json
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import stage
from benchmarks.devtools import Browser, Target, chromium
from benchmarks.envelopes import MIB, city, peak_of, sealed
from benchmarks.figures import Line, Rounds, at_least, at_most, spread
from signatures.crypto.suites import Suite
from signatures.envelopes.domain import sealing

RAW_JS = """async (mebibytes, piece) => {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const plain = new Uint8Array(piece * 1024);
  const began = performance.now();
  for (let index = 0; index < mebibytes * 1024 / piece; index += 1) {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setUint32(0, index);
    await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new Uint8Array(32) }, key, plain);
  }
  return mebibytes / ((performance.now() - began) / 1000);
}"""
PARTS_JS = """async (mebibytes, parts) => {
  const work = async ({ data: { file, pieces, parts, address } }) => {
    const [chunk, chunks] = [512 * 1024, 8];
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const held = [0, 1].map(() => new Uint8Array(chunks * (chunk + 16)));
    let plain = new ArrayBuffer(chunk);
    const reader = file.stream().getReader({ mode: "byob" });
    const read = async () => {
      for (let filled = 0; filled < chunk; ) {
        const { value } = await reader.read(new Uint8Array(plain, filled));
        plain = value.buffer;
        filled += value.length;
      }
    };
    const seal = async (target, place, number) => {
      const iv = new Uint8Array(12);
      new DataView(iv.buffer).setUint32(0, number);
      const gcm = { name: "AES-GCM", iv, additionalData: new Uint8Array(32) };
      const sealed = await crypto.subtle.encrypt(gcm, key, plain);
      target.set(new Uint8Array(sealed), place * (chunk + 16));
      return crypto.subtle.digest("SHA-256", sealed);
    };
    const send = (piece) => new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PATCH", address);
      request.onload = resolve;
      request.onerror = reject;
      request.send(piece);
    });
    const began = performance.now();
    let sending = null;
    for (let index = 0; index < pieces; index += 1) {
      const target = held[index % 2];
      for (let place = 0; place < chunks && (parts.read || parts.seal); place += 1) {
        if (parts.read) await read();
        if (parts.seal) await seal(target, place, index * chunks + place);
      }
      await sending;
      if (parts.send) sending = send(target);
    }
    await sending;
    postMessage(pieces * 4 / ((performance.now() - began) / 1000));
  };
  const [file] = document.getElementById("file").files;
  const worker = new Worker(URL.createObjectURL(new Blob([`onmessage = ${work}`])));
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.postMessage({ file, pieces: mebibytes / 4, parts, address: location.href });
  });
}"""
"""What a browser cannot leave out, without tus, keys and page: each part alone, and all of them at once."""
PARTS = {
    "read": "read the file",
    "seal": "encrypt and hash",
    "send": "send to a server that throws it away",
    "read, seal, send": "all three at once",
}


def seal_in_browser(rounds: Rounds) -> Iterator[Line]:
    """a file sealed and uploaded by Chromium to its receipt, against WebCrypto's AES-GCM alone"""
    from tests import cast
    from tests.browser.chromium import EXECUTABLE, session_of

    size, part = (1024, 256) if rounds.count > 1 else (64, 64)
    intake_id = city().intake(f"seal-{secrets.token_hex(3)}")
    cast.actor("buyer1")
    cookie = session_of("buyer1")
    found: dict[str, list[float]] = {}
    memory = []

    def note(name: str, rate: float) -> None:
        found.setdefault(name, []).append(rate)

    with (
        stage.serving() as (port, _),
        a_file(size * MIB) as file,
        throwing_away() as away,
        chromium(EXECUTABLE) as browser,
    ):
        house = f"http://localhost:{port}"
        who = [{"name": "sessionid", "value": cookie, "url": house}]
        for _round in range(min(rounds.count, 2)):
            # Another page and process than the one whose memory is told: what is alone here leaves its own garbage.
            with browser.page([]) as page:
                page.goto(away)
                page.choose_file("#file", str(file))
                note("AES-GCM alone", float(page.evaluate(f"({RAW_JS})({part}, 4096)")))
                note("AES-GCM alone, in pieces of 512 KiB", float(page.evaluate(f"({RAW_JS})({part}, 512)")))
                for names, name in PARTS.items():
                    parts = json.dumps(dict.fromkeys(names.split(", "), True))
                    note(name, float(page.evaluate(f"({PARTS_JS})({part}, {parts})")))
            with browser.page(who) as page:
                seconds, peak = uploaded(browser, page, f"{house}/openings/{intake_id}/", file)
            note("sealed, uploaded and receipted", size / seconds)
            memory.append(peak / MIB)
            with browser.page(who) as page, a_sealed_file(intake_id, part * MIB) as ready:
                seconds, _ = uploaded(browser, page, f"{house}/openings/{intake_id}/", ready)
            note("read, hash and upload to its receipt what was sealed before", part / seconds)
    raws, rates, bounds = found["AES-GCM alone"], found["sealed, uploaded and receipted"], found["all three at once"]
    ratios = [rate / raw for rate, raw in zip(rates, raws, strict=True)]
    detail = f"{spread(rates, ' MiB/s')} against {spread(raws, ' MiB/s')}, {size} MiB"
    yield at_least("sealed, uploaded and receipted", ratios, 0.45, detail)
    bound = [bound / raw for bound, raw in zip(bounds, raws, strict=True)]
    share = [rate / bound for rate, bound in zip(rates, bounds, strict=True)]
    yield Line(
        f"reading, sealing and sending to nobody, on these cores: {spread(bound, ' ×', 2)} of AES-GCM alone; "
        f"with the platform behind it {spread(share, ' ×', 2)} of that"
    )
    yield at_most("memory of the page's process (anonymous)", memory, 200, " MiB")
    for name, each in found.items():
        yield Line(f"{name}: {spread([1000 / rate for rate in each], ' ms', 2)} a MiB")


def seal_nationally(rounds: Rounds) -> Iterator[Line]:
    """the same with the national algorithms, which a browser reckons in script; and the offline command's part of it"""
    from tests import cast
    from tests.browser.chromium import EXECUTABLE, session_of

    size = 24 if rounds.count > 1 else 4
    cast.actor("buyer1")
    cookie = session_of("buyer1")
    rates: dict[Suite, list[float]] = {suite: [] for suite in Suite}
    memory = []
    with stage.serving() as (port, _), a_file(size * MIB) as file, chromium(EXECUTABLE) as browser:
        house = f"http://localhost:{port}"
        who = [{"name": "sessionid", "value": cookie, "url": house}]
        for _round in range(min(rounds.count, 2)):
            for suite in Suite:
                intake_id = city(suite).intake(f"seal-{secrets.token_hex(3)}")
                with browser.page(who) as page:
                    seconds, peak = uploaded(browser, page, f"{house}/openings/{intake_id}/", file)
                rates[suite].append(size / seconds)
            memory.append(peak / MIB)
    national, international = rates[Suite.SM], rates[Suite.INTERNATIONAL]
    yield Line(f"national, in Chromium to its receipt: {spread(national, ' MiB/s', 1)}, {size} MiB")
    yield Line(f"international, the same file: {spread(international, ' MiB/s', 1)}")
    ratios = [one / other for one, other in zip(national, international, strict=True)]
    yield Line(f"national against international: {spread(ratios, ' ×', 3)}")
    yield at_most("memory of the page's process (anonymous)", memory, 200, " MiB")
    for suite in Suite:
        yield Line(f"{suite.value}, by the offline command's code: {spread(offline(suite, rounds), ' MiB/s')}")


def offline(suite: Suite, rounds: Rounds) -> list[float]:
    """MiB a second that Python seals, without any upload."""
    from tests.envelopes import Parties, draft_of, terms_of

    parties = Parties.make(suite=suite)
    content, found = bytes(32 * MIB), []
    for _round in range(rounds.count):
        drafted = draft_of(terms_of(parties, chunk=4 * MIB), parties, [("bid.bin", content)])
        began = time.perf_counter()
        for _ in sealing.seal(drafted, [[content]]):
            pass
        found.append(32 / (time.perf_counter() - began))
    return found


def uploaded(browser: Browser, page: Target, address: str, file: Path) -> tuple[float, int]:
    """Seconds from the button to the receipt, and the most anonymous memory of any page meanwhile, in bytes."""
    page.goto(address)
    page.choose_file("#seal-files", str(file))
    with peak_of(browser.renderers(), "RssAnon") as peak:
        began = time.perf_counter()
        page.evaluate("document.querySelector('#seal-button').click()")
        page.until("location.pathname.includes('/receipts/')")
        return time.perf_counter() - began, peak[0]


@contextlib.contextmanager
def a_file(size: int) -> Iterator[Path]:
    """A file of that length that takes no room on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bid.bin"
        with path.open("wb") as file:
            file.truncate(size)
        yield path


@contextlib.contextmanager
def a_sealed_file(intake_id: int, size: int) -> Iterator[Path]:
    """An envelope for that intake as the sealing command would make it."""
    from tests import cast

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bid.sbe"
        with path.open("wb") as file:
            file.writelines(sealed(intake_id, cast.uscc(cast.PARTIES["buyer1"].organisation), size))
        yield path


class _Away(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    held = bytearray(MIB)

    def do_GET(self) -> None:
        self._answer(b"<!doctype html><title>away</title><input type=file id=file>")

    def do_PATCH(self) -> None:
        missing = int(self.headers["Content-Length"])
        missing -= len(self.rfile.read1(missing))  # what came along with the headers
        while missing:
            missing -= self.connection.recv_into(self.held, min(missing, MIB))
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # the name is the library's
        """Nothing is told of it."""


@contextlib.contextmanager
def throwing_away() -> Iterator[str]:
    """The address of a server that reads what it is sent and keeps nothing: the bound of browser and loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Away)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


BENCHMARKS = {"seal": seal_in_browser, "seal-national": seal_nationally}
