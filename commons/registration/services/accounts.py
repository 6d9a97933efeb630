"""Opening one's own account."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from commons.people import services as people
from commons.people.queries import person_with_address, username_taken
from commons.people.services.accounts import NameTaken
from commons.registration.domain.codes import AddressKind, AddressTaken, Purpose, address
from commons.registration.services import checking


def begin_registration(
    *, username: str, name: str, password: str, contact: str, language: str, source: str, at: datetime
) -> str:
    """Keep what somebody typed until the code that goes to `contact` comes back; gives the token of the check.

    Refuses `Malformed`, `NameTaken`, `NoWayToSend`, `CodeAskedTooOften`. Whether the address has an account already is
    told only to who proves that it is theirs.
    """
    where = address(contact)
    if username_taken(username):
        raise NameTaken()
    asked = {"username": username, "name": name, "password": make_password(password), "language": language}
    return checking.begin(purpose=Purpose.REGISTER, address=where, source=source, at=at, asked=asked)


def finish_registration(*, token: str, code: str, at: datetime) -> int:
    """Open the account whose address is proved: known by telephone or mail (L1), without any role; gives its number.

    Refuses `NotFound`, `CodeOver`, `CodeWrong`, `AddressTaken`, `NameTaken`.
    """
    check = checking.guess(token, purpose=Purpose.REGISTER, code=code, at=at)
    with transaction.atomic():
        if person_with_address(check.kind, check.address) is not None:
            raise AddressTaken()
        person_id = people.register_account(
            username=check.asked["username"],
            name=check.asked["name"],
            password_hash=check.asked["password"],
            language=check.asked["language"],
            phone=check.address if check.kind == AddressKind.PHONE else "",
            email=check.address if check.kind == AddressKind.MAIL else "",
            at=at,
        )
        checking.use(check, at)
    return person_id
