from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    name = "signatures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from commons.evidence.queries import verification
        from signatures.anchoring.checks import anchor_faults
        from signatures.documents import services  # noqa: F401  # registers what people sign

        verification.register_check(anchor_faults)
        from signatures.crypto import national

        national.install()
