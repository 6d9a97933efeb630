"""What is known of areas: their basins, and the quality targets they miss."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from exchange.permits.models import AreaBasin, AreaTarget
from exchange.permits.policies import can_record_permit


class TargetAlreadyMissed(Refusal):
    code = "AREA_TARGET_ALREADY_MISSED"
    message = gettext_noop("Region %(region)s is already entered as missing its target for %(instrument)s.")


@transaction.atomic
def set_basin(*, actor: Actor, region: str, basin: str, document_ref: str, at: datetime) -> None:
    """Enter the basin of a region; a later entry supersedes an earlier one."""
    can_record_permit(actor).require()
    AreaBasin.objects.create(
        region=region, basin=basin, document_ref=document_ref, recorded_by=actor.ref, recorded_at=at
    )
    _record(region, "area.basin_set", {"basin": basin, "document": document_ref}, actor=actor, at=at)


@transaction.atomic
def miss_target(
    *, actor: Actor, region: str, instrument: str, missed_from: date, document_ref: str, at: datetime
) -> int:
    """Enter that an area misses its quality target. Refuses `TargetAlreadyMissed`."""
    can_record_permit(actor).require()
    try:
        with transaction.atomic():
            row = AreaTarget.objects.create(
                region=region,
                instrument=instrument,
                missed_from=missed_from,
                document_ref=document_ref,
                recorded_by=actor.ref,
                recorded_at=at,
            )
    except IntegrityError:
        raise TargetAlreadyMissed(region=region, instrument=instrument) from None
    payload = {"instrument": instrument, "from": missed_from.isoformat(), "document": document_ref}
    _record(region, "area.target_missed", payload, actor=actor, at=at)
    return row.pk


@transaction.atomic
def meet_target(*, actor: Actor, target_id: int, met_from: date, document_ref: str, at: datetime) -> None:
    """Enter that an area meets its target again. Refuses `NotFound`."""
    can_record_permit(actor).require()
    row = AreaTarget.objects.filter(pk=target_id, met_from__isnull=True).first()
    changed = AreaTarget.objects.filter(pk=target_id, met_from__isnull=True, missed_from__lte=met_from).update(
        met_from=met_from, met_document_ref=document_ref
    )
    if row is None or changed != 1:
        raise NotFound()
    payload = {"instrument": row.instrument, "from": met_from.isoformat(), "document": document_ref}
    _record(row.region, "area.target_met", payload, actor=actor, at=at)


def _record(region: str, event: str, payload: dict[str, str], *, actor: Actor, at: datetime) -> None:
    evidence.append(stream=f"area:{region}", type=event, actor=actor, payload=payload, decided_at=at)
