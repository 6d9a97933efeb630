"""Words of halls in templates."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.translation import gettext

from bidding.bids.labels import finding_sentence
from bidding.opening.labels import ANSWERS, BONDS, CONSEQUENCES, LINES, SIGN_INS, bond_state
from bidding.tenders.domain.rights import Right
from bidding.tenders.labels import right_label
from commons.domain.time import SHANGHAI, from_text
from signatures.envelopes.labels import CAUSES, ENVELOPES

register = template.Library()


@register.filter
def envelope_label(state: str) -> str:
    return str(ENVELOPES[state][0]) if state in ENVELOPES else state


@register.filter
def envelope_tone(state: str) -> str:
    return ENVELOPES[state][1] if state in ENVELOPES else "neutral"


@register.filter
def cause_label(cause: str) -> str:
    return str(CAUSES.get(cause, cause))


@register.filter
def consequence_label(consequence: str) -> str:
    return str(CONSEQUENCES.get(consequence, consequence))


@register.filter
def moment(text: str) -> datetime | None:
    """An instant that a record keeps as text."""
    return from_text(text) if text else None


@register.filter
def bond_label(state: str) -> str:
    return str(BONDS.get(state, BONDS[""]))


@register.filter
def bond_found(bond: Mapping[str, Any] | None) -> str:
    """How the bond of a scene's bid was found."""
    return bond_label(bond_state(bond))


@register.filter
def sign_in_label(way: str) -> str:
    return str(SIGN_INS.get(way, way))


@register.filter
def answer_label(answer: str | bool | None) -> str:
    key = {True: "YES", False: "NO", None: ""}.get(answer, answer) if not isinstance(answer, str) else answer
    return str(ANSWERS.get(str(key), key))


@register.filter
def line_label(kind: str) -> str:
    return str(LINES.get(kind, kind))


@register.filter
def remark_text(remark: Mapping[str, Any]) -> str:
    return gettext(str(remark["text"])) % dict(remark["fields"])


@register.filter
def finding_text(finding: Mapping[str, str]) -> str:
    return finding_sentence(finding)


@register.filter
def as_percent(text: str) -> str:
    """A fraction as a percentage: 0.0125 → 1.25 %."""
    try:
        value = (Decimal(str(text)) * 100).normalize()
    except InvalidOperation:
        return str(text)
    return f"{value:f} %"


@register.filter
def yuan(text: str) -> str:
    """An amount of a scene, grouped."""
    return f"¥\u00a0{Decimal(text):,.2f}" if text else ""


@register.filter
def right_words(right: Right | None) -> tuple[str, str, str] | None:
    """Use, area and term of a right that is granted."""
    return right_label(right)


@register.filter
def shanghai(text: str) -> str:
    """An instant of a scene, to the second, in the city's time."""
    return from_text(text).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if text else ""
