"""A lost password, set anew by who proves the account's address."""

from datetime import datetime

from django.db import transaction

from commons.people import services as people
from commons.people.queries import person_with_address
from commons.registration.domain.codes import Purpose, address
from commons.registration.services import checking


def begin_reset(*, username: str, contact: str, language: str, source: str, at: datetime) -> str:
    """Send a code to the confirmed address of that account; gives a token.

    Whether there is such an account stays unsaid: a token comes in any case, and only the right one gets a code.
    Refuses `Malformed`, `NoWayToSend`, `CodeAskedTooOften`.
    """
    where = address(contact)
    person = person_with_address(where.kind.value, where.text)
    fits = person is not None and person.username == username
    return checking.begin(
        purpose=Purpose.RESET,
        address=where,
        source=source,
        at=at,
        person_id=person.id if person is not None and fits else None,
        asked={"language": language},
        silent=not fits,
    )


def finish_reset(*, token: str, code: str, password: str, at: datetime) -> None:
    """Set the new password and end every session. Second factors stay as they are.

    Refuses `NotFound`, `CodeOver`, `CodeWrong`.
    """
    check = checking.guess(token, purpose=Purpose.RESET, code=code, at=at)
    with transaction.atomic():
        checking.use(check, at)
        if check.person_id is not None:  # nobody guesses a code that was never sent, except by luck
            people.set_new_password(person_id=check.person_id, password=password, at=at)
