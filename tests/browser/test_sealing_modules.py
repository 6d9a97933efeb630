"""The algorithms of envelopes in the browser against Python's, in either suite: what one wraps, the other opens."""

from base64 import b64decode, b64encode
from typing import Any

import pytest
from playwright.sync_api import Page

from signatures.crypto.suites import Suite
from signatures.envelopes.domain import suites
from signatures.envelopes.domain.slots import BIDDER, Recipient, Slot, spki_of, unwrap_kek, wrap
from tests.browser.modules import call, page
from tests.envelopes import key_of

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("suite", list(Suite), ids=lambda suite: suite.value)]
__all__ = ["page"]
CTX, SECRET = b"c" * 32, b"s" * 33


def entropy(length: int) -> bytes:
    return b"e" * length


def test_digest_key_and_chunk_are_pythons(page: Page, suite: Suite) -> None:
    entry = suites.of_suite(suite)
    body = """
        const entry = await (await m("envelopes/suites")).suiteOf(a.alg);
        const key = await entry.derive(from(a.secret), from(a.ctx), new TextEncoder().encode("sbe1/cek"));
        const iv = new Uint8Array(12);
        const sealed = await entry.encrypt(await entry.lock(key), iv, from(a.plain), from(a.ctx));
        const opened = await entry.decrypt(await entry.lock(key), iv, sealed, from(a.ctx));
        return [await entry.digest(from(a.secret)), key, sealed, opened].map(to);
    """
    plain = b"one chunk" * 1000

    made = [b64decode(one) for one in call(page, body, alg=entry.algorithm, secret=SECRET, ctx=CTX, plain=plain)]

    key = entry.derive(SECRET, salt=CTX, info=b"sbe1/cek")
    sealed = entry.cipher(key).encrypt(bytes(12), plain, CTX)
    assert made == [entry.digest(SECRET).digest(), key, sealed, plain]


def test_what_the_browser_wraps_opens_in_python(page: Page, suite: Suite) -> None:
    key = key_of(suite)
    body = """
        const sbe = await m("envelopes/sbe");
        const entry = await (await m("envelopes/suites")).suiteOf(a.alg);
        return sbe.wrap(entry, from(a.secret), "officer:2", from(a.spki), from(a.ctx));
    """
    algorithm = suites.of_suite(suite).algorithm

    slot = Slot.parse(call(page, body, alg=algorithm, secret=SECRET, spki=spki_of(key), ctx=CTX))

    assert slot.open(unwrap_kek(slot, key), ctx=CTX) == SECRET


def test_a_key_that_the_browser_keeps_opens_what_python_wrapped_and_passes_it_on(page: Page, suite: Suite) -> None:
    """The device's key is made and kept in IndexedDB; another device's opens nothing."""
    made: dict[str, Any] = call(
        page,
        """
        const device = await m("envelopes/device");
        const { spki } = await device.make(`officer:${a.alg}`, a.alg);
        return { spki };
        """,
        alg=suites.of_suite(suite).algorithm,
    )
    slot = wrap(SECRET, Recipient(BIDDER, b64decode(made["spki"])), ctx=CTX, entropy=entropy)
    strange = wrap(SECRET, Recipient(BIDDER, spki_of(key_of(suite))), ctx=CTX, entropy=entropy)
    successor = key_of(suite)
    body = """
        const [sbe, device] = [await m("envelopes/sbe"), await m("envelopes/device")];
        const keys = await device.allOf(`officer:${a.alg}`);
        const kek = await sbe.unwrapKek(a.slot, keys[0]);
        const passed = await sbe.rewrap(a.slot, kek, from(a.successor), from(a.ctx));
        return { kek: to(kek), passed, strange: await sbe.unwrapKek(a.strange, keys[0]).then(to, () => "refused") };
    """

    found = call(
        page,
        body,
        alg=suites.of_suite(suite).algorithm,
        slot=slot.as_json(),
        strange=strange.as_json(),
        successor=b64encode(spki_of(successor)).decode(),
        ctx=CTX,
    )

    assert slot.open(b64decode(found["kek"]), ctx=CTX) == SECRET
    passed = Slot.parse(found["passed"])
    assert passed.open(unwrap_kek(passed, successor), ctx=CTX) == SECRET
    assert found["strange"] == "refused", "another device's slot"
