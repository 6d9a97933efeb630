from django.apps import AppConfig


class CommonsConfig(AppConfig):
    name = "commons"
    default_auto_field = "django.db.models.BigAutoField"
