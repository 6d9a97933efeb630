"""A new version of a procedure, or a procedure of one's own made from another: checked, dated, with evidence."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from bidding.profiles.domain.profile import Content, ProcedureProfile, as_content, parse
from bidding.profiles.domain.refusals import ProfileUnknown
from bidding.profiles.domain.revising import require_day, require_revision
from bidding.profiles.models import ProfileVersion
from bidding.profiles.policies import can_edit_profiles
from bidding.profiles.queries import VersionView, require_lawful
from bidding.profiles.queries import history as versions_of
from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import Malformed
from commons.domain.text import gettext_noop
from commons.entries import EnteredMeanwhile
from commons.evidence.domain import canonical
from commons.evidence.services import append


def enter_version(
    *, actor: Actor, content: Content, valid_from: date, reason: str, at: datetime, based_on: str = ""
) -> int:
    """Say what a procedure is from a day on; gives the version. Published tenders keep their snapshot.

    A code that is not known yet is a new procedure and names the one it is `based_on`. Refuses `ProfileMalformed`,
    `ProfileContradiction`, `ProfileWeakened`, `ProfileBackDated`, `MethodUnlawful` (with the article), `ProfileUnknown`
    and, when another editor was quicker, `EnteredMeanwhile`.
    """
    can_edit_profiles(actor).require()
    profile = parse(content)
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("say why the value changes"))
    known = versions_of(profile.code)
    before = known[0] if known else _base(based_on, profile)
    require_revision(before.profile, profile)
    require_day(valid_from, today=local_day(at), latest=known[0].valid_from if known else None)
    require_lawful(profile, region=profile.region, on=valid_from)
    version = known[0].version + 1 if known else 1
    try:
        with transaction.atomic():
            store(profile, version, valid_from, actor=actor, reason=reason.strip(), at=at, based_on=before.profile.code)
    except IntegrityError:
        raise EnteredMeanwhile() from None
    return version


def store(
    profile: ProcedureProfile, version: int, valid_from: date, *, actor: Actor, reason: str, at: datetime,
    based_on: str = "",
) -> None:  # fmt: skip
    """Keep a checked version with its evidence, inside the caller's transaction."""
    content = as_content(profile)
    sha256 = canonical.digest(canonical.encode(content))
    ProfileVersion.objects.create(
        code=profile.code,
        version=version,
        sector=profile.sector.value,
        method=profile.method.value,
        region=profile.region,
        valid_from=valid_from,
        based_on="" if based_on == profile.code else based_on,
        content=content,
        sha256=sha256,
        reason=reason,
        entered_by=actor.ref,
        entered_at=at,
    )
    append(
        stream="profiles",
        type="ProfileEntered",
        actor=actor,
        payload={
            "code": profile.code,
            "version": str(version),
            "valid_from": valid_from.isoformat(),
            "sha256": sha256,
            "reason": reason,
        },
        decided_at=at,
        idempotency_key=f"{profile.code}:{version}",
    )


def _base(based_on: str, profile: ProcedureProfile) -> VersionView:
    """The procedure of the same sector that a new one is made from."""
    known = versions_of(based_on) if based_on else []
    if not known or known[0].profile.sector is not profile.sector:
        raise ProfileUnknown(profile=based_on or profile.code)
    return known[0]
