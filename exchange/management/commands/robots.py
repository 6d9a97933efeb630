import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from exchange.rooms import queries
from exchange.rooms.services.robots import enter_robots, play


class Command(BaseCommand):
    help = "Let robots bid in a rehearsal room over real websockets, until it is over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("room", type=int)
        parser.add_argument("aliases", nargs="*", help="of the participants they bid for; all without any")
        parser.add_argument("--server", default="ws://localhost:8000", help="where the rooms are served")
        parser.add_argument("--limit-steps", type=int, default=30, help="steps above the start at which they give up")
        parser.add_argument("--patience", type=float, default=5.0, help="longest seconds between two looks")
        parser.add_argument(
            "--demonstration", action="store_true", help="the room is no rehearsal, but a demonstration"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        room_id = options["room"]
        aliases = options["aliases"] or [row.alias for row in queries.participants(room_id)]
        robots = enter_robots(
            room_id=room_id,
            aliases=aliases,
            limit_steps=options["limit_steps"],
            patience_s=(0.2, options["patience"]),
            demonstration=options["demonstration"],
            at=timezone.now(),
        )
        self.stdout.write(f"{len(robots)} robots bid in room {room_id}")
        asyncio.run(play(robots, url=f"{options['server']}/ws/rooms/{room_id}/"))
