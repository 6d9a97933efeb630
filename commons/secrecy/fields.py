"""Columns that a copy of the database does not tell: sealed on the way in, opened on the way out, in nobody's query.

The value in Python is the plain one. Each column has a `label` of its own to which its texts are bound; the key is not
in the database (`commons.secrecy.keys`).
"""

import json
import secrets
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.db import models
from django.db.models.expressions import Combinable

from commons.domain import sealing
from commons.secrecy.keys import key_for


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that is stored sealed. The same text is stored differently every time: it cannot be searched for."""

    def __init__(self, *args: Any, label: str, **options: Any) -> None:
        self.label = label
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "label": self.label}

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        nonce = secrets.token_bytes(sealing.NONCE_BYTES)
        sealed = sealing.seal(key_for("columns"), self.plain(value).encode(), place=self.label, nonce=nonce)
        return b64encode(sealed).decode()

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        return self.value(sealing.open_sealed(key_for("columns"), b64decode(value), place=self.label).decode())

    def get_lookup(self, lookup_name: str) -> Any:
        """Only whether there is a text can be asked."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def plain(self, value: Any) -> str:
        """The value as the text that is sealed."""
        return str(value)

    def value(self, plain: str) -> Any:
        """The value of an opened text."""
        return plain


class SealedIntegerField(SealedTextField):
    """A whole number that is stored sealed."""

    if TYPE_CHECKING:  # what the type checker's plugin reads: the base is a text
        _pyi_private_set_type: int | Combinable  # type: ignore[assignment]  # the stub knows texts only
        _pyi_private_get_type: int  # type: ignore[assignment]  # the stub knows texts only

    def to_python(self, value: Any) -> Any:
        return None if value is None else int(value)

    def value(self, plain: str) -> int:
        return int(plain)


class SealedBytesField(SealedTextField):
    """Bytes that are stored sealed."""

    if TYPE_CHECKING:  # what the type checker's plugin reads: the base is a text
        _pyi_private_set_type: bytes | Combinable  # type: ignore[assignment]  # the stub knows texts only
        _pyi_private_get_type: bytes  # type: ignore[assignment]  # the stub knows texts only

    def to_python(self, value: Any) -> Any:
        return value

    def plain(self, value: Any) -> str:
        return b64encode(bytes(value)).decode()

    def value(self, plain: str) -> bytes:
        return b64decode(plain)


class SealedJSONField(SealedTextField):
    """A JSON value that is stored sealed."""

    if TYPE_CHECKING:  # what the type checker's plugin reads: a column holds what JSON can say
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def to_python(self, value: Any) -> Any:
        return value

    def plain(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def value(self, plain: str) -> Any:
        return json.loads(plain)


class Party(NamedTuple):
    """An organisation at one place: the lot or room in which it takes part. Elsewhere its reference is another."""

    place: int
    organisation_id: int


class PartyField(models.CharField):  # type: ignore[type-arg]
    """Who takes part, stored as a reference that only the key leads back to its organisation.

    Deterministic (AES-SIV, RFC 5297), so that the database can look one up and keep it unique; bound to its place, so
    that two lots do not tell that the same organisation is in both. `label`: those of one label can be compared.
    """

    if TYPE_CHECKING:  # what the type checker's plugin reads
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def __init__(self, *args: Any, label: str, **options: Any) -> None:
        self.label = label
        super().__init__(*args, **{"max_length": 64, **options})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "label": self.label}

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return self.reference(Party(*value))

    def reference(self, party: Party) -> str:
        """What is stored."""
        plain = party.place.to_bytes(8, "big") + party.organisation_id.to_bytes(8, "big")
        return AESSIV(key_for("parties")).encrypt(plain, [self.label.encode()]).hex()

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Party | None:
        if value is None:
            return None
        plain = AESSIV(key_for("parties")).decrypt(bytes.fromhex(value), [self.label.encode()])
        return Party(int.from_bytes(plain[:8], "big"), int.from_bytes(plain[8:], "big"))

    def to_python(self, value: Any) -> Any:
        return value
