"""What the national suite costs beside the international one: room keys on the server, everything in a browser."""

import threading
import time
from collections.abc import Callable, Iterator

from benchmarks.figures import Line, Rounds, spread
from signatures.crypto.suites import Suite, provider_of

MESSAGE = b'{"bid_id":"b-0123456789abcdef","confirm":"NONE","ctx":"luochui/bid/v1","key":"9f","price":"20500.00"}'


def room_keys(rounds: Rounds) -> Iterator[Line]:
    """bids' signatures verified a second, P-256 and SM2, by one thread and by two"""
    rates: dict[tuple[Suite, int], list[float]] = {(suite, count): [] for suite in Suite for count in (1, 2)}
    checks = {suite: _check(suite) for suite in Suite}
    for _ in range(rounds.count):
        for (suite, count), found in rates.items():
            found.append(_together(checks[suite], count, rounds.seconds / 2))
    reference = rates[Suite.INTERNATIONAL, 1]
    for (suite, count), found in rates.items():
        ratios = [mine / bare for mine, bare in zip(found, reference, strict=True)]
        name = f"{'P-256' if suite is Suite.INTERNATIONAL else 'SM2'}, {count} thread{'s' * (count > 1)}"
        yield Line(f"{name}: {spread(found, '/s')}; {spread(ratios, ' ×', 2)} of P-256 by one thread")


def _check(suite: Suite) -> Callable[[], bool]:
    provider = provider_of(suite)
    private, public = provider.new_key()
    signature, holds = provider.raw_signer(private)(MESSAGE), provider.raw_verifier(public)
    assert holds(MESSAGE, signature)
    return lambda: holds(MESSAGE, signature)


def _together(check: Callable[[], bool], count: int, seconds: float) -> float:
    """Checks a second of `count` threads."""
    done = [0] * count
    ends = time.perf_counter() + seconds

    def work(place: int) -> None:
        while time.perf_counter() < ends:
            check()
            done[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


IN_BROWSER = """async (seconds) => {
    const n = await import("/signatures/crypto/national.js");
    const { suiteNamed } = await import("/signatures/crypto/suites.js");
    const [mebibyte, message] = [new Uint8Array(1 << 20), new TextEncoder().encode("x".repeat(120))];
    const [secret, nonce] = [new Uint8Array(16), new Uint8Array(12)];
    const pair = n.generate();
    const made = n.sign(pair.privateKey, message);
    const aes = await crypto.subtle.importKey("raw", new Uint8Array(32), "AES-GCM", false, ["encrypt"]);
    const gcm = { name: "AES-GCM", iv: nonce };
    const signers = {};
    for (const name of ["INTERNATIONAL", "SM"]) {
        const suite = await suiteNamed(name);
        signers[name] = await suite.signer((await suite.makeKey()).kept);
    }
    const ways = {
        "P-256 bids signed (WebCrypto)": ["/s", () => signers.INTERNATIONAL(message)],
        "SM2 bids signed, key opened each time": ["/s", () => signers.SM(message)],
        "SM2 signatures verified": ["/s", () => n.verify(pair.publicKey, message, made)],
        "SHA-256 (WebCrypto)": ["MiB/s", () => crypto.subtle.digest("SHA-256", mebibyte)],
        "SM3": ["MiB/s", () => n.sm3(mebibyte)],
        "AES-256-GCM (WebCrypto)": ["MiB/s", () => crypto.subtle.encrypt(gcm, aes, mebibyte)],
        "SM4-GCM": ["MiB/s", () => n.seal(secret, nonce, mebibyte)],
    };
    const found = {};
    for (const [name, [unit, way]] of Object.entries(ways)) {
        await way();
        const began = performance.now();
        let done = 0;
        while (performance.now() - began < seconds * 1000 || done === 0) {
            await way();
            done += 1;
        }
        found[name] = [unit, (done * 1000) / (performance.now() - began)];
    }
    return found;
}"""
BESIDE = {
    "P-256 bids signed (WebCrypto)": "P-256 bids signed (WebCrypto)",
    "SM2 bids signed, key opened each time": "P-256 bids signed (WebCrypto)",
    "SM3": "SHA-256 (WebCrypto)",
    "SM4-GCM": "AES-256-GCM (WebCrypto)",
}


def in_browser(rounds: Rounds) -> Iterator[Line]:
    """the national algorithms in script, in Chromium, beside WebCrypto's international ones"""
    from tests.browser.modules import blank_page

    rates: dict[str, tuple[str, list[float]]] = {}
    with blank_page() as page:
        for _ in range(rounds.count):
            for name, (unit, rate) in page.evaluate(IN_BROWSER, rounds.seconds / 2).items():
                rates.setdefault(name, (unit, []))[1].append(rate)
    for name, (unit, found) in rates.items():
        other = BESIDE.get(name, name)
        ratios = [mine / bare for mine, bare in zip(found, rates[other][1], strict=True)]
        beside = "" if other == name else f"; {spread(ratios, ' ×', 3)} of {other}"
        yield Line(f"{name}: {spread(found, unit)}{beside}")


BENCHMARKS = {"room-keys": room_keys, "national-in-browser": in_browser}
