"""What waits in the supermarket for a person in its roles, by when, for the workspace.

One statement; cases of the intake and sign-ups, which name nobody, are looked for by one or two of their own.
"""

from collections.abc import Iterator
from datetime import datetime

from commons.domain.actor import Actor, Role
from commons.domain.tasks import Waiting
from marketplace.credit import waiting as credit
from marketplace.duties import Source, told
from marketplace.entry import waiting as entry
from marketplace.fulfilment import waiting as fulfilment
from marketplace.procurement import waiting as procurement
from marketplace.selection import waiting as selection
from marketplace.signups import waiting as signups

DUTIES = {**entry.DUTIES, **procurement.DUTIES, **selection.DUTIES, **fulfilment.DUTIES, **credit.DUTIES}
SOURCES: dict[Role, tuple[Source, ...]] = {
    Role.OWNER: (entry.of_owner, procurement.of_owner, selection.of_owner, fulfilment.of_owner, credit.of_owner),
    Role.AGENCY: (entry.of_agency, selection.of_agency, fulfilment.of_agency, credit.of_agency),
    Role.STAFF: (entry.of_staff, procurement.of_staff),
    Role.REGULATOR: (fulfilment.of_regulator, credit.of_regulator),
}
EVERY_ROLE: tuple[Source, ...] = (selection.of_member,)
"""An owner may name anybody for its panel."""


def of_anybody(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Every duty of the reader in the supermarket."""
    asked = {source: None for role, sources in SOURCES.items() if role in actor.roles for source in sources}
    yield from told(DUTIES, [found for source in (*asked, *EVERY_ROLE) for found in source(actor, now)])
    if actor.has(Role.OWNER):
        yield from procurement.cases_of_owner(actor, now)
    if actor.has(Role.AGENCY):
        yield from signups.of_agency(actor, now)
