"""The modules of the browser, run where they will run: a page that imports them by name, without a platform."""

import http.server
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, EXECUTABLE

ROOT = Path(__file__).resolve().parents[2]
PLACES = {
    "signatures": ROOT / "signatures" / "static",
    "exchange": ROOT / "exchange" / "static",
    "vendor": ROOT / "portal" / "static",
}


class Static(http.server.SimpleHTTPRequestHandler):
    """The static files of the packages under one root, as the platform serves them."""

    def translate_path(self, path: str) -> str:
        name = path.split("?")[0].strip("/")
        return str(PLACES.get(name.split("/")[0], ROOT / "nowhere") / name)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """An empty page that imports modules."""
    with blank_page() as found:
        yield found


@contextmanager
def blank_page() -> Iterator[Page]:
    """The same, outside of tests."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Static)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(f"http://localhost:{server.server_port}/signatures/signing/signing.css")
        yield page
        browser.close()
    server.shutdown()
    server.server_close()


def call(page: Page, body: str, **given: Any) -> Any:
    """What the function body returns; `m` imports a module by name, bytes are given as base64 and read by `from`."""
    given = {name: b64encode(value).decode() if isinstance(value, bytes) else value for name, value in given.items()}
    script = f"""async (a) => {{
        const m = (name) => import(`/signatures/${{name.includes("/") ? name : `signing/${{name}}`}}.js`);
        const {{ fromBase64: from, toBase64: to }} = await m("bytes");
        const held = (a) => ({{ file: new File([from(a.file)], "key.p12"), password: a.password }});
        const trouble = (run) => run().catch((error) => error.code ?? error.name);
        {body}
    }}"""
    return page.evaluate(script, given)
