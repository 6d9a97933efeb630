"""Natural persons 自然人 who trade for themselves: how they are told apart without their number. Pure."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from commons.domain.codes import CitizenId
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

PREFIX = "ZRR"
"""Begins the reference of a natural person 自然人. No code of GB 32100 holds a Z."""
KIND = "NATURAL_PERSON"


@dataclass(frozen=True, slots=True)
class NaturalPerson:
    """Who a natural person is: for rules and for papers between the parties, never for a public page."""

    name: str
    number: CitizenId


class PersonRegistered(Refusal):
    code = "PERSON_REGISTERED"
    message = gettext_noop(
        "Another account acts for the person of this identity number. Sign in with it, or ask the centre's counter."
    )


def reference(number: CitizenId, *, key: bytes) -> str:
    """What stands for a person where organisations have their code: 18 characters that lead to nobody without the key.

    75 bits of HMAC-SHA-256 over the identity number, so that the same person is always found again.
    """
    digest = hmac.new(key, number.encode(), hashlib.sha256).digest()
    return PREFIX + base64.b32encode(digest).decode()[:15]


def is_reference(code: str) -> bool:
    """Whether a natural person stands behind what is stored as a code."""
    return code.startswith(PREFIX)
