from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo.authority.refusing import ForbiddenInProduction, refuse_in_production


class Command(BaseCommand):
    help = "Run the embedded authority on this machine: OCSP, revocation lists and time stamps. Never in production."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8010)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        try:
            refuse_in_production()
        except ForbiddenInProduction as error:
            raise CommandError(str(error)) from None
        from portal.demo.authority.city import load
        from portal.demo.authority.holders import folder_of
        from portal.demo.authority.service import AuthorityServer

        with AuthorityServer(load(folder_of(settings.DATA_DIR)), port) as server:
            self.stdout.write(f"The embedded authority answers at {server.url}. Ctrl-C ends it.")
            self.stdout.flush()
            server.serve_forever()
