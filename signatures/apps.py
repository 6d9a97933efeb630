from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    name = "signatures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from signatures.documents import services  # noqa: F401  # registers what people sign
