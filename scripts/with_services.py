#!/usr/bin/env python3
"""Run a command with a PostgreSQL and a Redis of its own: `with_services.py [--durable] [--keep FOLDER] -- COMMAND …`.

Both listen on unix sockets in a short temporary folder and end with this process, even when it is killed. The command
finds them in DATABASE_URL and REDIS_URL. `--durable` leaves fsync on, as crash tests and benchmarks need it.
A launcher, not a fixture: Django reads its settings before any fixture runs.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGES = "postgresql redis-server"
BYTECODE = Path(__file__).resolve().parent.parent / "var" / "bytecode"
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
COMMON = (
    "listen_addresses=",
    "max_connections=150",
    "shared_buffers=128MB",
    "max_wal_size=2GB",
    "checkpoint_timeout=30min",
    "log_min_messages=fatal",
    "log_min_error_statement=panic",
    "unix_socket_permissions=0777",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--durable", action="store_true", help="leave fsync on")
    parser.add_argument("--keep", type=Path, help="keep the data in this folder and use it again next time")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    folder = arguments.keep.resolve() if arguments.keep else Path(tempfile.mkdtemp(prefix="lc-"))
    services: list[subprocess.Popen[bytes]] = []
    try:
        services = [start_postgres(folder, durable=arguments.durable), start_redis(folder)]
        wait_until_ready(folder, services)
        return run(arguments.command, folder)
    finally:
        stop(services)
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


def binaries() -> Path:
    """The folder of PostgreSQL's server programs, newest version first."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    if found:
        return found[0].parent
    if shutil.which("postgres"):
        return Path(str(shutil.which("postgres"))).parent
    sys.exit(f"PostgreSQL is not installed. Install these packages: {PACKAGES}")


def server_user() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as its own user."""
    return "postgres" if os.geteuid() == 0 else None


def die_with_parent(signal_name: str, *, user: str | None) -> list[str]:
    identity = [f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
    return ["setpriv", *identity, f"--pdeathsig={signal_name}", "--"]


def start_postgres(folder: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    user, programs = server_user(), binaries()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    data = folder / "pg"
    if not (data / "PG_VERSION").exists():
        data.mkdir(exist_ok=True)
        if user:
            entry = pwd.getpwnam(user)
            os.chown(data, entry.pw_uid, entry.pw_gid)
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "luochui",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
    sockets = folder / "s"
    sockets.mkdir(exist_ok=True)
    sockets.chmod(0o777)
    options = [f"-c{option}" for option in (*COMMON, *(() if durable else FAST), f"unix_socket_directories={sockets}")]
    return subprocess.Popen(
        [*die_with_parent("INT", user=user), str(programs / "postgres"), "-D", str(data), *options],
        cwd="/",
    )


def start_redis(folder: Path) -> subprocess.Popen[bytes]:
    if not shutil.which("redis-server"):
        sys.exit(f"Redis is not installed. Install these packages: {PACKAGES}")
    return subprocess.Popen(
        [
            *die_with_parent("TERM", user=None),
            "redis-server",
            "--port",
            "0",
            "--unixsocket",
            str(folder / "s" / "redis"),
            "--unixsocketperm",
            "777",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(folder),
            "--loglevel",
            "warning",
        ],
        stdout=subprocess.DEVNULL,
    )


def answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(path))
    except OSError:
        return False
    return True


def wait_until_ready(folder: Path, services: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 30
    while True:
        for service in services:
            if service.poll() is not None:
                sys.exit(f"{service.args!r} ended at once with code {service.returncode}")
        if answers(folder / "s" / "redis") and accepts_connections(folder):
            return
        if time.monotonic() > deadline:
            sys.exit("PostgreSQL and Redis did not start within 30 seconds")
        time.sleep(0.05)


def accepts_connections(folder: Path) -> bool:
    check = [str(binaries() / "pg_isready"), "-q", "-h", str(folder / "s"), "-U", "luochui", "-d", "postgres"]
    return subprocess.run(check, check=False, cwd="/").returncode == 0


def run(command: list[str], folder: Path) -> int:
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://luochui@/postgres?host={folder / 's'}",
        "REDIS_URL": f"unix://{folder / 's' / 'redis'}",
        "LUOCHUI_SERVICES": "1",
    }
    # Every process of the platform reads some 1,300 modules of this tree; kept compiled, they take half the time.
    environment |= {"PYTHONPYCACHEPREFIX": str(BYTECODE)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    child = subprocess.Popen(command, env=environment)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: child.send_signal(number))
    return child.wait()


def stop(services: list[subprocess.Popen[bytes]]) -> None:
    for service in services:
        if service.poll() is None:
            service.send_signal(signal.SIGINT if "postgres" in str(service.args) else signal.SIGTERM)
    for service in services:
        try:
            service.wait(timeout=20)
        except subprocess.TimeoutExpired:
            service.kill()


if __name__ == "__main__":
    sys.exit(main())
