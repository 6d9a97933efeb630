"""The HTTP adapter of the issuer port: signed requests to the address that the list of issuers names, nowhere else."""

import http.client
import json
import secrets
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from commons import signed_requests
from commons.domain.money import as_text
from commons.domain.time import to_text
from signatures.guarantees.models import Issuer
from signatures.guarantees.port import Application, IssuerUnreachable

TIMEOUT_S = 5
_LARGEST = 64 * 1024


def secret_of(key_name: str) -> bytes:
    """The shared secret of an HTTP issuer, from `issuers/<key name>.secret` among the platform's keys."""
    path = Path(settings.PLATFORM_KEYS_DIR) / "issuers" / f"{key_name}.secret"
    try:
        secret = path.read_bytes().strip()
    except OSError:
        raise ImproperlyConfigured(f"{path} is missing; put the secret agreed with the issuer there.") from None
    if len(secret) < 32:
        raise ImproperlyConfigured(f"{path} holds fewer than 32 characters; agree on a longer secret.")
    return secret


class HttpIssuer:
    """Speaks the contract of docs/guarantees.md."""

    def __init__(self, issuer: Issuer) -> None:
        self._endpoint = urlsplit(issuer.endpoint)
        self._key_name = issuer.key_name

    def application(self, application: Application) -> None:
        body: dict[str, object] = {
            "applicant": {"uscc": application.applicant.uscc, "name": application.applicant.name},
            "procedure": application.procedure_commitment,
            "trade_type": application.trade_type,
            "region": application.region,
            "amount": as_text(application.amount),
            "kind": application.kind.value,
            "effective_on": application.effective_on.isoformat(),
            "expires_on": application.expires_on.isoformat(),
            "deadline": to_text(application.deadline),
            "note": application.note,
        }
        self._put(f"applications/{application.ref}", body)

    def cancellation(self, ref: str) -> None:
        self._put(f"cancellations/{ref}", {})

    def extension(self, ref: str, until: date) -> None:
        self._put(f"extensions/{ref}/{until.isoformat()}", {"until": until.isoformat()})

    def opening(self, ref: str, procedure: dict[str, object], salt: str) -> None:
        self._put(f"openings/{ref}", {"procedure": procedure, "salt": salt})

    def claim(self, ref: str, number: int, ground: str, amount: Decimal, statement: str, due_on: date) -> None:
        body: dict[str, object] = {
            "ground": ground,
            "amount": as_text(amount),
            "statement": statement,
            "due_on": due_on.isoformat(),
        }
        self._put(f"claims/{ref}/{number}", body)

    def release(self, ref: str) -> None:
        self._put(f"releases/{ref}", {})

    def expiry(self, ref: str) -> None:
        self._put(f"expiries/{ref}", {})

    def _put(self, path: str, content: dict[str, object]) -> None:
        """One message; 200 and 204 mean that the issuer has it."""
        body = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
        target = f"{self._endpoint.path.rstrip('/')}/guarantees/{path}"
        headers = signed_requests.headers(
            key=self._key_name,
            secret=secret_of(self._key_name),
            method="PUT",
            target=target,
            body=body,
            at=timezone.now(),
            nonce=secrets.token_urlsafe(16),
        )
        connection = self._connection()
        try:
            connection.request("PUT", target, body, {**headers, "Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read(_LARGEST)
        except (OSError, http.client.HTTPException) as error:
            raise IssuerUnreachable(f"{self._key_name}: {type(error).__name__}") from None
        finally:
            connection.close()
        if answer.status not in (200, 204):
            raise IssuerUnreachable(f"{self._key_name} answered {answer.status}")

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._endpoint.hostname or "", self._endpoint.port
        if self._endpoint.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S)
        # Without TLS only to this machine itself: a test's issuer, or a proxy that adds TLS.
        if host not in ("127.0.0.1", "localhost", "::1"):
            raise ImproperlyConfigured(f"the address of {self._key_name} must begin with https://.")
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
