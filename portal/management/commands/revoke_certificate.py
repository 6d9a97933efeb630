from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.demo.authority.refusing import ForbiddenInProduction, refuse_in_production

REASONS = ("key_compromise", "affiliation_changed", "superseded", "cessation_of_operation", "privilege_withdrawn")


class Command(BaseCommand):
    help = "Revoke a certificate of the embedded authority, from now on. Never in production."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="as issue_certificate called it; a login of the demo city, or seal-…")
        parser.add_argument("--reason", choices=REASONS, default="key_compromise")

    def handle(self, *args: Any, name: str, reason: str, **options: Any) -> None:
        try:
            refuse_in_production()
        except ForbiddenInProduction as error:
            raise CommandError(str(error)) from None
        from portal.demo.authority.city import UnknownHolder, load
        from portal.demo.authority.holders import folder_of

        try:
            load(folder_of(settings.DATA_DIR)).revoke(name, at=timezone.now(), reason=reason)
        except UnknownHolder as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{name} is revoked. The platform notices within five minutes.")
