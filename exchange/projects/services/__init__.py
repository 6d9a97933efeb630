"""The public face of projects and lots."""

from exchange.projects.services.checking import pass_check, return_project
from exchange.projects.services.drafting import (
    ProjectFacts,
    add_lot,
    attach,
    change_lot,
    change_project,
    detach,
    draft_project,
    remove_lot,
    require_sources,
    submit_project,
)
from exchange.projects.services.numbering import deal_code, next_number, project_code
from exchange.projects.services.transitions import StateMoved, locked_lot, locked_project, move_lot, move_project

__all__ = [
    "ProjectFacts",
    "StateMoved",
    "add_lot",
    "attach",
    "change_lot",
    "change_project",
    "deal_code",
    "detach",
    "draft_project",
    "locked_lot",
    "locked_project",
    "move_lot",
    "move_project",
    "next_number",
    "pass_check",
    "project_code",
    "remove_lot",
    "require_sources",
    "return_project",
    "submit_project",
]
