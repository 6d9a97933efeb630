"""Who may import what, and who may see the runs."""

from typing import Any

from commons.domain.actor import ALLOWED, CENTRE_ROLES, Actor, Assurance, Decision, Role, deny, require_role
from commons.imports.importer import Importer
from commons.vault.policies import guards
from commons.vault.queries import StoredDocument


def can_import(actor: Actor, importer: Importer[Any]) -> Decision:
    """The roles that the kind of import names, known by name; the platform itself, when it builds the demo city."""
    return ALLOWED if actor.system else require_role(actor, *importer.roles, assurance=Assurance.REAL_NAME)


def can_see_runs(actor: Actor) -> Decision:
    """The centre, those who check it, and the platform itself."""
    if actor.system:
        return ALLOWED
    return require_role(actor, *CENTRE_ROLES, Role.AUDITOR, Role.REGULATOR, assurance=Assurance.REAL_NAME)


@guards("import")
def can_download_source(actor: Actor, document: StoredDocument) -> Decision:
    """The files hold names and numbers: operators and auditors only."""
    return ALLOWED if actor.system or actor.has(Role.OPERATOR, Role.AUDITOR) else deny()
