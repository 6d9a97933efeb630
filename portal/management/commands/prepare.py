import io
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring the database and the static files to this version; safe to repeat, before the other processes start."

    def handle(self, *args: Any, **options: Any) -> None:
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        for keys in ("platform_keys", "at_rest_key"):
            call_command(keys, stdout=io.StringIO())
        if not settings.ENV.embedded:
            call_command("collectstatic", interactive=False, verbosity=0)
