"""Changing a parameter or the legality of a method: a new row from a day on, with source and reason, and evidence."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, Refusal
from commons.domain.regions import region as check_region
from commons.domain.text import gettext_noop
from commons.evidence.services import append
from commons.parameters import policies
from commons.parameters.definitions import TRADE_TYPES, definition
from commons.parameters.domain.legality import Method, Verdict
from commons.parameters.domain.values import Mark
from commons.parameters.models import LegalityRule, ParameterValue


class ValueUnchanged(Refusal):
    code = "PARAMETER_UNCHANGED"
    message = gettext_noop("The parameter has this value from this day already; nothing was changed.")


class ChangedMeanwhile(Refusal):
    code = "PARAMETER_CHANGED_MEANWHILE"
    message = gettext_noop("Somebody else changed this parameter a moment ago. Look at it again.")
    retryable = True


def enter_value(
    *,
    actor: Actor,
    key: str,
    value: str,
    source: str,
    mark: str,
    valid_from: date,
    reason: str,
    at: datetime,
    trade_type: str = "",
    region: str = "",
) -> int:
    """Say what a parameter is from a day on; gives the number of the row. Published projects keep their snapshot.

    Refuses actors without the right, an unknown parameter, a value of another kind or out of bounds, an unknown trade
    or region, a missing source or reason, a value that changes nothing, and a lost race.
    """
    policies.can_edit_parameters(actor).require()
    definition(key).parse(value)
    _check(trade_type=trade_type, region=region, source=source, mark=mark, reason=reason)
    try:
        with transaction.atomic():
            same_place = ParameterValue.objects.filter(key=key, trade_type=trade_type, region=region)
            same_day = same_place.filter(valid_from=valid_from, replaced_by__isnull=True).first()
            if same_day is not None and (same_day.value, same_day.source) == (value, source):
                raise ValueUnchanged()
            row = ParameterValue.objects.create(
                key=key,
                trade_type=trade_type,
                region=region,
                valid_from=valid_from,
                value=value,
                source=source.strip(),
                mark=mark,
                replaces=same_day,
                reason=reason.strip(),
                entered_by=actor.ref,
                entered_at=at,
            )
            _record(actor, row, at)
    except IntegrityError:
        # Two editors saw the same row; the unique key lets one of them supersede it.
        raise ChangedMeanwhile() from None
    return row.pk


def enter_legality(
    *,
    actor: Actor,
    method: str,
    sector: str,
    verdict: str,
    article: str,
    mark: str,
    valid_from: date,
    reason: str,
    at: datetime,
    region: str = "",
) -> int:
    """Say whether a method is lawful from a day on, by which article or reform basis; gives the number of the line."""
    policies.can_edit_parameters(actor).require()
    if method not in set(Method) or verdict not in set(Verdict):
        raise Malformed(field="method", reason=gettext_noop("it is not one of the allowed words"))
    _check(trade_type=sector, region=region, source=article, mark=mark, reason=reason)
    with transaction.atomic():
        row = LegalityRule.objects.create(
            method=method,
            sector=sector,
            region=region,
            valid_from=valid_from,
            verdict=verdict,
            article=article.strip(),
            mark=mark,
            reason=reason.strip(),
            entered_by=actor.ref,
            entered_at=at,
        )
        append(
            stream="legality",
            type="LegalityEntered",
            actor=actor,
            payload={
                "row": str(row.pk),
                "method": method,
                "sector": sector,
                "region": region,
                "valid_from": valid_from.isoformat(),
                "verdict": verdict,
                "article": row.article,
                "reason": row.reason,
            },
            decided_at=at,
        )
    return row.pk


def _check(*, trade_type: str, region: str, source: str, mark: str, reason: str) -> None:
    if trade_type not in ("", *TRADE_TYPES):
        raise Malformed(field="trade_type", reason=gettext_noop("it is not one of the allowed words"))
    check_region(region)
    if mark not in set(Mark):
        raise Malformed(field="mark", reason=gettext_noop("it is not one of the allowed words"))
    if not source.strip():
        raise Malformed(field="source", reason=gettext_noop("name the law, article or order"))
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("say why the value changes"))


def _record(actor: Actor, row: ParameterValue, at: datetime) -> None:
    append(
        stream="parameters",
        type="ParameterSuperseded" if row.replaces_id else "ParameterEntered",
        actor=actor,
        payload={
            "row": str(row.pk),
            "replaces": str(row.replaces_id or ""),
            "key": row.key,
            "trade_type": row.trade_type,
            "region": row.region,
            "valid_from": row.valid_from.isoformat(),
            "value": row.value,
            "source": row.source,
            "mark": row.mark,
            "reason": row.reason,
        },
        decided_at=at,
    )
