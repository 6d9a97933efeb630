"""The services of docker-compose.yml, each started by its own command, on a PostgreSQL and Redis of their own."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """The first of three ports in a row that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.xdist_group("cluster")
def test_every_service_starts_by_its_own_command_and_is_well(tmp_path: Path) -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    expected = [
        f"{name}-{number}"
        for name, service in compose["services"].items()
        if "build" in service and name != "migrate"
        for number in range(1, service.get("deploy", {}).get("replicas", 1) + 1)
    ]
    launcher = [sys.executable, "scripts/with_services.py", "--"]
    cluster = [sys.executable, "scripts/cluster.py", "--check", "--port", str(free_port()), "--data", str(tmp_path)]
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}

    done = subprocess.run(
        [*launcher, *cluster], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    for name in expected:
        assert f"{name} " in done.stdout
    assert f"all {len(expected)} processes are up and well" in done.stdout
    for name in ("web-1", "web-2", "worker-1"):
        assert f"{name:<14} well" in done.stdout


@pytest.mark.xdist_group("cluster")
def test_data_in_a_folder_named_from_here_is_kept_and_used_again() -> None:
    """As `make cluster` names it. Not in a folder of pytest's: PostgreSQL's own user may not look into those."""
    launcher = [sys.executable, str(ROOT / "scripts" / "with_services.py"), "--keep", "kept", "--"]
    kept = [sys.executable, "-c", "import os; print(os.environ['LUOCHUI_SERVICES'])"]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        made = []
        for _ in range(2):
            done = subprocess.run(
                [*launcher, *kept], cwd=folder, capture_output=True, text=True, timeout=120, check=False
            )
            assert done.returncode == 0, done.stderr[-4000:]
            made.append((Path(folder) / "kept" / "pg" / "PG_VERSION").stat().st_mtime_ns)

    assert made[0] == made[1]
