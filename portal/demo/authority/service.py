"""The authority over HTTP on this machine alone: OCSP, revocation lists, time stamps, certificates of the authorities.

POST /ocsp/<ca>   application/ocsp-request      POST /tsa/<tsa>    application/timestamp-query
GET  /crl/<ca>.crl                              GET  /ca/<name>.crt
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from certomancer.registry import CertomancerObjectNotFoundError
from django.utils import timezone

from portal.demo.authority.city import CityAuthority, UnknownHolder
from portal.demo.authority.refusing import refuse_in_production

logger = logging.getLogger(__name__)
HOST = "127.0.0.1"
LARGEST_QUESTION = 16 * 1024
TIMEOUT_S = 10


class AuthorityServer(ThreadingHTTPServer):
    """Serves one authority; each question in a thread, the authority itself answers one at a time."""

    daemon_threads = True

    def __init__(self, authority: CityAuthority, port: int) -> None:
        refuse_in_production()
        self.authority = authority
        super().__init__((HOST, port), Answering)

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.info("a question from %s was not answered", client_address, exc_info=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"

    def start(self) -> "AuthorityServer":
        """Serve in a thread until `shutdown`."""
        threading.Thread(target=self.serve_forever, name="authority", daemon=True).start()
        return self


class Answering(BaseHTTPRequestHandler):
    """One request."""

    server: AuthorityServer
    timeout = TIMEOUT_S

    def do_GET(self) -> None:
        kind, name = self._place()
        if kind == "crl":
            self._answer(
                "application/pkix-crl", self.server.authority.crl, name.removesuffix(".crl"), at=timezone.now()
            )
        elif kind == "ca":
            self._answer("application/pkix-cert", self.server.authority.certificate, name.removesuffix(".crt"))
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        kind, name = self._place()
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_QUESTION:
            self.send_error(413)
            return
        question = self.rfile.read(int(length))
        if kind == "ocsp":
            self._answer("application/ocsp-response", self.server.authority.ocsp, name, question, at=timezone.now())
        elif kind == "tsa":
            answering = self.server.authority.time_stamp
            self._answer("application/timestamp-reply", answering, name, question, at=timezone.now())
        else:
            self.send_error(404)

    def _place(self) -> tuple[str, str]:
        kind, _, name = self.path.strip("/").partition("/")
        return kind, name

    def _answer(self, media_type: str, answering: Any, *arguments: Any, **named: Any) -> None:
        try:
            content: bytes = answering(*arguments, **named)
        except (CertomancerObjectNotFoundError, UnknownHolder):
            self.send_error(404)
            return
        except (ValueError, TypeError, KeyError):
            self.send_error(400)
            return
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        logger.debug(format, *args)


@contextmanager
def serving(authority: CityAuthority, port: int = 0) -> Iterator[AuthorityServer]:
    """The authority over HTTP while the block runs; port 0 takes a free one."""
    server = AuthorityServer(authority, port).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
