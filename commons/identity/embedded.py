"""The embedded identity system."""

from datetime import datetime

from django.utils.crypto import salted_hmac

from commons.domain.actor import Assurance
from commons.domain.codes import CitizenId, Uscc
from commons.identity.models import RegisteredIdentity, Representation
from commons.identity.port import IdentityAnswer


class EmbeddedIdentity:
    """Answers from its own tables; particulars are compared by keyed digests."""

    def person(self, *, citizen_id: CitizenId, name: str) -> IdentityAnswer:
        return _answer(RegisteredIdentity.PERSON, citizen_id, name)

    def organisation(self, *, uscc: Uscc, name: str) -> IdentityAnswer:
        return _answer(RegisteredIdentity.ORGANISATION, uscc, name)

    def represents(self, *, citizen_id: CitizenId, uscc: Uscc) -> bool:
        pair = {"person_digest": digest(citizen_id), "organisation_digest": digest(uscc)}
        return Representation.objects.filter(**pair).exists()


def digest(particular: str) -> str:
    """A keyed digest: without the platform's secret nobody can try all identity numbers against it."""
    return salted_hmac("luochui.identity", particular, algorithm="sha256").hexdigest()


def enrol_person(*, citizen_id: CitizenId, name: str, assurance: Assurance, at: datetime) -> None:
    """Make a person known to the embedded register, or known more surely."""
    _enrol(RegisteredIdentity.PERSON, citizen_id, name, assurance, at)


def enrol_organisation(*, uscc: Uscc, name: str, assurance: Assurance, at: datetime) -> None:
    """Make an organisation known to the embedded register, or known more surely."""
    _enrol(RegisteredIdentity.ORGANISATION, uscc, name, assurance, at)


def enrol_representation(*, citizen_id: CitizenId, uscc: Uscc, at: datetime) -> None:
    """Let a person act for an organisation in the embedded register."""
    Representation.objects.get_or_create(
        person_digest=digest(citizen_id), organisation_digest=digest(uscc), defaults={"enrolled_at": at}
    )


def _enrol(kind: str, number: str, name: str, assurance: Assurance, at: datetime) -> None:
    RegisteredIdentity.objects.update_or_create(
        kind=kind,
        number_digest=digest(number),
        defaults={"name_digest": digest(name), "assurance": assurance.value, "enrolled_at": at},
    )


def _answer(kind: str, number: str, name: str) -> IdentityAnswer:
    row = RegisteredIdentity.objects.filter(kind=kind, number_digest=digest(number), name_digest=digest(name)).first()
    if row is None:
        return IdentityAnswer(matched=False)
    return IdentityAnswer(matched=True, assurance=Assurance(row.assurance), reference=f"embedded:{row.pk}")
