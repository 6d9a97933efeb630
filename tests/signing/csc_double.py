"""A remote signing service for tests: the shape of the CSC API, version 2, with one account and one credential.

It keeps the rules that matter to a caller: an access token before anything else; a SAD for exactly the hashes that were
authorised, with the right PIN, used once.
"""

import json
import secrets
import threading
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

from portal.demo.authority.city import Holder

SHA256_OID = "2.16.840.1.101.3.4.2.1"
ALGORITHMS = {"EC": "1.2.840.10045.4.3.2", "RSA": "1.2.840.113549.1.1.11"}


class Problem(Exception):
    """An error of the API: status, code, description."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status, self.body = status, {"error": error, "error_description": description}


@dataclass
class CscDouble:
    """Serves `holder`'s key to whoever knows account, password and PIN."""

    holder: Holder
    account: str = "buyer1"
    password: str = "remote-password"
    pin: str = "4321"
    tokens: set[str] = field(default_factory=set)
    activations: dict[str, list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key = load_der_private_key(self.holder.key, password=None)
        self._algorithm = ALGORITHMS["EC" if isinstance(self._key, ec.EllipticCurvePrivateKey) else "RSA"]
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_OPTIONS(self) -> None:
                self._answer(204, None)

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                body = json.loads(self.rfile.read(length) or b"{}")
                try:
                    method = self.path.removeprefix("/csc/v2/")
                    self._answer(200, double.answer(method, body, self.headers.get("Authorization", "")))
                except Problem as problem:
                    self._answer(problem.status, problem.body)

            def _answer(self, status: int, body: dict[str, Any] | None) -> None:
                self.send_response(status)
                self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", "null"))
                self.send_header("Access-Control-Allow-Headers", "Authorization, Content-Type")
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                if body is not None:
                    self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/csc/v2"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, body: dict[str, Any], authorization: str) -> dict[str, Any]:
        """What the service says to one call."""
        self.calls.append(method)
        if method == "auth/login":
            return self._log_in(authorization)
        if authorization.removeprefix("Bearer ") not in self.tokens:
            raise Problem(401, "invalid_token", "sign in first")
        if method == "credentials/list":
            return {"credentialIDs": ["c1"], "credentialInfos": [self._credential()]}
        if body.get("credentialID") != "c1":
            raise Problem(400, "invalid_request", "no such credential")
        if method == "credentials/authorize":
            return self._authorise(body)
        if method == "signatures/signHash":
            return self._sign(body)
        raise Problem(404, "invalid_request", "no such method")

    def _log_in(self, authorization: str) -> dict[str, Any]:
        if authorization != "Basic " + b64encode(f"{self.account}:{self.password}".encode()).decode():
            raise Problem(401, "authentication_error", "wrong name or password")
        token = secrets.token_urlsafe(16)
        self.tokens.add(token)
        return {"access_token": token, "expires_in": 3600}

    def _credential(self) -> dict[str, Any]:
        chain = [b64encode(one).decode() for one in (self.holder.certificate, *self.holder.chain)]
        return {
            "credentialID": "c1",
            "key": {"status": "enabled", "algo": [self._algorithm], "len": 256},
            "cert": {"status": "valid", "certificates": chain},
            "auth": {"mode": "explicit", "objects": [{"type": "Password", "id": "PIN"}]},
            "SCAL": "2",
            "multisign": 1,
        }

    def _authorise(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["authData"] != [{"id": "PIN", "value": self.pin}]:
            raise Problem(400, "invalid_pin", "the PIN is wrong")
        if body["hashAlgorithmOID"] != SHA256_OID or body["numSignatures"] != len(body["hashes"]):
            raise Problem(400, "invalid_request", "one SHA-256 hash for each signature")
        activation = secrets.token_urlsafe(16)
        self.activations[activation] = body["hashes"]
        return {"SAD": activation, "expiresIn": 300}

    def _sign(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.activations.pop(body["SAD"], None) != body["hashes"]:
            raise Problem(400, "invalid_request", "the SAD is not for these hashes")
        if body["signAlgo"] != self._algorithm:
            raise Problem(400, "invalid_request", "the key signs otherwise")
        return {"signatures": [b64encode(self._value(b64decode(one))).decode() for one in body["hashes"]]}

    def _value(self, digest: bytes) -> bytes:
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(digest, ec.ECDSA(utils.Prehashed(SHA256())))
        assert isinstance(self._key, rsa.RSAPrivateKey)
        return self._key.sign(digest, padding.PKCS1v15(), utils.Prehashed(SHA256()))
