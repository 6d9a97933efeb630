"""Made-up organisations for whom robots bid in rehearsals: they hold no role, nobody signs in for them."""

from datetime import datetime

from commons.domain.codes import make_uscc
from commons.people.models import Organisation

REHEARSAL = "rehearsal"


def rehearsal_party(*, number: int, at: datetime) -> int:
    """The made-up organisation of that number (1–9), made on first use; its id."""
    assert 1 <= number <= 9, "rehearsals have at most nine robots"
    code = make_uscc(authority="9", category="9", region="000000", organisation8=f"0000000{number}")
    row, _ = Organisation.objects.get_or_create(
        uscc=code,
        defaults={
            "name": f"演练机器人 {number}",
            "kind": "ENTERPRISE",
            "region": "000000",
            "provenance": REHEARSAL,
            "registered_at": at,
        },
    )
    return row.pk
