"""Signed requests: every part of a request is covered, and only for a while."""

from datetime import UTC, datetime, timedelta

import pytest

from commons import signed_requests
from commons.signed_requests import RequestNotSigned

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
SECRET = b"s" * 32
WHAT = {"method": "PUT", "target": "/guarantees/claims/1?x=2", "body": b'{"a":"b"}'}


def signed(**changes: object) -> dict[str, str]:
    values = {"key": "bank", "secret": SECRET, "at": AT, "nonce": "n" * 22, **WHAT, **changes}
    return signed_requests.headers(**values)  # type: ignore[arg-type]


def check(found: dict[str, str], *, at: datetime = AT, secret: bytes = SECRET, **changes: object) -> None:
    head = signed_requests.read(found, at=at)
    signed_requests.require(head, secret=secret, **{**WHAT, **changes})  # type: ignore[arg-type]


def test_what_was_signed_is_accepted() -> None:
    check(signed())


@pytest.mark.parametrize(
    "changes", [{"method": "POST"}, {"target": "/guarantees/claims/2"}, {"body": b"{}"}, {"secret": b"t" * 32}]
)
def test_nothing_of_it_can_change(changes) -> None:
    with pytest.raises(RequestNotSigned):
        check(signed(), **changes)


@pytest.mark.parametrize("away", [timedelta(seconds=301), timedelta(seconds=-301)])
def test_an_old_or_early_request_is_refused(away: timedelta) -> None:
    with pytest.raises(RequestNotSigned):
        check(signed(), at=AT + away)


@pytest.mark.parametrize("name", ["Key", "Time", "Nonce", "Signature"])
def test_a_missing_header_is_refused(name: str) -> None:
    found = signed()
    del found[f"X-Luochui-{name}"]

    with pytest.raises(RequestNotSigned):
        check(found)


@pytest.mark.parametrize(("name", "value"), [("Time", "yesterday"), ("Signature", "%%"), ("Nonce", "short")])
def test_a_header_that_cannot_be_read_is_refused(name: str, value: str) -> None:
    with pytest.raises(RequestNotSigned):
        check({**signed(), f"X-Luochui-{name}": value})


def test_another_nonce_or_time_has_another_signature() -> None:
    stolen = signed()["X-Luochui-Signature"]

    with pytest.raises(RequestNotSigned):
        check({**signed(nonce="m" * 22), "X-Luochui-Signature": stolen})
