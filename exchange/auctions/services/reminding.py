"""Five minutes before a room opens, everybody who may bid in it is told once, with the way to the readiness check."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from commons.domain.text import gettext_noop
from commons.domain.time import SHANGHAI
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.models import Registration
from exchange.auctions.services.telling import tell
from exchange.projects.models import Lot

REMINDER = timedelta(minutes=5)


@transaction.atomic
def remind_of_room(lot_id: int, *, at: datetime) -> bool:
    """Tell the qualified buyers of a lot that its room opens; whether this call was the one that did."""
    if not Lot.objects.filter(pk=lot_id, reminded_at__isnull=True).update(reminded_at=at):
        return False
    lot = Lot.objects.select_related("project").get(pk=lot_id)
    assert lot.room_id is not None, "lots with a room are reminded of"
    subject = gettext_noop("Your room for lot %(lot)s of %(project)s opens at %(opens)s. Check your device now.")
    link, opens_at = reverse("rooms:ready", args=[lot.room_id]), f"{lot.opens_at.astimezone(SHANGHAI):%H:%M}"
    for registration in Registration.objects.filter(lot=lot, state=RegistrationState.QUALIFIED.value):
        tell(lot, registration.organisation_id, subject, at=at, key="reminder", link=link, opens=opens_at)
    return True
