from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BiddingConfig(AppConfig):
    name = "bidding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bidding.awards import naming
        from bidding.awards.queries import originals as concluded
        from bidding.awards.queries.checking import result_faults
        from bidding.awards.services import (
            signing,  # noqa: F401  # registers who signs which paper
            standing_still,  # noqa: F401  # registers the clock of rounds
        )
        from bidding.bids import services as bids  # noqa: F401  # registers who may upload
        from bidding.opening import services as opening  # noqa: F401  # registers the record of the opening
        from bidding.opening.queries.checking import hall_faults
        from bidding.tenders import originals
        from bidding.tenders.queries import published_under_older_rules
        from commons.evidence.queries import verification
        from commons.parameters import effects

        effects.register(published_under_older_rules)
        naming.register()
        verification.register_check(hall_faults)
        verification.register_check(result_faults)
        originals.register(concluded.contracts_of, concluded.awarded)
        post_migrate.connect(_seed, sender=self, dispatch_uid="bidding.seed")


def _seed(*, using: str, **_: Any) -> None:
    """Every database, a test's too, begins with the procedure profiles."""
    from django.db import connections
    from django.utils import timezone

    from bidding.profiles import services as profiles

    tables = set(connections[using].introspection.table_names())
    if using == "default" and tables >= {"bidding_profileversion", "commons_evidencestream"}:
        profiles.seed(at=timezone.now())
