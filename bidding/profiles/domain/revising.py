"""What a new version of a profile may be. Pure: versions and days arrive."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bidding.profiles.domain.profile import Limit, ProcedureProfile, Threshold
from bidding.profiles.domain.refusals import ProfileBackDated, ProfileContradiction, ProfileWeakened
from bidding.profiles.domain.vocabulary import (
    LIMITS,
    THRESHOLDS,
    Bound,
    LimitName,
    Sector,
    Switch,
    ThresholdName,
    is_weaker,
)
from commons.domain.deadlines import Unit
from commons.domain.money import normal_text
from commons.domain.text import gettext_noop
from commons.parameters.domain.legality import Method


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Switches (or a method) that exclude each other, and the law that says so."""

    reason: str
    article: str


def require_revision(before: ProcedureProfile | None, after: ProcedureProfile) -> None:
    """Refuses (`ProfileWeakened`) a limit or threshold that protects less than before, or that is gone.

    A procedure of its own begins with the profile it was made from as `before`.
    """
    require_consistent(after)
    if before is None:
        return
    for name, limit in before.limits.items():
        _require_limit(name, limit, after.limits.get(name))
    for key, threshold in before.thresholds.items():
        _require_threshold(key, threshold, after.thresholds.get(key))


def require_day(valid_from: date, *, today: date, latest: date | None) -> None:
    """Refuses (`ProfileBackDated`) a day that is over, or before the version in force begins."""
    if valid_from < today or (latest is not None and valid_from < latest):
        raise ProfileBackDated()


def require_consistent(profile: ProcedureProfile) -> None:
    """Refuses (`ProfileContradiction`) what no procedure can be at once."""
    for found in contradictions(profile):
        raise ProfileContradiction(reason=found.reason, article=found.article)


def contradictions(profile: ProcedureProfile) -> Iterable[Contradiction]:
    """Every contradiction of the profile with itself."""
    has = profile.has
    if has(Switch.ROOM) and has(Switch.SEALED):
        yield Contradiction(
            gettext_noop("a price found in a live room is not sealed as well"), "电子招标投标办法第二十七条"
        )
    if has(Switch.ROUNDS) and profile.method in TENDERS:
        yield Contradiction(gettext_noop("a tender is not negotiated in rounds"), "招标投标法第四十三条")
    if profile.limits_number and (profile.threshold(ThresholdName.QUALIFIED_MAXIMUM) or 0) < max(
        profile.minimum_bidders, 1
    ):
        yield Contradiction(
            gettext_noop("a limited number has a least value, not below the bidders that are needed"),
            "招标投标法第二十八条",
        )
    if has(Switch.INVITATION) and profile.limits_number:
        yield Contradiction(
            gettext_noop("invited bidders are not cut down to a number again"), "招标投标法实施条例第十八条"
        )
    if has(Switch.TWO_STAGE) and has(Switch.PREQUALIFICATION):
        yield Contradiction(
            gettext_noop("the proposals of the first stage take the place of a prequalification"),
            "招标投标法实施条例第三十条",
        )
    if profile.method is Method.INVITED_TENDER and not has(Switch.INVITATION):
        yield Contradiction(gettext_noop("an invited tender invites its bidders"), "招标投标法第十七条")
    if has(Switch.BOND) and ThresholdName.BOND_SHARE not in profile.thresholds:
        yield Contradiction(gettext_noop("a tender bond needs its highest share"), "招标投标法实施条例第二十六条")
    if has(Switch.SME_DEDUCTION) and ThresholdName.SME_DEDUCTION not in profile.thresholds:
        yield Contradiction(gettext_noop("a deduction needs its share"), "政府采购促进中小企业发展管理办法第九条")
    if has(Switch.RESERVE) and not (has(Switch.SEALED) and profile.sector is Sector.LAND):
        yield Contradiction(
            gettext_noop("a secret reserve belongs to a right that is granted by sealed bids"),
            "国土资源部令第39号第十条",
        )
    if profile.method in TENDERS and profile.minimum_bidders < 3:
        yield Contradiction(gettext_noop("a tender needs three bidders"), "招标投标法第二十八条")


TENDERS = frozenset({Method.OPEN_TENDER, Method.INVITED_TENDER})
"""Methods under the tendering law: at least three bidders, sealed, nothing negotiated."""


def _require_limit(name: LimitName, before: Limit, after: Limit | None) -> None:
    bound, label = LIMITS[name]
    if (
        after is None
        or _other_kind(bound, before, after)
        or is_weaker(bound, before=before.minutes, after=after.minutes)
    ):
        raise ProfileWeakened(
            name=label,
            before=f"{before.count} {before.unit.value}",
            after=f"{after.count} {after.unit.value}" if after else "–",
            source=before.source,
        )


def _require_threshold(name: ThresholdName, before: Threshold, after: Threshold | None) -> None:
    bound, label = THRESHOLDS[name]
    if after is None or is_weaker(bound, before=before.value, after=after.value):
        raise ProfileWeakened(
            name=label,
            before=normal_text(before.value),
            after=normal_text(after.value) if after else "–",
            source=before.source,
        )


def _other_kind(bound: Bound, before: Limit, after: Limit) -> bool:
    """Working days where days were lengthen a limit, and the other way round."""
    if before.unit is after.unit:
        return False
    lengthens = after.unit is Unit.WORKING_DAY
    return lengthens if bound is Bound.AT_MOST else before.unit is Unit.WORKING_DAY
