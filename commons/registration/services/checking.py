"""Checks of addresses: begun, told, guessed, used once, forgotten."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext, override

from commons.domain.refusals import NotFound
from commons.outbox import services as outbox
from commons.registration.domain.codes import (
    CODE_HOLDS,
    GUESSES,
    Address,
    AddressKind,
    CodeOver,
    CodeWrong,
    NoWayToSend,
    Purpose,
    check_pace,
)
from commons.registration.models import AddressCheck
from commons.registration.port import messenger
from commons.registration.secrets import code_of, is_code

DAY = timedelta(days=1)


def begin(
    *,
    purpose: Purpose,
    address: Address,
    source: str,
    at: datetime,
    person_id: int | None = None,
    asked: Mapping[str, str] | None = None,
    silent: bool = False,
) -> str:
    """Begin a check and send its code through the outbox; gives the token. `silent` sends nothing and looks the same.

    Refuses `NoWayToSend` and `CodeAskedTooOften`.
    """
    if not messenger().reaches(address):
        raise NoWayToSend()
    with transaction.atomic():
        _check_pace(address, source, at)
        check = AddressCheck.objects.create(
            token=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            purpose=purpose.value,
            kind=address.kind.value,
            address=address.text,
            person_id=person_id,
            asked=dict(asked or {}),
            source=source,
            began_at=at,
        )
        if not silent:
            outbox.enqueue(topic="registration.code", key=check.token, payload={"token": check.token}, at=at)
    return check.token


def tell(token: str, *, at: datetime) -> None:
    """Send the code of a check, unless it is over already."""
    check = AddressCheck.objects.filter(token=token, used_at__isnull=True, began_at__gt=at - CODE_HOLDS).first()
    if check is None:
        return
    with override(check.asked.get("language", "zh-hans")):
        subject = gettext("Your code for Luochui")
        text = gettext("%(code)s is your code for Luochui. It holds for 10 minutes. Tell it to nobody.")
    messenger().send(address_of(check), subject=subject, text=text % {"code": code_of(check)})


def guess(token: str, *, purpose: Purpose, code: str, at: datetime) -> AddressCheck:
    """The check, when `code` is right; a wrong guess is counted even though it is refused.

    Refuses `NotFound`, `CodeOver` and `CodeWrong`.
    """
    check = AddressCheck.objects.filter(token=token, purpose=purpose.value).first()
    if check is None:
        raise NotFound()
    # One conditional update counts the guess: a hundred guesses at once are no more than five.
    live = AddressCheck.objects.filter(pk=check.pk, used_at__isnull=True, guesses__lt=GUESSES)
    if at - check.began_at >= CODE_HOLDS or not live.update(guesses=F("guesses") + 1):
        raise CodeOver()
    if not is_code(check, code):
        check.refresh_from_db()
        raise CodeWrong(left=GUESSES - check.guesses)
    return check


def use(check: AddressCheck, at: datetime) -> None:
    """Spend the check, inside the transaction of what it opens. Refuses (`CodeOver`) one that is spent."""
    if not AddressCheck.objects.filter(pk=check.pk, used_at__isnull=True).update(used_at=at):
        raise CodeOver()


def forget_old(at: datetime) -> int:
    """Delete checks that began more than a day ago; the number deleted."""
    return AddressCheck.objects.filter(began_at__lt=at - DAY).delete()[0]


def address_of(check: AddressCheck) -> Address:
    """The address as a value."""
    return Address(AddressKind(check.kind), check.address)


def _check_pace(address: Address, source: str, at: datetime) -> None:
    today = AddressCheck.objects.filter(began_at__gt=at - DAY)
    to_it = today.filter(address=address.text)
    check_pace(
        last=to_it.aggregate(last=Max("began_at"))["last"],
        today=to_it.count(),
        today_from_here=today.filter(source=source).count(),
        at=at,
    )
