#!/usr/bin/env python3
"""Start the processes of docker-compose.yml on this machine: `with_services.py … -- cluster.py [--port N] [--check]`.

PostgreSQL and Redis come from the launcher around this script. Each service runs the very command that the compose file
gives it, on loopback ports of its own. `--check` stops everything again as soon as all are up and well, and says so.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90
SETTLE_SECONDS = 3
HEALTH_ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class Process:
    """One copy of a service: its name, its command, the port it serves and its health check, if any."""

    name: str
    command: tuple[str, ...]
    port: int | None
    health: tuple[str, ...] = ()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8100, help="of the first web process")
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "cluster-data")
    parser.add_argument("--check", action="store_true", help="stop again once everything is up")
    arguments = parser.parse_args()
    environment = environment_of_cluster(arguments.data, arguments.port)
    services = read_services()
    running: dict[Process, subprocess.Popen[bytes]] = {}
    try:
        prepare(services.pop("migrate"), environment)
        processes = copies(services, first_port=arguments.port)
        running |= {process: subprocess.Popen(process.command, env=environment, cwd=ROOT) for process in processes}
        wait_until_ready(running)
        print_addresses(processes)
        return settle(running, environment) if arguments.check else wait_for_the_first_to_end(running)
    except KeyboardInterrupt:
        return 0
    finally:
        stop(running)


def read_services() -> dict[str, dict[str, Any]]:
    """Our own services of the compose file; those of other images come from the machine."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return {name: service for name, service in compose["services"].items() if "build" in service}


def environment_of_cluster(data: Path, port: int) -> dict[str, str]:
    data.mkdir(parents=True, exist_ok=True)
    key = data / "secret_key"
    if not key.exists():
        key.write_text(secrets.token_urlsafe(64), encoding="utf-8")
        key.chmod(0o600)
    return os.environ | {
        "LUOCHUI_MODE": "production",
        "DATA_DIR": str(data),
        "SIGNING_KEYS_DIR": str(data / "keys"),
        "SECRET_KEY_FILE": str(key),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "PUBLIC_URL": f"http://localhost:{port}",
        "PLATFORM_USCC": "12440600456077815N",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }


def prepare(service: dict[str, Any], environment: dict[str, str]) -> None:
    subprocess.run(service["command"], env=environment, cwd=ROOT, check=True)


def copies(services: dict[str, dict[str, Any]], *, first_port: int) -> list[Process]:
    """Every service as often as the compose file asks, web processes on ports that count up."""
    processes, port = [], first_port
    for name, service in services.items():
        for number in range(1, service.get("deploy", {}).get("replicas", 1) + 1):
            command = ["127.0.0.1" if word == "0.0.0.0" else word for word in service["command"]]
            serves = "--port" in command
            if serves:
                command[command.index("--port") + 1] = str(port)
            health = tuple(service.get("healthcheck", {}).get("test", ["CMD"])[1:])
            processes.append(Process(f"{name}-{number}", tuple(command), port if serves else None, health))
            port += serves
    return processes


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until_ready(running: dict[Process, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_SECONDS
    waiting = [process for process in running if process.port]
    while waiting:
        assert_all_alive(running)
        if time.monotonic() > deadline:
            sys.exit(f"not ready after {START_SECONDS} s: {', '.join(process.name for process in waiting)}")
        waiting = [process for process in waiting if not is_ready(int(process.port or 0))]
        time.sleep(0.2)


def assert_all_alive(running: dict[Process, subprocess.Popen[bytes]]) -> None:
    for process, child in running.items():
        if child.poll() is not None:
            sys.exit(f"{process.name} ended with code {child.returncode}: {' '.join(process.command)}")


def print_addresses(processes: list[Process]) -> None:
    for process in processes:
        print(f"{process.name:<14} {f'http://localhost:{process.port}' if process.port else 'running'}", flush=True)


def settle(running: dict[Process, subprocess.Popen[bytes]], environment: dict[str, str]) -> int:
    """What starts and dies within moments is not up; what has a health check answers it."""
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until:
        assert_all_alive(running)
        time.sleep(0.2)
    for process in running:
        if process.health:
            ask(process, environment)
    assert_all_alive(running)
    print(f"all {len(running)} processes are up and well")
    return 0


def ask(process: Process, environment: dict[str, str]) -> None:
    """The health check of the compose file, with the port that the copy serves here."""
    command = [word.replace("127.0.0.1:8000", f"127.0.0.1:{process.port}") for word in process.health]
    for _attempt in range(HEALTH_ATTEMPTS):
        if subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode == 0:
            print(f"{process.name:<14} well", flush=True)
            return
    sys.exit(f"{process.name} is up but not well: {' '.join(command)}")


def wait_for_the_first_to_end(running: dict[Process, subprocess.Popen[bytes]]) -> int:
    while True:
        assert_all_alive(running)
        time.sleep(1)


def stop(running: dict[Process, subprocess.Popen[bytes]]) -> None:
    for child in running.values():
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    for child in running.values():
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
