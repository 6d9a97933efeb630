"""The outbox as a Celery task, for installations where workers hand messages on."""

from celery import shared_task
from django.utils import timezone

from commons.outbox.services import deliver_due


@shared_task(name="commons.outbox.deliver_due", ignore_result=True)
def deliver_due_messages(limit: int = 100) -> int:
    """Deliver what is due now; harmless to run twice or at once."""
    return deliver_due(timezone.now(), limit)
