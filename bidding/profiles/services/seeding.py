"""Entering the profiles of the files where they are missing; harmless to repeat, never over an entry of staff."""

from datetime import datetime

from django.db import transaction

from bidding.profiles.domain.profile import as_content
from bidding.profiles.models import ProfileVersion
from bidding.profiles.seeds import seed_profiles
from commons.domain.actor import system_actor
from commons.entries import record_seeding
from commons.evidence.domain import canonical
from commons.parameters.domain.values import BEGINNING


@transaction.atomic
def seed(*, at: datetime) -> int:
    """Enter what is missing; gives the number of new profiles."""
    clerk = system_actor("seed")
    known = set(ProfileVersion.objects.values_list("code", flat=True))
    missing = []
    for profile in seed_profiles():
        if profile.code in known:
            continue
        content = as_content(profile)
        missing.append(
            ProfileVersion(
                code=profile.code,
                version=1,
                sector=profile.sector.value,
                method=profile.method.value,
                region=profile.region,
                valid_from=BEGINNING,
                content=content,
                sha256=canonical.digest(canonical.encode(content)),
                entered_by=clerk.ref,
                entered_at=at,
            )
        )
    ProfileVersion.objects.bulk_create(missing)
    facts = [{"code": row.code, "sha256": row.sha256} for row in missing]
    record_seeding("profiles", "Profiles", clerk, facts, at)
    return len(missing)
