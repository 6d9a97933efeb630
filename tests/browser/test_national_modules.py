"""The national algorithms of the browser against Python's and OpenSSL's: what one makes, the other opens."""

import json
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import algos, keys, pem
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from playwright.sync_api import Page

from signatures.crypto.national import SM2_WITH_SM3, National, Sm4Gcm, sm3
from signatures.crypto.suites import verifies
from tests.browser.modules import call, page
from tests.sm import new_key

pytestmark = pytest.mark.browser
__all__ = ["page"]
NATIONAL = National()
MESSAGE = "投标保函：壹佰元整".encode()
IDENTITY = "distid:1234567812345678"
WITH_SM3 = algos.SignedDigestAlgorithm({"algorithm": SM2_WITH_SM3})


def holds(public: bytes, message: bytes, signature: bytes) -> bool:
    key = keys.PublicKeyInfo.load(public)
    return verifies(NATIONAL, key=key, data=message, signature=signature, algorithm=WITH_SM3)


def openssl(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], cwd=cwd, capture_output=True, check=False)


def written(folder: Path, **files: bytes) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)


MADE = """
    const n = await m("crypto/national");
    const { ecdsaValue } = await m("der");
    const pairs = Array.from({ length: 8 }, () => n.generate());
    const message = from(a.message);
    const value = (key) => ecdsaValue(n.sign(key, message));
    return pairs.map(({ privateKey, publicKey }) => [n.toSpki(publicKey), value(privateKey)].map(to));
"""


def test_what_the_browser_signs_holds_for_python_and_openssl(page: Page, tmp_path: Path) -> None:
    """Eight keys: a number whose first byte is zero, or which needs a leading one, is among them now and then."""
    made = [tuple(map(b64decode, pair)) for pair in call(page, MADE, message=MESSAGE)]

    assert all(holds(public, MESSAGE, signature) for public, signature in made)
    assert not any(holds(public, MESSAGE + b" ", signature) for public, signature in made)
    public, signature = made[0]
    written(tmp_path, key=pem.armor("PUBLIC KEY", public), message=MESSAGE, signature=signature)
    command = ["pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", IDENTITY, "-pubin", "-inkey", "key"]
    answer = openssl(*command, "-in", "message", "-sigfile", "signature", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr


def test_what_python_signs_holds_in_the_browser_and_nothing_else_does(page: Page) -> None:
    private, public = new_key()
    r, s = decode_dss_signature(NATIONAL.sign(private, MESSAGE))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    body = """
        const n = await m("crypto/national");
        const [key, right, message] = [n.fromSpki(from(a.public)), from(a.signature), from(a.message)];
        const changed = right.slice();
        changed[changed.length - 1] ^= 1;
        return [[message, right], [message.subarray(1), right], [message, changed], [message, message]]
            .map(([text, value]) => n.verify(key, text, value));
    """

    assert call(page, body, public=public, signature=signature, message=MESSAGE) == [True, False, False, False]


def test_the_key_of_a_file_is_read(page: Page) -> None:
    private, public = new_key()
    body = """
        const n = await m("crypto/national");
        const { ecdsaValue } = await m("der");
        const key = n.fromPkcs8(from(a.private));
        return [n.toSpki(n.publicOf(key)), ecdsaValue(n.sign(key, from(a.message)))].map(to);
    """

    read, signature = map(b64decode, call(page, body, private=private, message=MESSAGE))

    assert read == public
    assert holds(public, MESSAGE, signature)


@pytest.mark.parametrize("change", ["other curve", "off the curve"])
def test_a_key_that_is_none_is_refused(page: Page, change: str) -> None:
    _, public = new_key()
    given = public.replace(bytes.fromhex("811ccf5501822d"), bytes.fromhex("811ccf5501822e"))
    if change == "off the curve":
        given = public[:-1] + bytes([public[-1] ^ 1])
    body = """
        const n = await m("crypto/national");
        return trouble(async () => to(n.fromSpki(from(a.public))));
    """

    assert call(page, body, public=given) == "NotRight"


def test_digests_are_those_of_python_at_every_edge_of_a_block(page: Page) -> None:
    contents = [bytes([7]) * length for length in (0, 1, 55, 56, 63, 64, 65, 1000, 100_003)]
    body = """
        const n = await m("crypto/national");
        return a.contents.map((one) => to(n.sm3(from(one))));
    """

    found = call(page, body, contents=[b64encode(one).decode() for one in contents])

    assert [b64decode(one) for one in found] == [sm3(one) for one in contents]


def test_a_secret_wrapped_in_the_browser_is_opened_by_openssl_and_the_other_way(page: Page, tmp_path: Path) -> None:
    private, public = new_key()
    secret = bytes(range(32))
    written(tmp_path, key=pem.armor("PRIVATE KEY", private), secret=secret)
    body = """
        const n = await m("crypto/national");
        return to(n.wrap(n.fromSpki(from(a.public)), from(a.secret)));
    """
    (tmp_path / "wrapped").write_bytes(b64decode(call(page, body, public=public, secret=secret)))

    opened = openssl("pkeyutl", "-decrypt", "-inkey", "key", "-in", "wrapped", cwd=tmp_path)
    theirs = openssl("pkeyutl", "-encrypt", "-inkey", "key", "-in", "secret", cwd=tmp_path).stdout

    assert opened.stdout == secret, opened.stderr
    assert [unwrapped(page, private, theirs), unwrapped(page, private, theirs[:-1])] == [secret, "NotRight"]
    flipped = bytearray(theirs)
    flipped[20] ^= 1
    assert unwrapped(page, private, bytes(flipped)) == "NotRight", "a point that is not on the curve is no point"
    assert unwrapped(page, new_key()[0], theirs) == "NotRight", "another key"


def unwrapped(page: Page, private: bytes, ciphertext: bytes) -> Any:
    body = """
        const n = await m("crypto/national");
        return trouble(async () => ({ bytes: to(n.unwrap(n.fromPkcs8(from(a.private)), from(a.ciphertext))) }));
    """
    found = call(page, body, private=private, ciphertext=ciphertext)
    return b64decode(found["bytes"]) if isinstance(found, dict) else found


def test_sm4_gcm_is_pythons_both_ways_and_a_changed_byte_does_not_open(page: Page) -> None:
    key, nonce, header = bytes(range(16)), bytes(range(12)), b"header of twenty bytes"
    sizes = (0, 1, 16, 17, 5000)
    theirs = {str(size): b64encode(Sm4Gcm(key).encrypt(nonce, b"x" * size, header)).decode() for size in sizes}
    body = """
        const n = await m("crypto/national");
        const [key, nonce, header] = [from(a.key), from(a.nonce), from(a.header)];
        const opens = (sealed, given = header) => {
            try { return String(n.open(key, nonce, sealed, given).length); } catch (error) { return error.name; }
        };
        const rows = Object.entries(a.theirs).map(([size, theirs]) => {
            const [plain, sealed] = [new Uint8Array(Number(size)).fill(120), from(theirs)];
            const changed = sealed.slice();
            changed[0] ^= 1;
            const same = to(n.seal(key, nonce, plain, header)) === theirs;
            return [same, opens(sealed), opens(changed), opens(sealed, nonce)];
        });
        return JSON.stringify([...rows, opens(new Uint8Array(3))]);
    """

    rows = json.loads(call(page, body, key=key, nonce=nonce, header=header, theirs=theirs))

    assert rows == [*([True, str(size), "NotRight", "NotRight"] for size in sizes), "NotRight"]


def test_a_kept_key_opens_in_this_browser_and_its_lock_is_not_given_away(page: Page) -> None:
    body = """
        const { sealed, opened } = await m("crypto/keep");
        const kept = structuredClone(await sealed(from(a.secret)));
        const away = await crypto.subtle.exportKey("raw", kept.lock).catch((error) => error.name);
        return { opened: to(await opened(kept)), away, plain: to(kept.sealed).includes(a.secret) };
    """

    found = call(page, body, secret=b"k" * 32)

    assert (b64decode(found["opened"]), found["away"], found["plain"]) == (b"k" * 32, "InvalidAccessError", False)
