from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

_SEEDED = {"commons_calendarday", "commons_calendaryear", "commons_parametervalue", "commons_legalityrule"}
"""While migrations are still running some of these are missing, and nothing is seeded yet."""


class CommonsConfig(AppConfig):
    name = "commons"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from commons.evidence import checks, publicity  # noqa: F401  # registers the check of the triggers
        from commons.imports import kinds

        for rules in ("calendar", "parameters", "legality"):
            publicity.register(rules, publicity.always)
        post_migrate.connect(_protect_append_only_tables, sender=self, dispatch_uid="commons.append_only")
        kinds.register_all()
        post_migrate.connect(_seed, sender=self, dispatch_uid="commons.seed")


def _protect_append_only_tables(*, using: str, **_: Any) -> None:
    """SQLite drops triggers silently when it rebuilds a table, so all are put in place after every migrate.

    The signal comes for every application once all have their tables; this one's is enough.
    """
    from commons.evidence import append_only
    from commons.search import index

    append_only.install(using)
    index.install(using)


def _seed(*, using: str, **_: Any) -> None:
    """Every database, a test's too, begins with the published calendar and the rule parameters."""
    from django.db import connections
    from django.utils import timezone

    from commons import seeding

    if using == "default" and set(connections[using].introspection.table_names()) >= _SEEDED:
        seeding.seed(at=timezone.now())
