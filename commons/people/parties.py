"""Rows that name an organisation by a sealed reference (`PartyField`), and how to get at the organisation itself."""

from collections.abc import Iterable
from typing import TypeVar

from commons.people import queries
from commons.people.queries import OrganisationView
from commons.secrecy.fields import Party


class NamesParty:
    """A model with a `party`: `organisation_id` and `organisation` as a foreign key would give them."""

    party: Party
    _organisation: OrganisationView | None = None

    @property
    def organisation_id(self) -> int:
        return self.party.organisation_id

    @property
    def organisation(self) -> OrganisationView:
        """Read once; `with_organisations` reads those of a whole list at once."""
        if self._organisation is None:
            self._organisation = queries.organisations([self.organisation_id])[self.organisation_id]
        return self._organisation


Row = TypeVar("Row", bound=NamesParty)


def with_organisations(rows: Iterable[Row]) -> list[Row]:
    """The rows as a list, each with its organisation at hand; one query."""
    found = list(rows)
    known = queries.organisations({row.organisation_id for row in found}) if found else {}
    for row in found:
        row._organisation = known[row.organisation_id]
    return found
