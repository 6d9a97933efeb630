"""Chromium driven by its own wire, which watches nothing that it is not asked to watch.

A driver made for tests follows every request, and carries the body of every upload out of the browser and through its
own pipe: what it then measures is itself.
"""

import contextlib
import json
import re
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from itertools import count
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE_S = 600.0
SETTLING_S, SETTLING_STEPS = 0.3, 20


class Target:
    """One end of the wire: the browser, or one of its pages."""

    def __init__(self, wire: ClientConnection) -> None:
        self._wire, self._numbers = wire, count(1)

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a command; raises RuntimeError with what the browser says against it."""
        number = next(self._numbers)
        self._wire.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._wire.recv(timeout=PATIENCE_S))
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                found: dict[str, Any] = answer["result"]
                return found

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page, awaited if it is a promise."""
        answer = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", "the script failed"))
        return answer["result"].get("value")

    def goto(self, address: str) -> None:
        self.send("Page.navigate", url=address)
        self.until(f"location.href === {json.dumps(address)} && document.readyState === 'complete'")

    def until(self, condition: str) -> None:
        """Wait for an expression to hold, on whatever page there is by then."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            with contextlib.suppress(RuntimeError):  # the page is just being exchanged
                if self.evaluate(condition):
                    return
            time.sleep(0.05)
        raise TimeoutError(condition)

    def choose_file(self, selector: str, path: str) -> None:
        """Put a file into the page's file field."""
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[path])


class Browser(Target):
    """A running Chromium."""

    def __init__(self, wire: ClientConnection, port: int) -> None:
        super().__init__(wire)
        self._port = port

    @contextlib.contextmanager
    def page(self, cookies: list[dict[str, str]]) -> Iterator[Target]:
        """A page of a context of its own, with these cookies; the browser has done what it does for a new window."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        self.send("Storage.setCookies", cookies=cookies, browserContextId=context)
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        with connect(f"ws://127.0.0.1:{self._port}/devtools/page/{target}", max_size=None) as wire:
            self._settle()
            yield Target(wire)
        self.send("Target.disposeBrowserContext", browserContextId=context)

    def _settle(self) -> None:
        """Wait until the browser is idle: the popups of its address bar alone take a second of a core."""
        spent = self._seconds()
        for _ in range(SETTLING_STEPS):
            time.sleep(SETTLING_S)
            before, spent = spent, self._seconds()
            if spent - before < SETTLING_S / 10:
                return

    def _seconds(self) -> float:
        """What all its processes have taken of the processors."""
        found = self.send("SystemInfo.getProcessInfo")["processInfo"]
        return sum(float(one["cpuTime"]) for one in found)

    def renderers(self) -> list[int]:
        """The process numbers of the pages."""
        found = self.send("SystemInfo.getProcessInfo")["processInfo"]
        return [int(one["id"]) for one in found if one["type"] == "renderer"]


@contextlib.contextmanager
def chromium(executable: str) -> Iterator[Browser]:
    """A Chromium without a window, until the block ends."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [executable, "--headless=new", "--no-sandbox", "--remote-debugging-port=0", f"--user-data-dir={profile}"],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            port = _port(process)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/version") as answer:  # loopback
                address = json.load(answer)["webSocketDebuggerUrl"]
            with connect(address, max_size=None) as wire:
                yield Browser(wire, port)
        finally:
            process.terminate()
            process.wait()


def _port(process: "subprocess.Popen[str]") -> int:
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"DevTools listening on ws://[^:]+:(\d+)/", line):
            return int(found[1])
    raise RuntimeError("Chromium ended before it listened")
