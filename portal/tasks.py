"""What Celery does on beat: idempotent, JSON-only, harmless to repeat, and to lose (the next beat does it again)."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from commons.outbox.services import deliver_due
from commons.registration import services as registration


@shared_task(expires=10)
def deliver_outbox() -> int:
    """Hand on what commits left in the outbox; the number of deliveries."""
    return deliver_due(timezone.now())


@shared_task(expires=3600)
def forget_sessions() -> None:
    """Delete sessions that have ended, and checks of addresses that came to nothing."""
    call_command("clearsessions")
    registration.forget_old(timezone.now())
