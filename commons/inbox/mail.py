"""Messages by e-mail: the subject in the receiver's language and the way to the inbox; no further contents."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext, override

from commons.inbox.models import InboxMessage
from commons.outbox.domain.delivery import Message
from commons.people.models import Membership, Person
from commons.texts import render


def send(message: Message) -> None:
    """Send one inbox message to everybody whom it concerns and who gave an address. A second sending is harmless."""
    row = InboxMessage.objects.get(pk=int(str(message.payload["message"])))
    for person in _receivers(row):
        _mail(row, person).send()


def _receivers(row: InboxMessage) -> list[Person]:
    people = Person.objects.filter(is_active=True).exclude(email="").order_by("id")
    if row.person_id is not None:
        return list(people.filter(pk=row.person_id))
    assert row.party is not None, "a message has one receiver"
    members = Membership.objects.filter(organisation_id=row.organisation_id, ended_at__isnull=True)
    return list(people.filter(pk__in=members.values("person_id")))


def _mail(row: InboxMessage, person: Person) -> EmailMessage:
    with override(person.language):
        subject = render(row.subject_msgid, row.fields)
        hint = gettext("Sign in to read and answer. This address does not receive mail.")
    address = f"{settings.PUBLIC_URL}{row.link or '/inbox/'}"
    # A line break in a name must not become a header of the mail.
    return EmailMessage(" ".join(subject.split()), f"{subject}\n\n{address}\n\n{hint}\n", to=[person.email])
