"""A real browser for tests: Debian's Chromium, in which any script error or refused resource fails the test."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect, sync_playwright

from tests import cast
from tests.live.servers import Server

SHELL = shutil.which("chromium-headless-shell")
"""Chromium without its windows, where it is installed: the same engine draws a page in less than half the time."""
EXECUTABLE = SHELL or "/usr/bin/chromium"
ARGUMENTS = ["--accept-lang=en-US"] if SHELL else []
"""The shell takes its language from the machine, whose `C.UTF-8` becomes one that no page can format numbers in."""
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 860}
_WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP refused ${event.violatedDirective} ${event.blockedURI}`);
});
"""
expect.set_options(timeout=20_000)
"""How long a page may take to show what is awaited, on a machine that does other things too."""
EXPECTED = ("net::ERR_", "WebSocket connection to")
"""A connection that a test cuts on purpose leaves such lines; they are no fault of the page."""


@dataclass
class Chromium:
    """A running browser. Pages opened through it are watched; `problems` must be empty at the end."""

    browser: Browser
    problems: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def page(
        self,
        server: Server,
        *,
        person: str = "",
        language: str = "zh-hans",
        viewport: ViewportSize | None = None,
        **options: Any,
    ) -> Page:
        """A page of a browser of its own, signed in as a person of the cast."""
        context = self.browser.new_context(
            base_url=server.http, viewport=viewport or DESKTOP, accept_downloads=True, **options
        )
        self.contexts.append(context)
        cookies: Any = [{"name": "django_language", "value": language, "url": server.http}]
        if person:
            cookies.append({"name": "sessionid", "value": session_of(person), "url": server.http})
        context.add_cookies(cookies)
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("console", lambda message: self._heard(message.type, f"{message.text} {message.location['url']}"))
        return page

    def forget_refusals(self) -> None:
        """What the platform has refused until now (HTTP 4xx) was refused rightly, and no fault of the pages."""
        self.problems = [line for line in self.problems if "status of 4" not in line]

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not any(expected in text for expected in EXPECTED):
            self.problems.append(text)


def session_of(person: str) -> str:
    """A signed-in session of the cast's person: what the sign-in page would have made."""
    client = Client()
    client.force_login(cast.person(person), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["sessionid"].value


@contextmanager
def chromium() -> Iterator[Chromium]:
    """The browser, closed in any case; fails when a page had problems."""
    # Playwright's loop runs in this thread, and Django then takes every query for one in async code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            found = Chromium(playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS))
            try:
                yield found
            finally:
                for context in found.contexts:
                    context.close()
                found.browser.close()
                # Under Playwright's loop Django opened a connection of its own, which nobody else would close.
                connections.close_all()
        assert not found.problems, "\n".join(found.problems)
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


def send(button: Locator) -> None:
    """Press a button that sends a form, and wait until the platform has answered: what follows finds it done."""
    with button.page.expect_response(lambda answer: answer.request.method == "POST"):
        button.click()


def axe_problems(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{entry['id']}: {node['html'][:160]}" for entry in found for node in entry["nodes"]]
