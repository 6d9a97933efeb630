"""What is to hold from a day that is over: asked by one person, approved by another, then entered.

What is published keeps the rules of its day of publication (法不溯及既往, 立法法 第104条); the request lists it, so
that both see what stays as it is and what is computed anew.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from commons.approvals import services as approvals
from commons.approvals.kinds import register_kind
from commons.domain.actor import Actor, Role
from commons.domain.text import gettext_noop
from commons.parameters import effects, policies
from commons.parameters.services import editing

BACK_DATE = register_kind(
    "parameters.back_date",
    request=(Role.OPERATOR, Role.STAFF),
    approve=(Role.OPERATOR, Role.STAFF),
    valid_for=timedelta(days=7),
    label=gettext_noop("Back-dated rule"),
).name


def ask_value(
    *, actor: Actor, key: str, value: str, source: str, mark: str, valid_from: date, reason: str, at: datetime,
    trade_type: str = "", region: str = "",
) -> int:  # fmt: skip
    """Ask a second person for a value from a day that is over; gives the number of the request.

    Refuses as `enter_value` does.
    """
    asked = {"key": key, "value": value, "source": source, "mark": mark, "reason": reason, "trade_type": trade_type}
    editing.check_value(actor=actor, region=region, **asked)
    seen = effects.of(trade_type=trade_type, region=region, since=valid_from, key=key)
    return _ask(actor, f"parameter:{key}", {**asked, "region": region}, valid_from, reason, seen, at)


def ask_legality(
    *, actor: Actor, method: str, sector: str, verdict: str, article: str, mark: str, valid_from: date, reason: str,
    at: datetime, region: str = "",
) -> int:  # fmt: skip
    """Ask a second person for a line of the table of methods; gives the number of the request."""
    asked = {"method": method, "sector": sector, "verdict": verdict, "article": article, "mark": mark, "reason": reason}
    editing.check_legality(actor=actor, region=region, **asked)
    seen = effects.of(trade_type=sector, region=region, since=valid_from, key="")
    return _ask(actor, f"legality:{method}", {**asked, "region": region}, valid_from, reason, seen, at)


@transaction.atomic
def carry_out(*, actor: Actor, approval_id: int, subject: str, at: datetime) -> int:
    """Enter what was approved, once; gives the number of the row. Refuses as approvals and the editing do."""
    policies.can_edit_parameters(actor).require()
    used = approvals.consume(approval_id=approval_id, kind=BACK_DATE, subject=subject, at=at, actor=actor)
    facts: dict[str, Any] = {name: value for name, value in used.payload.items() if name != "stays"}
    facts["valid_from"] = date.fromisoformat(facts["valid_from"])
    store = editing.store_value if subject.startswith("parameter:") else editing.store_legality
    return store(actor=actor, at=at, **facts)


def _ask(
    actor: Actor, subject: str, asked: dict[str, str], valid_from: date, reason: str, seen: list[str], at: datetime
) -> int:
    payload = {**asked, "valid_from": valid_from.isoformat(), "stays": seen}
    return approvals.request(actor=actor, kind=BACK_DATE, subject=subject, reason=reason, payload=payload, at=at)
