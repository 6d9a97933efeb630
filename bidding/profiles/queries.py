"""Questions about procedure profiles."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bidding.profiles.domain.profile import ProcedureProfile, parse
from bidding.profiles.domain.refusals import ProfileUnknown
from bidding.profiles.domain.vocabulary import Sector
from bidding.profiles.models import ProfileVersion
from commons.domain.regions import reach
from commons.parameters import queries as parameters
from commons.parameters.domain import legality
from commons.parameters.domain.legality import MethodUnlawful, Rule


@dataclass(frozen=True, slots=True)
class VersionView:
    """A stored version: the profile, from when, by whom and why."""

    profile: ProcedureProfile
    version: int
    valid_from: date
    based_on: str
    sha256: str
    reason: str
    entered_by: str
    entered_at: datetime


def in_force(*, on: date, sector: Sector | None = None, region: str | None = None) -> list[VersionView]:
    """The version of each procedure that holds on a day, by sector and code; of one region, those that reach it."""
    rows = ProfileVersion.objects.filter(valid_from__lte=on)
    if sector is not None:
        rows = rows.filter(sector=sector.value)
    if region is not None:
        rows = rows.filter(region__in=reach(region))
    newest: dict[str, ProfileVersion] = {}
    for row in rows.order_by("code", "version"):
        newest[row.code] = row
    return sorted((_view(row) for row in newest.values()), key=lambda one: (one.profile.sector, one.profile.code))


def profile(code: str, *, on: date) -> VersionView:
    """The version in force. Refuses (`ProfileUnknown`) a code without one."""
    row = ProfileVersion.objects.filter(code=code, valid_from__lte=on).order_by("-version").first()
    if row is None:
        raise ProfileUnknown(profile=code)
    return _view(row)


def history(code: str) -> list[VersionView]:
    """Every version of a procedure, the newest first, those of days to come included."""
    return [_view(row) for row in ProfileVersion.objects.filter(code=code).order_by("-version")]


def from_snapshot(content: Mapping[str, Any]) -> ProcedureProfile:
    """The profile that a published tender keeps."""
    return parse(content)


def require_lawful(found: ProcedureProfile, *, region: str, on: date) -> tuple[Rule, ...]:
    """The lines of the legality table that allow the method and each switch. Refuses (`MethodUnlawful`: article)."""
    return _lawful(found, rules_about([found], region), region=region, on=on)


def rules_about(found: Iterable[ProcedureProfile], region: str) -> list[Rule]:
    """The lines of the legality table about the methods and switches of some procedures; one query."""
    methods = {method.value for one in found for method in one.lawful_methods()}
    return parameters.rules_reaching(region, methods=methods)


def _lawful(found: ProcedureProfile, rules: Sequence[Rule], *, region: str, on: date) -> tuple[Rule, ...]:
    sector = found.sector.value
    return tuple(
        legality.require_lawful(rules, method=method.value, sector=sector, region=region, on=on)
        for method in found.lawful_methods()
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """A procedure as an owner may choose it, or why it may not."""

    view: VersionView
    article: str
    barred: str


def choices(*, region: str, on: date, sector: Sector | None = None) -> list[Offer]:
    """Every procedure, of one sector or of all, with the article that allows it, or the one that bars it."""
    views = in_force(on=on, sector=sector, region=region)
    rules = rules_about([view.profile for view in views], region)
    return [_offer(view, rules, region, on) for view in views]


def labels(codes: Iterable[str], *, on: date) -> dict[str, tuple[str, str]]:
    """English and Chinese names of procedures, by code."""
    wanted = set(codes)
    found = ProfileVersion.objects.filter(code__in=wanted, valid_from__lte=on).order_by("code", "version")
    return {row.code: (row.content["label"], row.content["label_zh"]) for row in found}


def _offer(view: VersionView, rules: Sequence[Rule], region: str, on: date) -> Offer:
    try:
        lawful = _lawful(view.profile, rules, region=region, on=on)
    except MethodUnlawful as refusal:
        return Offer(view, "", str(refusal.fields["article"]))
    return Offer(view, "; ".join(dict.fromkeys(rule.article for rule in lawful)), "")


def _view(row: ProfileVersion) -> VersionView:
    return VersionView(
        profile=parse(row.content),
        version=row.version,
        valid_from=row.valid_from,
        based_on=row.based_on,
        sha256=row.sha256,
        reason=row.reason,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )
