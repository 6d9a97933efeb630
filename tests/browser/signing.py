"""Signing in a browser: the embedded authority over HTTP, files of keys, and the clicks of the dialogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from portal.demo.authority.service import serving
from portal.demo.cast import CLERK, LONG_AGO
from signatures.pki import services as pki
from tests.pki import authority, bound, holder

PASSWORD = "luochui-demo"
PATIENCE_MS = 30_000


@contextmanager
def certified(*logins: str) -> Iterator[None]:
    """The logins have bound certificates, and the authority answers servers of other processes."""
    for login in logins:
        bound(login)
    with serving(authority()) as server:
        pki.load_trust_list(actor=CLERK, document=authority().trust_list(server.url), at=LONG_AGO)
        yield


def key_file(login: str, folder: Path) -> Path:
    """The login's .p12 file."""
    file = folder / f"{login}.p12"
    file.write_bytes(holder(login).p12(PASSWORD))
    return file


def open_file(page: Page, login: str, folder: Path) -> None:
    """Choose the login's file of keys and open it in the dialogue, once the content has been compared."""
    open_p12(page, key_file(login, folder))


def open_p12(page: Page, file: Path) -> None:
    """Open a file in the dialogue, once the content has been compared."""
    expect(page.locator("#signing-checked .tag.done")).to_be_visible(timeout=PATIENCE_MS)
    choose_p12(page, file)


def choose_p12(page: Page, file: Path) -> None:
    """Choose a file of keys and open it; the only certificate is chosen by itself."""
    expect(page.locator("#key-look")).to_be_enabled(timeout=PATIENCE_MS)
    page.set_input_files("#key-file", file)
    page.fill("#key-password", PASSWORD)
    page.press("#key-password", "Enter")
    expect(page.locator("#key-certificates input:checked")).to_have_count(1, timeout=PATIENCE_MS)


def sign_with_file(page: Page, login: str, folder: Path, *, back: str) -> None:
    """Sign what the dialogue shows with the login's file; ends on the page to which it leads back."""
    open_file(page, login, folder)
    page.click("#signing-sign")
    page.wait_for_url(f"**{back}", timeout=PATIENCE_MS)
