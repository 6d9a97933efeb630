import argparse
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.demo.authority.refusing import ForbiddenInProduction, refuse_in_production
from portal.demo.cast import PASSWORD


class Command(BaseCommand):
    help = "Issue a certificate of the embedded authority for a login and write it as a .p12 file. Never in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login")
        parser.add_argument("--password", default=PASSWORD, help="of the .p12 file (default: that of the demo city)")
        parser.add_argument("--days", type=int, default=730, help="how long it is valid")
        parser.add_argument("--seal", action="store_true", help="a seal of the login's organisation")
        parser.add_argument(
            "--suite", choices=["international", "sm"], default="international", help="sm: SM2 with SM3"
        )
        parser.add_argument("--bind", action=argparse.BooleanOptionalAction, default=False, help="bind it at once")

    def handle(
        self, *args: Any, login: str, password: str, days: int, seal: bool, suite: str, bind: bool, **options: Any
    ) -> None:
        try:
            refuse_in_production()
        except ForbiddenInProduction as error:
            raise CommandError(str(error)) from None
        from commons.domain.refusals import Refusal
        from portal.demo.authority.city import load
        from portal.demo.authority.holders import NoSuchLogin, SuiteMissing, bind_issued, folder_of, issue_for
        from signatures.crypto.suites import Suite
        from signatures.pki.domain.bindings import Kind

        at, kind = timezone.now(), Kind.SEAL if seal else Kind.PERSONAL
        try:
            who, file = issue_for(
                load(folder_of(settings.DATA_DIR)),
                login,
                password=password,
                kind=kind,
                suite=Suite.SM if suite == "sm" else Suite.INTERNATIONAL,
                valid_from=at - timedelta(minutes=5),
                valid_to=at + timedelta(days=days),
            )
            if bind:
                bind_issued(who, login, kind, at=at)
        except (NoSuchLogin, SuiteMissing, Refusal) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{who.name}: {file}")
