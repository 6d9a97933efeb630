"""The centre checks an entry against the registers; another member of staff publishes it; once a year again."""

from datetime import date, datetime, timedelta

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.codes import uscc as as_uscc
from commons.domain.deadlines import local_day
from commons.domain.refusals import Malformed, NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from commons.inbox import services as inbox
from commons.parameters import queries as parameters
from commons.people import queries as people
from marketplace.entry.domain import checks as rules
from marketplace.entry.domain.checks import Check, Findings, Listing
from marketplace.entry.domain.entrants import CheckFailed, EntrantCommand, EntrantKind, StatusKind
from marketplace.entry.models import Entrant
from marketplace.entry.policies import can_check, can_keep, can_publish
from marketplace.entry.port import credit_lists
from marketplace.entry.services import credentials
from marketplace.entry.services.credentials import Credentials
from marketplace.entry.services.drafting import index
from marketplace.entry.services.steps import feed, locked, move

TRADE = "SUPERMARKET"
A_MONTH = timedelta(days=30)


def take_entry(*, actor: Actor, entrant_id: int, at: datetime) -> tuple[Check, ...]:
    """Begin to check an entry that was handed in: the registers are asked, the outcome is kept beside it."""
    can_check(actor).require()
    found, listings = _ask(entrant_id)
    with transaction.atomic():
        row = locked(entrant_id)
        checks = _keep(row, found, listings, actor=actor, at=at)
        columns = {"checked_by": actor.ref, "checked_at": at, "checks": _stored(checks)}
        move(row, EntrantCommand.TAKE, actor=actor, at=at, payload=_told(checks), **columns)
    return checks


def run_checks(*, actor: Actor, entrant_id: int, at: datetime) -> tuple[Check, ...]:
    """Ask the registers again while the entry is being checked."""
    can_check(actor).require()
    found, listings = _ask(entrant_id)
    with transaction.atomic():
        row = locked(entrant_id)
        checks = _keep(row, found, listings, actor=actor, at=at)
        Entrant.objects.filter(pk=row.pk).update(checks=_stored(checks))
    return checks


@transaction.atomic
def return_entry(*, actor: Actor, entrant_id: int, reason: str, at: datetime) -> None:
    """Give the entry back with what is to be mended. Refuses (`Malformed`) without a reason."""
    can_check(actor).require()
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("it is empty"))
    row = locked(entrant_id)
    payload = {"reason_sha256": digest(reason.strip().encode())}
    move(row, EntrantCommand.RETURN, actor=actor, at=at, payload=payload, return_reason=reason.strip())
    _tell(row, gettext_noop("Your entry in the supermarket was returned: mend it and hand it in again"), at=at)


@transaction.atomic
def publish_entry(*, actor: Actor, entrant_id: int, at: datetime) -> None:
    """Publish what somebody else checked. Refuses `CheckedByYourself`, and (`CheckFailed`) while a check fails."""
    row = locked(entrant_id)
    can_publish(actor, row).require()
    bad = next((one for one in row.checks if not one["passed"]), None)
    if bad is not None:
        raise CheckFailed(kind=bad["kind"])
    entry = move(row, EntrantCommand.PUBLISH, actor=actor, at=at, published_at=at, recheck_due_on=recheck_due(row, at))
    feed(row, StatusKind.ENTERED, entry, at=at)
    if row.kind == EntrantKind.AGENCY:
        index(row, row.introduction)
    _tell(row, gettext_noop("Your entry in the supermarket is published"), at=at)


def recheck(*, actor: Actor, entrant_id: int, at: datetime) -> tuple[Check, ...]:
    """The yearly re-check: the registers are asked again; when all is well the entry holds for another year.

    The entrant asks for it, or staff. Refuses (`CheckFailed`) with the outcome kept.
    """
    row = Entrant.objects.filter(pk=entrant_id).first()
    if row is None:
        raise NotFound()
    if not can_check(actor):
        can_keep(actor, row).require()
    found, listings = _ask(entrant_id)
    with transaction.atomic():
        row = locked(entrant_id)
        checks = _keep(row, found, listings, actor=actor, at=at)
        bad = rules.failed(checks)
        if bad is None:
            columns = {"checks": _stored(checks), "recheck_due_on": recheck_due(row, at)}
            entry = move(row, EntrantCommand.RECHECK, actor=actor, at=at, payload=_told(checks), **columns)
            feed(row, StatusKind.RECHECKED, entry, at=at)
        else:
            Entrant.objects.filter(pk=row.pk).update(checks=_stored(checks))
    if bad is not None:
        raise CheckFailed(kind=bad.kind.value)
    return checks


def recheck_due(row: Entrant, at: datetime) -> date:
    """The day of the next re-check, by the rule parameter."""
    months = parameters.integer("supermarket.recheck_months", trade_type=TRADE, on=local_day(at))
    return local_day(at + months * A_MONTH)


def _ask(entrant_id: int) -> tuple[Credentials, list[Listing]]:
    """The registers' answers, outside any transaction."""
    row = Entrant.objects.filter(pk=entrant_id).first()
    if row is None:
        raise NotFound()
    person = people.natural_person(row.organisation_id)
    if person is not None:
        listed = credit_lists().listings_of_person(citizen_id=person.number, name=person.name)
        return credentials.pull(row), list(listed)
    code = people.organisations([row.organisation_id])[row.organisation_id].uscc
    return credentials.pull(row), list(credit_lists().listings(uscc=as_uscc(code)))


def _keep(
    row: Entrant, found: Credentials, listings: list[Listing], *, actor: Actor, at: datetime
) -> tuple[Check, ...]:
    credentials.keep(row, found, actor=actor, at=at)
    asks = row.offers.exclude(item__requirement="").exists()
    organisation = people.organisations([row.organisation_id])[row.organisation_id]
    findings = Findings(
        kind=EntrantKind(row.kind),
        uscc=organisation.uscc,
        licence=found.licence,
        qualifications=found.qualifications,
        listings=listings,
        committed=bool(row.commitment_sha256),
        restricted=row.restricted_until is not None and at < row.restricted_until,
        asks_for_qualification=asks,
        person=organisation.is_person,
    )
    return rules.run(findings, on=local_day(at))


def _stored(checks: tuple[Check, ...]) -> list[dict[str, object]]:
    return [
        {"kind": one.kind.value, "passed": one.passed, "message": one.message, "value": one.value} for one in checks
    ]


def _told(checks: tuple[Check, ...]) -> dict[str, JSON]:
    return {"checks": [f"{one.kind.value}:{'passed' if one.passed else 'failed'}" for one in checks]}


def _tell(row: Entrant, subject: str, *, at: datetime) -> None:
    kind = EntrantKind(row.kind).value.lower()
    inbox.deliver(
        organisation_id=row.organisation_id,
        subject_msgid=subject,
        fields={},
        link=f"/supermarket/{kind}/entry/",
        at=at,
        key=f"entrant:{row.pk}:{row.state}:{at:%Y%m%d%H%M%S%f}",
    )
