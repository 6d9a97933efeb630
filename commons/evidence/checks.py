"""System check: the triggers of every append-only table are in place."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from commons.evidence import append_only


@register(Tags.database)
def triggers_are_in_place(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An error for every missing trigger. Runs with `check --database default`, and before the platform serves."""
    return [
        Error(f"The trigger {name} is missing.", hint="Run “python manage.py prepare”.", id="evidence.E001")
        for using in databases or []
        for name in append_only.missing(using)
    ]
