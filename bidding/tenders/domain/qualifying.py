"""Who is taken when the number of prequalified applicants is limited (标准施工招标资格预审文件: 有限数量制)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import ThresholdName
from commons.domain.money import normal_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class ApplicationsOver(Refusal):
    code = "APPLICATIONS_OVER"
    message = gettext_noop("Applications were taken until %(until)s.")


class ApplicationsOpen(Refusal):
    code = "APPLICATIONS_OPEN"
    message = gettext_noop("Applications are taken until %(until)s; they are judged afterwards.")


class ScoreMissing(Refusal):
    """标准施工招标资格预审文件: with a limited number the best scores are taken, so that each needs one."""

    code = "PREQUALIFICATION_SCORE_MISSING"
    message = gettext_noop("The number of those invited is limited: give who qualifies a score.")
    status = 400


class JudgeAllFirst(Refusal):
    code = "PREQUALIFICATION_NOT_ALL_JUDGED"
    message = gettext_noop("Not judged yet: %(count)s. Judge every application first.")


class LimitedNumberTooLow(Refusal):
    """建设部令第89号 第16条: where more qualify, at least so many are invited."""

    code = "QUALIFIED_NUMBER_TOO_LOW"
    message = gettext_noop("Of a limited number at least %(least)s are invited (%(source)s). Raise it.")
    status = 400


class ProposalMissing(Refusal):
    """实施条例 第30条: the first stage takes technical proposals without price."""

    code = "STAGE_ONE_PROPOSAL_MISSING"
    message = gettext_noop("The first stage takes a technical proposal as a document. Add it.")
    status = 400


class PriceInProposal(Refusal):
    code = "STAGE_ONE_NAMES_A_PRICE"
    message = gettext_noop("A proposal of the first stage names no price: “%(found)s”. Take it out and hand in again.")
    status = 400


class ClarifyFirst(Refusal):
    """实施条例 第30条: the tenderee works out the technical demands from the proposals before bids are invited."""

    code = "STAGE_TWO_CLARIFY_FIRST"
    message = gettext_noop("First publish the documents of the second stage: an addendum that changes them.")


_PRICE = re.compile(r"[¥￥]\s*\d[\d,.]*|\d[\d,.]*\s*(?:万元|亿元|元(?!件|器|素))|报价[为:：]\s*\d[\d,.]*")


def named_price(text: str) -> str:
    """The first sum of money that a text names; nothing where it names none."""
    found = _PRICE.search(text)
    return found[0] if found else ""


def limited_number(profile: ProcedureProfile, asked: int | None) -> int | None:
    """How many are invited at most: what the owner asked, else the profile's own; nothing without a limited number.

    Refuses (`LimitedNumberTooLow`) fewer than the profile protects.
    """
    least = profile.thresholds.get(ThresholdName.QUALIFIED_MAXIMUM)
    if not profile.limits_number or least is None:
        return None
    if asked is not None and asked < least.value:
        raise LimitedNumberTooLow(least=normal_text(least.value), source=least.source)
    return int(least.value) if asked is None else asked


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
