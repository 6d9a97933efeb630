"""The yardstick: pgbench doing what a plain implementation does per bid, lock–insert–update on one hot row."""

import re
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

TRANSACTION = """\
\\set price random(1, 1000000)
BEGIN;
SELECT seq FROM bench_room WHERE id = 1 FOR UPDATE;
INSERT INTO bench_bid (room_id, price, placed_at) VALUES (1, :price, now());
UPDATE bench_room SET seq = seq + 1, top = greatest(top, :price) WHERE id = 1;
COMMIT;
"""
TABLES = """
DROP TABLE IF EXISTS bench_bid; DROP TABLE IF EXISTS bench_room;
CREATE TABLE bench_room (id int PRIMARY KEY, seq bigint NOT NULL, top bigint NOT NULL);
CREATE TABLE bench_bid (
    id bigserial PRIMARY KEY, room_id int NOT NULL, price bigint NOT NULL, placed_at timestamptz NOT NULL
);
INSERT INTO bench_room VALUES (1, 0, 0);
"""


def prepare(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(TABLES)


def pgbench(database_url: str, *, clients: int, seconds: int) -> tuple[float, float]:
    """Transactions per second and mean latency in ms of `clients` doing the reference transaction."""
    parts = urlsplit(database_url)
    host = parse_qs(parts.query)["host"][0]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(TRANSACTION)
        script.flush()
        done = subprocess.run(
            [
                _program(), "-n", "-h", host, "-U", parts.username or "luochui", "-c", str(clients), "-j", "1",
                "-T", str(seconds), "-M", "prepared", "-f", script.name, parts.path.lstrip("/"),
            ],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    tps = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    latency = re.search(r"^latency average = ([0-9.]+) ms", done.stdout, re.MULTILINE)
    assert tps is not None, done.stdout
    assert latency is not None, done.stdout
    return float(tps[1]), float(latency[1])


def _program() -> str:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else "pgbench"
