"""The house stands as docs/architecture.md says: arrows of imports and foreign keys, diagrams, migrations."""

import pkgutil
import subprocess
import sys
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import ForeignObject, Model

from commons.domain.machines import Machine
from portal import diagrams

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("commons", "signatures", "exchange", "bidding", "evaluation", "marketplace", "portal")


def lint_imports(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache", *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_imports_keep_every_contract() -> None:
    result = lint_imports()

    assert result.returncode == 0, result.stdout


def contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


BREACHES = [
    ("The house", "commons/domain/broken.py", "import exchange.apps"),
    ("Inside commons", "commons/people/broken.py", "import commons.imports"),
    ("Inside exchange", "exchange/ledger/broken.py", "import exchange.auctions"),
    ("Inside bidding", "bidding/profiles/broken.py", "import bidding.tenders"),
    ("Inside signatures", "signatures/crypto/broken.py", "import signatures.pki"),
    ("Inside marketplace", "marketplace/catalogue/broken.py", "import marketplace.signups"),
    ("Inside a subject", "exchange/deposits/models/broken.py", "import exchange.deposits.services"),
    ("Rules are pure", "exchange/rooms/domain/broken.py", "import django"),
    ("Rules are pure", "commons/vault/domain/broken.py", "import redis"),
    ("The tables of commons", "exchange/rooms/broken.py", "from commons.people.models import Person"),
    ("The tables of the exchange", "portal/broken.py", "from exchange.rooms.models import Room"),
    ("The tables of bidding", "portal/broken.py", "from bidding.tenders.models import Tender"),
    ("The tables of signatures", "exchange/rooms/broken.py", "from signatures.pki.models import CertificateBinding"),
    ("The tables of the marketplace", "portal/broken.py", "from marketplace.signups.models import SignUp"),
]
"""Beginning of the contract's name, the module that breaks it, and how."""


@pytest.mark.parametrize(("contract", "module", "line"), BREACHES)
def test_a_broken_arrow_is_caught(tmp_path: Path, contract: str, module: str, line: str) -> None:
    for package in FLOORS:
        copy_tree(ROOT / package, tmp_path / package)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    (tmp_path / module).write_text(line + "\n")

    result = lint_imports(cwd=tmp_path)

    assert result.returncode == 1, result.stdout
    broken = [shown for shown in result.stdout.splitlines() if shown.endswith(" BROKEN")]
    assert any(shown.startswith(contract) for shown in broken), result.stdout


def test_every_contract_is_seen_to_catch_something() -> None:
    tried = tuple(contract for contract, _, _ in BREACHES)

    assert [contract["name"] for contract in contracts() if not contract["name"].startswith(tried)] == []


def test_every_home_of_rules_is_kept_pure() -> None:
    pure = next(contract["source_modules"] for contract in contracts() if contract["name"].startswith("Rules are pure"))
    modules = [
        found.name for floor in FLOORS for found in pkgutil.walk_packages([str(ROOT / floor)], prefix=f"{floor}.")
    ]

    assert {name for name in modules if name.endswith(".domain")} == {name for name in pure if name.endswith(".domain")}


def copy_tree(source: Path, target: Path) -> None:
    for file in source.rglob("*.py"):
        copied = target / file.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes(file.read_bytes())


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in FLOORS]


def arrows_between_packages(model: type[Model]) -> list[tuple[str, ForeignObject]]:  # type: ignore[type-arg]
    fields = [field for field in model._meta.get_fields() if isinstance(field, ForeignObject)]
    found = [(field.related_model._meta.app_label, field) for field in fields if field.concrete]
    return [(label, field) for label, field in found if label in FLOORS and label != model._meta.app_label]


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_foreign_keys_point_down_and_leave_no_reverse_accessor(model: type[Model]) -> None:
    for label, field in arrows_between_packages(model):
        assert FLOORS.index(label) < FLOORS.index(model._meta.app_label), f"{field} points up"
        assert field.remote_field.related_name == "+", f"{field} leaves a reverse accessor across packages"


def test_state_diagrams_are_fresh() -> None:
    assert diagrams.DOCUMENT.read_text(encoding="utf-8") == diagrams.render(), "run `make diagrams`"


@pytest.mark.parametrize("machine", diagrams.load_machines(), ids=lambda machine: machine.name)
def test_every_state_of_a_machine_can_be_reached(machine: Machine[StrEnum, StrEnum]) -> None:
    reached, frontier = {machine.initial}, [machine.initial]
    while frontier:
        source = frontier.pop()
        targets = {row.target for row in machine.rows if row.source == source} - reached
        reached |= targets
        frontier += targets

    assert reached == set(machine.states)


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
