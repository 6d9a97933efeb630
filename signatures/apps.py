from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    name = "signatures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from commons.evidence import publicity
        from commons.evidence.queries import verification
        from signatures.anchoring.checks import anchor_faults
        from signatures.documents import services  # noqa: F401  # registers what people sign
        from signatures.documents.queries import is_public

        verification.register_check(anchor_faults)
        publicity.register("draw", publicity.always)
        publicity.register("receipt", publicity.always)
        publicity.register("paper", is_public)
        from signatures.crypto import national

        national.install()
