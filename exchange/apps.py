from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from commons.evidence import publicity
        from commons.parameters import effects
        from exchange.auctions import services  # noqa: F401  # registers who signs which paper
        from exchange.auctions.services import reckoning
        from exchange.deposits.services import refunds
        from exchange.permits import importing
        from exchange.permits.queries import SourcePermits
        from exchange.projects import sources
        from exchange.projects.queries import published_under_older_rules
        from exchange.rooms.queries import has_ended
        from exchange.rooms.services import ending_keys  # noqa: F401  # registers what ends with a certificate

        publicity.register("room", has_ended)
        publicity.register("room-reveal", publicity.always)
        publicity.register("numbers", publicity.always)
        importing.register_all()
        sources.register(SourcePermits())
        reckoning.register_all()
        refunds.register_all()
        effects.register(published_under_older_rules)
