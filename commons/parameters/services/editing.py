"""Changing a parameter or the legality of a method: a new row from a day on, with source and reason, and evidence."""

from datetime import date, datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import Malformed, Refusal
from commons.domain.text import gettext_noop
from commons.entries import check_source, supersede
from commons.evidence.services import append
from commons.parameters import policies
from commons.parameters.definitions import TRADE_TYPES, definition
from commons.parameters.domain.legality import Method, Verdict
from commons.parameters.domain.values import Mark
from commons.parameters.models import LegalityRule, ParameterValue


class BackDated(Refusal):
    """What holds from a day in the past changes what was decided by: one person alone may not do that."""

    code = "PARAMETER_BACK_DATED"
    message = gettext_noop("What is to hold from a day before today needs a second person. Ask for approval.")


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
    or region, a missing source or reason, a day that is over (`BackDated`), a value that changes nothing,
    and a lost race.
    """
    check_value(actor=actor, key=key, value=value, source=source, mark=mark, reason=reason, trade_type=trade_type,
                region=region)  # fmt: skip
    require_today(valid_from, at)
    return store_value(
        actor=actor, key=key, value=value, source=source, mark=mark, valid_from=valid_from, reason=reason, at=at,
        trade_type=trade_type, region=region,
    )  # fmt: skip


def require_today(valid_from: date, at: datetime) -> None:
    """Refuses (`BackDated`) a day that is over."""
    if valid_from < local_day(at):
        raise BackDated()


def check_value(
    *, actor: Actor, key: str, value: str, source: str, mark: str, reason: str, trade_type: str, region: str
) -> None:
    """Whether the actor may enter such a value at all; refuses as `enter_value` does."""
    policies.can_edit_parameters(actor).require()
    definition(key).parse(value)
    _check(trade_type=trade_type, region=region, source=source, mark=mark, reason=reason)


def store_value(
    *, actor: Actor, key: str, value: str, source: str, mark: str, valid_from: date, reason: str, at: datetime,
    trade_type: str, region: str,
) -> int:  # fmt: skip
    """Store what was checked; for this package's services only."""
    row = supersede(
        ParameterValue,
        stream="parameters",
        noun="Parameter",
        actor=actor,
        place={"key": key, "trade_type": trade_type, "region": region, "valid_from": valid_from},
        says={"value": value, "source": source.strip(), "mark": mark},
        same=("value", "source"),
        reason=reason,
        at=at,
    )
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
    check_legality(actor=actor, method=method, sector=sector, verdict=verdict, article=article, mark=mark,
                   reason=reason, region=region)  # fmt: skip
    require_today(valid_from, at)
    return store_legality(
        actor=actor, method=method, sector=sector, verdict=verdict, article=article, mark=mark, valid_from=valid_from,
        reason=reason, at=at, region=region,
    )  # fmt: skip


def check_legality(
    *, actor: Actor, method: str, sector: str, verdict: str, article: str, mark: str, reason: str, region: str
) -> None:
    """Whether the actor may enter such a line at all; refuses as `enter_legality` does."""
    policies.can_edit_parameters(actor).require()
    if method not in set(Method) or verdict not in set(Verdict):
        raise Malformed(field="method", reason=gettext_noop("it is not one of the allowed words"))
    _check(trade_type=sector, region=region, source=article, mark=mark, reason=reason)


def store_legality(
    *, actor: Actor, method: str, sector: str, verdict: str, article: str, mark: str, valid_from: date, reason: str,
    at: datetime, region: str,
) -> int:  # fmt: skip
    """Store what was checked; for this package's services only."""
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
            idempotency_key=f"row:{row.pk}",
        )
    return row.pk


def _check(*, trade_type: str, region: str, source: str, mark: str, reason: str) -> None:
    if trade_type not in ("", *TRADE_TYPES):
        raise Malformed(field="trade_type", reason=gettext_noop("it is not one of the allowed words"))
    if mark not in set(Mark):
        raise Malformed(field="mark", reason=gettext_noop("it is not one of the allowed words"))
    check_source(region, source)
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("say why the value changes"))
