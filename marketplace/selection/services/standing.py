"""The credit that selections rank by."""

from datetime import datetime
from decimal import Decimal

from marketplace.selection.models import AgencyCredit


def note_credit(*, organisation_id: int, points: Decimal, at: datetime) -> None:
    """Write an agency's score; the subject of credit keeps its history and evidence."""
    AgencyCredit.objects.update_or_create(
        organisation_id=organisation_id, defaults={"points": points, "computed_at": at}
    )
