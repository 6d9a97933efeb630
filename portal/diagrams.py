"""The state diagrams of `docs/states.md`, made from the transition tables."""

import importlib
import pkgutil
from enum import StrEnum
from pathlib import Path

from commons.domain.machines import Machine
from portal.environment import BASE_DIR

PACKAGES = ("commons", "signatures", "exchange", "bidding", "evaluation", "marketplace")
DOCUMENT = BASE_DIR / "docs" / "states.md"
HEAD = """# State machines

Generated from the transition tables by `make diagrams`; a test fails when this page is stale. Each arrow is a command,
with its guard in brackets. The database repeats each table: a check constraint on the values, and updates conditional on
the old state. The Chinese of every state and command is in [the glossary](glossary.md).
"""  # noqa: E501  # lines of a document


def load_machines() -> list[Machine[StrEnum, StrEnum]]:
    """Every machine of the house by name: importing the domain modules registers them."""
    for package in PACKAGES:
        for found in pkgutil.walk_packages([str(BASE_DIR / package)], prefix=f"{package}."):
            if ".domain." in f"{found.name}.":
                importlib.import_module(found.name)
    return [Machine.registry[name] for name in sorted(Machine.registry)]


def render() -> str:
    """The whole page."""
    sections = [f"\n## {machine.name}\n\n```mermaid\n{machine.mermaid()}```\n" for machine in load_machines()]
    return HEAD + "".join(sections)


def write(path: Path = DOCUMENT) -> None:
    path.write_text(render(), encoding="utf-8")
