"""The check of a signed PDF, as it runs in the cage of `commons.uploads`."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from commons.domain.time import from_text
from commons.uploads.domain import UploadUnreadable
from signatures.documents.pades.checking import Unreadable, check
from signatures.documents.pades.trusting import store_from_json


def look(file: BinaryIO, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as JSON. Raises `UploadUnreadable`."""
    try:
        answer = check(file.read(), at=from_text(arguments["at"]), trust=store_from_json(arguments["trust"]))
    except Unreadable:
        raise UploadUnreadable() from None
    return answer.as_json()
