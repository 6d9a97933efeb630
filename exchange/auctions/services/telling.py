"""Messages of the procedure to the inboxes of those concerned; each has a key, so that nobody is told twice."""

from datetime import datetime

from commons.inbox import services as inbox
from exchange.auctions.domain.registrations import OPEN
from exchange.auctions.models import Registration
from exchange.projects.models import Lot


def tell_registered(lot: Lot, subject: str, *, at: datetime, key: str, **fields: str) -> None:
    """Tell everybody whose registration for the lot stands, or was started."""
    states = [state.value for state in OPEN]
    for registration in Registration.objects.filter(lot=lot, state__in=states):
        tell(lot, registration.organisation_id, subject, at=at, key=f"{key}:{registration.pk}", **fields)


def tell(
    lot: Lot, organisation_id: int, subject: str, *, at: datetime, key: str, link: str = "", **fields: str
) -> None:
    """Tell one organisation something about a lot; `subject` may name %(project)s and %(lot)s."""
    inbox.deliver(
        organisation_id=organisation_id,
        subject_msgid=subject,
        fields={"project": lot.project.title, "lot": str(lot.number), **fields},
        link=link or f"/lots/{lot.pk}/",
        at=at,
        key=f"lot:{lot.pk}:{key}:{organisation_id}",
    )
