"""Sentences of an explanation: English texts that remember their pattern, so that the edge can say them otherwise."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from commons.domain.money import normal_text


class Sentence(str):
    """An English sentence, made of `pattern` (a message id) and `fields`, which may be sentences themselves."""

    __slots__ = ("fields", "pattern")
    pattern: str
    fields: Mapping[str, str]


def say(pattern: str, **fields: object) -> Sentence:
    """The sentence of a pattern with `%(name)s` in it; amounts as their shortest texts."""
    told = {name: _text(value) for name, value in fields.items()}
    sentence = Sentence(pattern % told)
    sentence.pattern, sentence.fields = pattern, told
    return sentence


def translated(text: str, translate: Callable[[str], str]) -> str:
    """A sentence in another language; texts that are none stay as they are."""
    if not isinstance(text, Sentence):
        return text
    return translate(text.pattern) % {name: translated(value, translate) for name, value in text.fields.items()}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return normal_text(value) if isinstance(value, Decimal) else str(value)
