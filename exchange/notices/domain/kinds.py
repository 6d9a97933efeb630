"""Kinds of public notices, and what each must say."""

from enum import StrEnum

from commons.domain.text import gettext_noop


class NoticeKind(StrEnum):
    SALE = "SALE"
    AMENDMENT = "AMENDMENT"
    METHOD = "METHOD"
    RESULT = "RESULT"
    FAILURE = "FAILURE"
    SUSPENSION = "SUSPENSION"
    RESUMPTION = "RESUMPTION"
    TERMINATION = "TERMINATION"


LABELS = {
    NoticeKind.SALE: gettext_noop("Notice of sale"),
    NoticeKind.AMENDMENT: gettext_noop("Amended notice"),
    NoticeKind.METHOD: gettext_noop("Trade-method notice"),
    NoticeKind.RESULT: gettext_noop("Result notice"),
    NoticeKind.FAILURE: gettext_noop("Notice of failure"),
    NoticeKind.SUSPENSION: gettext_noop("Notice of suspension"),
    NoticeKind.RESUMPTION: gettext_noop("Notice of resumption"),
    NoticeKind.TERMINATION: gettext_noop("Notice of termination"),
}

NEEDS_DECISION = frozenset({NoticeKind.SUSPENSION, NoticeKind.RESUMPTION, NoticeKind.TERMINATION})
"""Kinds that carry whose decision they are, with its number and document (平台办法)."""
