from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    name = "marketplace"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.catalogue import importing
        from marketplace.entry import services  # noqa: F401  # registers what agencies sign
        from marketplace.entry.ties import register_tie
        from marketplace.fulfilment import queries as engagements
        from marketplace.fulfilment import section as results
        from marketplace.fulfilment import services as fulfilment  # noqa: F401  # registers who signs which paper
        from marketplace.procurement import queries as procurements
        from marketplace.selection import naming, policies  # noqa: F401  # `policies` says who else reads proposals
        from marketplace.signups import section

        importing.register_all()
        section.register()
        results.register()
        naming.register()
        register_tie("needs", procurements.under_way)
        register_tie("services", engagements.under_way)
