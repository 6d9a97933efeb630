"""The embedded licence library."""

from collections.abc import Sequence
from datetime import datetime

from commons.domain.codes import Uscc
from commons.licences.domain import Licence, LicenceKind
from commons.licences.models import LicenceRecord


class EmbeddedLicences:
    """Answers from its own table: the newest report of each licence."""

    def business_licence(self, *, uscc: Uscc) -> Licence | None:
        return _newest(LicenceKind.BUSINESS_LICENCE, uscc)

    def emission_permit(self, *, uscc: Uscc) -> Licence | None:
        return _newest(LicenceKind.EMISSION_PERMIT, uscc)

    def qualifications(self, *, uscc: Uscc) -> Sequence[Licence]:
        rows = LicenceRecord.objects.filter(holder_uscc=uscc, kind=LicenceKind.QUALIFICATION.value).order_by("id")
        newest = {row.number: row for row in rows}
        return [_licence(row) for row in newest.values()]


def report(licence: Licence, *, at: datetime) -> None:
    """Enter what an issuer says of a licence, from now on."""
    LicenceRecord.objects.create(
        kind=licence.kind.value,
        number=licence.number,
        issuer=licence.issuer,
        holder=licence.holder,
        holder_uscc=licence.holder_uscc,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        suspended=licence.suspended,
        revoked=licence.revoked,
        identifier=licence.identifier,
        scope=licence.scope,
        grade=licence.grade,
        reported_at=at,
    )


def _newest(kind: LicenceKind, uscc: Uscc) -> Licence | None:
    row = LicenceRecord.objects.filter(holder_uscc=uscc, kind=kind.value).order_by("-id").first()
    return _licence(row) if row is not None else None


def _licence(row: LicenceRecord) -> Licence:
    return Licence(
        kind=LicenceKind(row.kind),
        number=row.number,
        issuer=row.issuer,
        holder=row.holder,
        holder_uscc=row.holder_uscc,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        suspended=row.suspended,
        revoked=row.revoked,
        identifier=row.identifier,
        scope=row.scope,
        grade=row.grade,
    )
