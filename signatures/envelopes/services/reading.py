"""Reading what came out of an opened envelope."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from commons.domain.actor import ALLOWED, Actor
from commons.vault import services as vault


def opened_json(files: Iterable[Mapping[str, Any]], name: str, *, largest: int, actor: Actor, at: datetime) -> Any:
    """The JSON in the file of that name among those of an opened envelope, as `EnvelopeView.files` tells them.

    None where there is no such file, it has more than `largest` bytes, or is no JSON: a bidder wrote it. Whether the
    actor may read is the caller's question.
    """
    found = next((one for one in files if one["name"] == name), None)
    if found is None or int(found["size"]) > largest:
        return None
    opened = vault.open_document(actor=actor, document_id=int(found["document"]), at=at, decision=ALLOWED)
    try:
        return json.loads(b"".join(opened.chunks))
    except (ValueError, RecursionError):
        return None
