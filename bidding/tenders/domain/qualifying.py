"""Who is taken when the number of prequalified applicants is limited (标准施工招标资格预审文件: 有限数量制)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class ApplicationsOver(Refusal):
    code = "APPLICATIONS_OVER"
    message = gettext_noop("Applications were taken until %(until)s.")


class ApplicationsOpen(Refusal):
    code = "APPLICATIONS_OPEN"
    message = gettext_noop("Applications are taken until %(until)s; they are judged afterwards.")


@dataclass(frozen=True, slots=True)
class Applicant:
    """A qualified applicant and its score."""

    id: int
    score: Decimal


def choose(applicants: Sequence[Applicant], most: int) -> set[int]:
    """The best `most` by score; whoever ties with the last of them is taken too, for nothing tells them apart."""
    ranked = sorted(applicants, key=lambda one: -one.score)
    if len(ranked) <= most:
        return {one.id for one in ranked}
    last = ranked[most - 1].score
    return {one.id for one in ranked if one.score >= last}
