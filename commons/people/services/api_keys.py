"""Keys for programs."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from commons.domain.actor import Actor, Assurance
from commons.domain.refusals import AssuranceTooLow, NotFound, NotPermitted
from commons.evidence import services as evidence
from commons.people.domain.scopes import Scope
from commons.people.models import ApiKey

PREFIX = "lck_"
LONGEST_LIFE = timedelta(days=366)
"""Nobody remembers a key that is older."""


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def make_api_key(
    *,
    actor: Actor,
    label: str,
    at: datetime,
    scopes: frozenset[Scope] = frozenset({Scope.READ}),
    valid_for: timedelta = LONGEST_LIFE,
) -> str:
    """A new key for the actor and the organisation that it acts for; told once. Refuses `NotPermitted`.

    Making one needs real name (L2). What the key may do follows from the person's roles at each use, within `scopes`
    (it can always read), for `valid_for`, at most `LONGEST_LIFE`.
    """
    if actor.person_id is None or actor.organisation_id is None:
        raise NotPermitted()
    if actor.assurance < Assurance.REAL_NAME:
        raise AssuranceTooLow(needed=int(Assurance.REAL_NAME), actual=int(actor.assurance))
    key = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        row = ApiKey.objects.create(
            person_id=actor.person_id,
            organisation_id=actor.organisation_id,
            label=label,
            digest=digest(key),
            scopes=sorted({Scope.READ, *scopes}),
            created_at=at,
            valid_until=at + min(valid_for, LONGEST_LIFE),
        )
        _record("ApiKeyMade", actor, row, at)
    return key


def end_api_key(*, actor: Actor, key_id: int, at: datetime) -> None:
    """End one's own key; ending an ended one changes nothing. Refuses `NotFound`."""
    with transaction.atomic():
        row = ApiKey.objects.filter(pk=key_id).first()
        if row is None or row.person_id != actor.person_id:
            raise NotFound()
        if ApiKey.objects.filter(pk=key_id, ended_at__isnull=True).update(ended_at=at):
            _record("ApiKeyEnded", actor, row, at)


def end_keys_of(*, actor: Actor, person_id: int, at: datetime) -> None:
    """End every key of a person, inside the caller's transaction: whoever got into the account may have made one."""
    for row in ApiKey.objects.select_for_update().filter(person_id=person_id, ended_at__isnull=True):
        ApiKey.objects.filter(pk=row.pk).update(ended_at=at)
        _record("ApiKeyEnded", actor, row, at)


def _record(event: str, actor: Actor, row: ApiKey, at: datetime) -> None:
    payload = {"key": str(row.pk), "organisation": str(row.organisation_id), "scopes": list(row.scopes)}
    evidence.append(stream=f"person:{row.person_id}", type=event, actor=actor, payload=dict(payload), decided_at=at)
