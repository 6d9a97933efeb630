from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from commons.parameters import effects
        from exchange.auctions import services  # noqa: F401  # registers who signs which paper
        from exchange.permits import importing
        from exchange.projects.queries import published_under_older_rules

        importing.register_all()
        effects.register(published_under_older_rules)
