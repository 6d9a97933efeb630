"""The centre checks the form of a need and publishes it; whoever publishes never selects."""

from datetime import datetime, timedelta

from django.db import transaction

from commons.calendar import queries as calendar
from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import Malformed
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON, digest
from commons.outbox import services as outbox
from commons.parameters import queries as parameters
from commons.parameters.domain.legality import Method as LawfulMethod
from commons.people.domain.natural import KIND as PERSON
from marketplace.procurement.domain.methods import Method
from marketplace.procurement.domain.notices import ProcurementNoticeKind
from marketplace.procurement.domain.states import ProcurementCommand
from marketplace.procurement.domain.timetable import Timetable, direct_timetable, timetable
from marketplace.procurement.models import Procurement
from marketplace.procurement.policies import can_audit
from marketplace.procurement.queries.advice import TRADE
from marketplace.procurement.queries.views import need_of, number_of
from marketplace.procurement.services.drafting import index, public_body
from marketplace.procurement.services.reviewing import examine
from marketplace.procurement.services.steps import locked_procurement, move_procurement, post_notice, tell

PUBLISHED = "marketplace.published"
"""Topic of the outbox: tell agencies whose subscriptions match."""
PREFIXES = ("supermarket.", "credit.", "split.", "contract.", "complaint.", "evaluation.")
LAWFUL = {
    Method.LOTTERY: LawfulMethod.LOTTERY,
    Method.LOWEST_PRICE: LawfulMethod.REVERSE_AUCTION,
    Method.LIVE_BIDDING: LawfulMethod.REVERSE_AUCTION,
    Method.BEST_PRICE: LawfulMethod.REVERSE_AUCTION,
    Method.AVERAGE_PRICE: LawfulMethod.REVERSE_AUCTION,
    Method.DIRECT: LawfulMethod.SINGLE_SOURCE,
}
"""The line of the legality table by which a method stands; merit selection stands by the supermarket's own rules."""


@transaction.atomic
def return_to_owner(*, actor: Actor, procurement_id: int, reason: str, at: datetime) -> None:
    """Give a need back with what is to be mended. Refuses `NotAllowedNow`, and (`Malformed`) without a reason."""
    row = locked_procurement(procurement_id)
    can_audit(actor, row).require()
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("it is empty"))
    payload: dict[str, JSON] = {"reason_sha256": digest(reason.strip().encode())}
    move_procurement(row, ProcurementCommand.RETURN, actor=actor, at=at, payload=payload, return_reason=reason.strip())
    subject = gettext_noop("Your need was returned: %(title)s. Mend it and hand it in again.")
    tell(row, row.owner.organisation_id, subject, at=at, key=f"returned:{row.submission}")


@transaction.atomic
def publish(*, actor: Actor, procurement_id: int, at: datetime) -> Timetable:
    """Publish a need that was handed in: the rules are taken into it, and its round begins.

    Refuses `NotPermitted`, `OutsideScope`, `MethodUnlawful`, `SignUpTooShort`, `NotAllowedNow`.
    """
    row = locked_procurement(procurement_id)
    can_audit(actor, row).require()
    columns, payload = examine(row, at=at)
    require_lawful(row, at)
    taken = numbers_for(row, at)
    times = times_of(row, taken, at)
    command = ProcurementCommand.PUBLISH_DIRECT if row.method == Method.DIRECT else ProcurementCommand.PUBLISH
    columns |= {
        "version": row.version + 1,
        "audited_by": actor.ref,
        "parameters": taken,
        "published_at": at,
        "sign_up_until": times.sign_up_until,
        "selection_at": times.selection_at,
    }
    payload |= {"version": str(row.version + 1), "sign_up_until": to_text(times.sign_up_until)}
    move_procurement(row, command, actor=actor, at=at, payload=payload, **columns)
    announce(row, ProcurementNoticeKind.NEED, times, actor=actor, at=at)
    index(row)
    return times


def announce(
    row: Procurement, kind: ProcurementNoticeKind, times: Timetable, *, actor: Actor, at: datetime, reason: str = ""
) -> None:
    """Post the text of the need in force, and promise to tell who subscribed."""
    owner = row.owner.organisation
    body: dict[str, JSON] = {
        "code": row.code,
        "version": str(row.version),
        "round": str(row.round),
        "owner": {"name": owner.name, "uscc": "" if owner.kind == PERSON else owner.uscc},
        "item": {"code": row.item.code, "name": row.item.name},
        "need": public_body(row, need_of(row)),
        "sign_up_until": to_text(times.sign_up_until),
        "selection_at": to_text(times.selection_at),
        "provisional": times.provisional,
    }
    post_notice(row, kind, body, actor=actor, at=at, reason=reason)
    key = f"{row.pk}:{row.version}"
    outbox.enqueue(topic=PUBLISHED, key=key, payload={"procurement": str(row.pk), "version": str(row.version)}, at=at)


def numbers_for(row: Procurement, at: datetime) -> dict[str, dict[str, str]]:
    """The rule parameters in force that this procurement will ever need."""
    taken = parameters.snapshot(trade_type=TRADE, region=row.region, on=local_day(at))
    return {key: value for key, value in taken.items() if key.startswith(PREFIXES)}


def times_of(row: Procurement, taken: dict[str, dict[str, str]], at: datetime) -> Timetable:
    """The round that begins at `at`. Refuses `SignUpTooShort`, `SignUpTooLong`."""
    first = local_day(at)
    days = calendar.working_days(first=first, last=first + timedelta(days=150), region=row.region)
    if row.method == Method.DIRECT:
        return direct_timetable(published_at=at, calendar=days)
    key = "supermarket.urgent_sign_up_working_days" if row.urgent else "supermarket.sign_up_working_days"
    return timetable(published_at=at, days=row.sign_up_days, least=number_of(taken, key), calendar=days)


def require_lawful(row: Procurement, at: datetime) -> None:
    """Refuses (`MethodUnlawful`) a method that no article allows in the region."""
    line = LAWFUL.get(Method(row.method))
    if line is not None:
        parameters.require_lawful(method=line.value, sector=TRADE, region=row.region, on=local_day(at))
