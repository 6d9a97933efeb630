"""The check of a signed PDF, as it runs in the cage of `commons.uploads`."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from commons.domain.time import from_text
from commons.uploads.domain import UploadUnreadable
from signatures.documents.domain.blindness import VolumeNotBlind
from signatures.documents.pades.blinding import blind_check
from signatures.documents.pades.checking import Unreadable, check
from signatures.documents.pades.trusting import store_from_json


def look_for_author(file: BinaryIO, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What beside its pages tells whose a blind volume is: names, or the reason why it cannot be made blind."""
    try:
        return {"tells": list(blind_check(file).removed), "reason": ""}
    except VolumeNotBlind as refusal:
        return {"tells": [], "reason": refusal.fields["reason"]}


def look(file: BinaryIO, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as JSON. Raises `UploadUnreadable`."""
    try:
        answer = check(file.read(), at=from_text(arguments["at"]), trust=store_from_json(arguments["trust"]))
    except Unreadable:
        raise UploadUnreadable() from None
    return answer.as_json()
