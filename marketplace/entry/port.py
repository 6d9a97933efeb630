"""The public credit lists behind a port: dishonesty and abnormal operation, with an embedded double (docs/hooks.md)."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from commons import hooks
from commons.domain.codes import CitizenId, Uscc
from commons.people import queries as people
from marketplace.entry.domain.checks import Listing
from marketplace.entry.domain.entrants import CheckKind
from marketplace.entry.models import ListedOrganisation


class CreditListsPort(Protocol):
    """What Luochui asks the credit registers."""

    def listings(self, *, uscc: Uscc) -> Sequence[Listing]:
        """Every entry of the two lists that names the organisation, ended ones too."""
        ...

    def listings_of_person(self, *, citizen_id: CitizenId, name: str) -> Sequence[Listing]:
        """Every entry of the list of dishonesty that names the natural person, ended ones too."""
        ...


class EmbeddedCreditLists:
    """Answers from a table of its own."""

    def listings(self, *, uscc: Uscc) -> Sequence[Listing]:
        return _listed(uscc)

    def listings_of_person(self, *, citizen_id: CitizenId, name: str) -> Sequence[Listing]:
        return _listed(people.person_reference(citizen_id))


def _listed(code: str) -> list[Listing]:
    rows = ListedOrganisation.objects.filter(uscc=code)
    return [Listing(CheckKind(row.kind), row.number, row.since, row.until) for row in rows]


def list_person(*, citizen_id: CitizenId, number: str, since: date, until: date | None = None) -> None:
    """Enter a natural person of the list of dishonesty into the embedded double, which keeps no identity number."""
    reference = people.person_reference(citizen_id)
    list_organisation(uscc=reference, kind=CheckKind.DISHONESTY, number=number, since=since, until=until)


def list_organisation(*, uscc: str, kind: CheckKind, number: str, since: date, until: date | None = None) -> None:
    """Enter what a register published, into the embedded double."""
    ListedOrganisation.objects.create(uscc=uscc, kind=kind.value, number=number, since=since, until=until)


def credit_lists() -> CreditListsPort:
    """The credit registers of this installation."""
    found: CreditListsPort = hooks.adapter(
        "credit_lists", CreditListsPort, embedded="marketplace.entry.port.EmbeddedCreditLists"
    )
    return found
