"""Verdicts in words: the text of a refusal in the reader's language, made once per code and language."""

from functools import lru_cache

import msgspec
from django.utils import translation

from commons.domain.refusals import FieldValue, Refusal
from commons.texts import render
from exchange.rooms.protocol import Receipt, RefusalFrame


class Wording:
    """Turns codes into words for a socket's language."""

    def receipt(self, receipt: Receipt, language: str) -> Receipt:
        """The receipt of a refused bid with its reason in words."""
        return msgspec.structs.replace(receipt, message=self.text(receipt.code, receipt.fields, language))

    def refusal(self, refusal: Refusal, language: str, bid_id: str | None = None) -> RefusalFrame:
        """The frame for what was not stored."""
        return RefusalFrame(
            code=refusal.code,
            message=self.text(refusal.code, refusal.fields, language),
            fields=refusal.fields,
            retryable=refusal.retryable,
            bid_id=bid_id,
        )

    def text(self, code: str, fields: dict[str, FieldValue], language: str) -> str:
        """What the refusal of that code says; the code itself when nobody knows it."""
        return _text(code, tuple(sorted(fields.items())), language)


@lru_cache(maxsize=4_096)
def _text(code: str, fields: tuple[tuple[str, FieldValue], ...], language: str) -> str:
    kind = Refusal.registry.get(code)
    if kind is None:
        return code
    with translation.override(language or None):
        return render(kind.message, dict(fields))
