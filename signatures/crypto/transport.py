"""HTTP to an authority: an address from the configuration, no redirects, bounded in time and size."""

import http.client
from urllib.parse import urlsplit


class Unreachable(Exception):
    """The authority did not answer as it should; says what happened."""


def post(url: str, body: bytes, *, content_type: str, timeout_s: float, largest: int) -> bytes:
    """The body of the answer to a POST; raises `Unreachable`."""
    return _ask("POST", url, body, {"Content-Type": content_type}, timeout_s, largest)


def get(url: str, *, timeout_s: float, largest: int) -> bytes:
    """The body at an address; raises `Unreachable`."""
    return _ask("GET", url, None, {}, timeout_s, largest)


def _ask(method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_s: float, largest: int) -> bytes:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unreachable(f"{url} is not an address of the web")
    made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = made(parts.hostname, parts.port, timeout=timeout_s)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body=body, headers=headers)
        response = connection.getresponse()
        if response.status != 200:
            raise Unreachable(f"{parts.netloc} answered {response.status}")
        content = response.read(largest + 1)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{parts.netloc} did not answer: {type(error).__name__}") from None
    finally:
        connection.close()
    if len(content) > largest:
        raise Unreachable(f"{parts.netloc} answered with more than {largest} bytes")
    return content
