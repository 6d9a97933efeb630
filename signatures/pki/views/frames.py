"""What the page of a proof sends and gets: JSON, bytes in base64."""

import binascii
from base64 import b64decode
from typing import TypeVar

import msgspec
from django.http import HttpRequest

from commons.domain.refusals import Malformed
from signatures.pki.services import Proof

LARGEST_REQUEST = 200_000
Asked = TypeVar("Asked", bound=msgspec.Struct)


class PrepareRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A statement that the page made, and the chosen certificate."""

    statement: str
    certificate: str


class CompleteRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The signature over the attributes that were prepared for the statement."""

    statement: str
    certificate: str
    chain: list[str]
    signature: str


def read(request: HttpRequest, shape: type[Asked]) -> Asked:
    """The body; refuses (`Malformed`) what has another shape."""
    if len(request.body) > LARGEST_REQUEST:
        raise Malformed(field="body", reason="it is too long")
    try:
        return msgspec.json.decode(request.body, type=shape)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Malformed(field="body", reason=str(error)[:200]) from None


def data(text: str, field: str) -> bytes:
    """The bytes that a field spells in base64; refuses (`Malformed`)."""
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(field=field, reason="it is not base64") from None


def proof(asked: CompleteRequest) -> Proof:
    """The proof in a request."""
    return Proof(
        statement=data(asked.statement, "statement"),
        certificate=data(asked.certificate, "certificate"),
        chain=tuple(data(one, "chain") for one in asked.chain),
        signature=data(asked.signature, "signature"),
    )
