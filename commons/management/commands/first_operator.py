import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import override

from commons.domain.actor import system_actor
from commons.domain.refusals import Refusal
from commons.people import services
from commons.people.forms import USERNAME
from commons.texts import refusal_text


class Command(BaseCommand):
    help = (
        "Enter the trading centre (PLATFORM_USCC) and open the account of the first person of its operations desk, who "
        "brings in everybody else under “Service desk”. Once; prints the first password. Exit code 2: refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="the sign-in name: 3 to 32 small letters, digits, dots and hyphens")
        parser.add_argument("name", help="as on the identity card")
        parser.add_argument("--centre", required=True, metavar="NAME", help="the name of the trading centre")
        parser.add_argument("--region", default="", help="six digits; default: those of PLATFORM_USCC")
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans", help="of a refusal")

    def handle(self, *args: Any, login: str, name: str, centre: str, region: str, **options: Any) -> None:
        with override(options["language"]):
            try:
                USERNAME(login)
                opened = services.begin_centre(
                    actor=system_actor("setup"),
                    uscc=settings.PLATFORM_USCC,
                    name=centre,
                    region=region or settings.PLATFORM_USCC[2:8],
                    username=login,
                    person_name=name,
                    at=timezone.now(),
                )
            except (Refusal, ValidationError) as error:
                self.stderr.write(refusal_text(error) if isinstance(error, Refusal) else " ".join(error.messages))
                sys.exit(2)
        self.stdout.write(f"{opened.username} {opened.first_password}")
