import fcntl
import io
import os
import shutil
import socket
import sys
import time
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from portal import serving
from portal.environment import BASE_DIR

FOLDER = BASE_DIR / "var" / "demo"


class Command(BaseCommand):
    help = "Build the demo city and serve it with a live room and bidding robots, in one process."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--folder", type=Path, default=FOLDER, help="where the city's data lives")
        parser.add_argument("--authority-port", type=int, default=0, help="of the embedded authority; 0: a free one")
        parser.add_argument("--keep", action="store_true", help="go on with the city of the last time; no robots")

    def handle(self, *args: Any, port: int, folder: Path, keep: bool, authority_port: int, **options: Any) -> None:
        if not settings.ENV.embedded:
            raise CommandError(
                "The demo city is one process on SQLite. Unset LUOCHUI_MODE, DATABASE_URL and REDIS_URL."
            )
        if folder.resolve() != settings.DATA_DIR:
            start_again_in(folder.resolve(), port)
        began = time.monotonic()
        held = hold(folder.resolve(), port)
        require_free(port)
        if not keep:
            self.empty()
        authority = self.start_authority(authority_port)
        city = None if keep else self.build(authority)
        serving.tune_interpreter()
        serving.start_timekeeper()
        serving.start_worker()
        serving.run_daphne(
            "localhost", port, ready=lambda: self.open(city, port, time.monotonic() - began, authority.authority)
        )
        held.close()

    def empty(self) -> None:
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)
        Path(settings.STATIC_ROOT).mkdir(parents=True)  # WhiteNoise warns without the folder
        self.stdout.write("Building the demo city …")
        make_tables()
        call_command("platform_keys", stdout=io.StringIO())

    def start_authority(self, port: int) -> Any:
        """The embedded authority beside the city; the trust list says where it answers this time."""
        from portal.demo.authority.city import load
        from portal.demo.authority.holders import folder_of, trust
        from portal.demo.authority.service import AuthorityServer

        server = AuthorityServer(load(folder_of(settings.DATA_DIR)), port).start()
        trust(server.authority, server.url, at=timezone.now())
        return server

    def build(self, server: Any) -> Any:
        from portal.demo.city import build

        return build(server.authority, at=timezone.now())

    def open(self, city: Any, port: int, seconds: float, authority: Any) -> None:
        from portal.demo import robots

        home = f"http://localhost:{port}"
        if city is not None:
            robots.Robots(city.robots, base_url=f"ws://localhost:{port}", authority=authority).start()
        lines = ["", f"Luochui 落槌 is open at {home}/ (after {seconds:.0f} s)", ""]
        if city is not None:
            lines += rooms_to_visit(city, home)
        lines += ["Everybody signs in with the password luochui-demo:"]
        lines += logins()
        lines += certificates()
        lines += ["", "Ctrl-C ends it. Passkeys need the name localhost, not 127.0.0.1.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


BESIDE = 'make demo DEMO="--port {port} --folder var/demo-{port}"'


def hold(folder: Path, port: int) -> IO[str]:
    """Keep the folder for this process: a second city in it would empty the first one's tables while it serves."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = (folder.parent / f"{folder.name}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise CommandError(
            f"A demo city already runs in {folder}. Use that one, or end it with Ctrl-C in its window and try again. "
            f"A second one beside it: {BESIDE.format(port=port + 1)}"
        ) from None
    return lock


def require_free(port: int) -> None:
    """Refuse before anything is emptied or built, not a minute later."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as refused:
            raise CommandError(
                f"Port {port} of this machine cannot be used ({refused.strerror}). "
                f'Choose another one: make demo DEMO="--port {port + 1}"'
            ) from None


def make_tables() -> None:
    """All tables straight from the models: a new city has no history, and replaying one takes longer than the rest.

    The migrations count as applied, so that the city reports itself ready and can be kept over a later version.
    """
    migrated = settings.MIGRATION_MODULES
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    try:
        call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    finally:
        settings.MIGRATION_MODULES = migrated
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    recorder.migration_qs.bulk_create([recorder.Migration(app=app, name=name) for app, name in known])


def rooms_to_visit(city: Any, home: str) -> list[str]:
    return [
        f"  Live room, ascending price   {home}/rooms/{city.live_room_id}/   robots are bidding",
        f"  Limited quotes, one hour     {home}/rooms/{city.quotes_room_id}/",
        f"  Sealed call, two hours       {home}/rooms/{city.call_room_id}/",
        f"  A certificate to verify      {home}/verify/certificate/{city.certificate}/",
        "",
        f"Bid: sign in as buyer1 at {home}/account/login/ and open the live room; as buyer2 from a second browser.",
        "The room asks for a certificate once: press “Sign the entry” (签署进场声明), choose this file, and sign:",
        f"  {p12_files() / 'buyer1.p12'}   password luochui-demo",
        "",
    ]


def logins() -> list[str]:
    from portal.demo.cast import PARTIES
    from portal.demo.supermarket.citizens import LOGIN, TRIES

    lines = [f"  {key:<10} {party.tries}" for key, party in PARTIES.items() if not key.startswith("robot")]
    return [*lines, f"  {LOGIN:<10} {TRIES}"]


def certificates() -> list[str]:
    from portal.demo.cast import PASSWORD

    return [
        "",
        f"Certificates: {p12_files()}/<login>.p12 (seals: seal-<organisation>.p12),",
        f"each with the password {PASSWORD}. A new one: manage.py issue_certificate <login>.",
    ]


def p12_files() -> Path:
    """Where the .p12 files of the logins are."""
    from portal.demo.authority.holders import folder_of

    return folder_of(settings.DATA_DIR) / "p12"


def start_again_in(folder: Path, port: int) -> None:
    """The same command anew, with the demo city's own folder and address in its environment."""
    environment = os.environ | {"DATA_DIR": str(folder), "PUBLIC_URL": f"http://localhost:{port}"}
    environment.pop("DATABASE_URL", None)
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606  # our own arguments
