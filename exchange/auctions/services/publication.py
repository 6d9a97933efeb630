"""Publication: the rules of the day are copied in, the times computed, the code given, the supply set aside."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from commons.calendar import queries as calendar
from commons.domain.actor import Actor
from commons.domain.deadlines import Unit
from commons.domain.money import Quantity, as_text
from commons.domain.refusals import NotFound, Refusal
from commons.domain.suites import Suite
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from commons.parameters import queries as parameters
from commons.search import services as search
from exchange.auctions.domain.aliases import Entropy
from exchange.auctions.domain.formats import FormatUnknown, profile_of, room_rules
from exchange.auctions.domain.terms import read_terms
from exchange.auctions.domain.timetable import After, Timetable, local_day, require_time, timetable
from exchange.auctions.policies import can_run_procedure
from exchange.auctions.services.depositing import expect_deposits_anew
from exchange.auctions.services.numbering import commit_numbers
from exchange.auctions.services.telling import tell_registered
from exchange.notices.domain.kinds import NoticeKind
from exchange.notices.models import Notice
from exchange.notices.services import DecisionMissing, NumberedDecision, publish_notice
from exchange.permits import services as permits
from exchange.projects.domain.completeness import require_reason
from exchange.projects.domain.lots import LotTerms, check_terms
from exchange.projects.domain.states import LotCommand, LotState, ProjectCommand
from exchange.projects.domain.trades import INSTRUMENTS, Instrument, TradeType
from exchange.projects.models import Lot, Project
from exchange.projects.policies import can_publish_project
from exchange.projects.services import deal_code, locked_project, move_lot, move_project, project_code, require_sources


class TooLateToAmend(Refusal):
    code = "TOO_LATE_TO_AMEND"
    message = gettext_noop(
        "Lot %(lot)s can no longer be amended: its registration has ended. Terminate and announce it anew."
    )


class NothingAmended(Refusal):
    code = "NOTHING_AMENDED"
    message = gettext_noop("Nothing would change. Enter at least one new value.")
    status = 400


@dataclass(frozen=True, slots=True)
class LotChange:
    """New values for a lot of a published project; None keeps the old one. Another quantity would be another lot."""

    start_price: Decimal | None = None
    step: Decimal | None = None
    opens_at: datetime | None = None

    @property
    def values(self) -> dict[str, Any]:
        named = {"start_price": self.start_price, "step": self.step, "opens_at": self.opens_at}
        return {name: value for name, value in named.items() if value is not None}


def deadline_engine(region: str) -> After:
    """The one deadline engine, for the calendar of a region."""

    def after(on: date, add: int, unit: str) -> date:
        return calendar.deadline(start=on, add=add, unit=Unit(unit), region=region).on

    return after


@transaction.atomic
def publish_project(*, actor: Actor, project_id: int, at: datetime, entropy: Entropy = secrets.token_bytes) -> int:
    """Publish a checked project; gives its notice.

    Refuses (`SecondPersonNeeded`) whoever checked it, a start of bidding that is too early (`OpensTooEarly`), a
    deposit above the largest allowed (`DepositShareTooHigh`), a supply that the seller does not hold, and an unlawful
    format (`MethodUnlawful`). The notice holds every number of
    the rules.
    """
    project = locked_project(project_id)
    can_publish_project(actor, project).require()
    snapshot = parameters.snapshot(trade_type=project.trade_type, region=project.region, on=local_day(at))
    terms = read_terms(snapshot)
    terms.require_publishable()
    table = timetable(at, terms.periods, deadline_engine(project.region))
    kind, on = TradeType(project.trade_type), local_day(at)
    move_project(
        project,
        ProjectCommand.PUBLISH,
        actor=actor,
        at=at,
        code=project_code(trade_type=kind, region=project.region, on=on),
        deal_code=deal_code(trade_type=kind, platform=settings.PLATFORM_USCC, on=on),
        parameters=snapshot,
        published_at=at,
    )
    words = f"{project.title} {project.code} {project.seller.name} {project.description}"
    search.store(kind="project", ref=project.pk, text=words)
    require_sources(project, at=at)
    lots = list(project.lots.select_for_update())
    for lot in lots:
        _announce(lot, table, actor=actor, at=at)
        commit_numbers(lot, actor=actor, at=at, entropy=entropy)
    body = sale_body(project, lots)
    return publish_notice(actor=actor, project_id=project.pk, kind=NoticeKind.SALE, body=body, at=at).pk


def _announce(lot: Lot, table: Timetable, *, actor: Actor, at: datetime) -> None:
    require_time(table, lot=lot.number, opens_at=lot.opens_at)
    _require_lawful(lot, at)
    move_lot(
        lot,
        LotCommand.ANNOUNCE,
        actor=actor,
        at=at,
        payload=_times_payload(lot, table),
        profile=_rules_of(lot),
        **_times(table),
    )
    permits.reserve_supply(
        actor=actor,
        lot_id=lot.pk,
        seller_id=lot.project.seller_id,
        instrument=lot.instrument,
        quantity=Quantity(lot.quantity),
        document_ref=lot.project.decision_no,
        at=at,
    )


def _rules_of(lot: Lot) -> dict[str, Any]:
    project = lot.project
    return room_rules(_terms_of(lot), TradeType(project.trade_type), project.parameters, Suite(project.suite))


def _require_lawful(lot: Lot, at: datetime) -> None:
    """Refuses (`MethodUnlawful`), with the article, a format without a basis in law for this trade and region.

    Minutes that only demonstrate a room are no format of a real notice (`FormatUnknown`).
    """
    kind, region = TradeType(lot.project.trade_type), lot.project.region
    profile = profile_of(lot.profile_name, kind)
    if profile.demonstration and settings.PRODUCTION:
        raise FormatUnknown(name=lot.profile_name)
    parameters.require_lawful(method=profile.method, sector=kind.value, region=region, on=local_day(at))


@transaction.atomic
def amend_notice(
    *,
    actor: Actor,
    project_id: int,
    changes: Mapping[int, LotChange],
    reason: str,
    decision: NumberedDecision,
    at: datetime,
) -> int:
    """Publish an amended notice for lots by number; their clocks start again and everybody registered is told.

    The amendment is the seller's decision, with its number. Refuses (`TooLateToAmend`) a lot whose registration ended.
    """
    can_run_procedure(actor).require()
    words = require_reason(reason)
    if not (decision.body.strip() and decision.number.strip()):
        raise DecisionMissing()
    project = locked_project(project_id)
    table = timetable(at, read_terms(project.parameters).periods, deadline_engine(project.region))
    changed = [
        _restart(lot, changes[lot.number], table, actor=actor, at=at)
        for lot in project.lots.select_for_update()
        if lot.number in changes and changes[lot.number].values
    ]
    if not changed:
        raise NothingAmended()
    return _publish_amendment(project, changed, words, decision, actor=actor, at=at).pk


def _restart(lot: Lot, change: LotChange, table: Timetable, *, actor: Actor, at: datetime) -> Lot:
    open_states = (LotState.ANNOUNCED.value, LotState.REGISTERING.value)
    if lot.state not in open_states or lot.registration_ends_at is None or at >= lot.registration_ends_at:
        raise TooLateToAmend(lot=lot.number)
    for name, value in change.values.items():
        setattr(lot, name, value)
    check_terms(_terms_of(lot), trade_type=TradeType(lot.project.trade_type), at=at)
    require_time(table, lot=lot.number, opens_at=lot.opens_at)
    payload = _times_payload(lot, table)
    profile = _rules_of(lot)
    values = {**change.values, "profile": profile, **_times(table)}
    move_lot(lot, LotCommand.RESTART, actor=actor, at=at, payload=payload, **values)
    expect_deposits_anew(lot, actor=actor, at=at)
    return lot


def _publish_amendment(
    project: Project, changed: list[Lot], reason: str, decision: NumberedDecision, *, actor: Actor, at: datetime
) -> Notice:
    current = current_notice(project.pk)
    notice = publish_notice(
        actor=actor,
        project_id=project.pk,
        kind=NoticeKind.AMENDMENT,
        body=sale_body(project, list(project.lots.all())),
        at=at,
        version=current.version + 1,
        supersedes=current,
        reason=reason,
        decision=decision,
    )
    for lot in changed:
        subject = gettext_noop("The notice of %(project)s was amended: lot %(lot)s, version %(version)s")
        tell_registered(lot, subject, at=at, key=f"notice:{notice.pk}", version=str(notice.version))
    return notice


def current_notice(project_id: int) -> Notice:
    """The notice of sale in force: the latest version. Refuses (`NotFound`) before the publication."""
    kinds = (NoticeKind.SALE.value, NoticeKind.AMENDMENT.value)
    notice = Notice.objects.filter(project_id=project_id, kind__in=kinds).order_by("-version").first()
    if notice is None:
        raise NotFound()
    return notice


def sale_body(project: Project, lots: list[Lot]) -> dict[str, JSON]:
    """What the notice of sale says, as data: amounts and instants as strings."""
    attachments = project.attachments.filter(removed_at__isnull=True).select_related("document")
    return {
        "code": project.code,
        "deal_code": project.deal_code,
        "title": project.title,
        "region": project.region,
        "trade_type": project.trade_type,
        "description": project.description,
        "seller": {"name": project.seller.name, "uscc": project.seller.uscc},
        **({"permit": project.permit_no} if project.permit_no else {}),
        "decision": {"body": project.decision_body, "number": project.decision_no},
        "contact": {"name": project.contact_name, "phone": project.contact_phone},
        "round": str(project.round),
        "suite": project.suite,
        "lots": [lot_body(project, lot) for lot in lots],
        "attachments": [{"title": item.title, "sha256": item.document.content_id} for item in attachments],
        "rules": {
            key: {"value": str(entry["value"]), "source": str(entry["source"])}
            for key, entry in sorted(project.parameters.items())
        },
    }


def lot_body(project: Project, lot: Lot) -> dict[str, JSON]:
    """What the notice says of one lot."""
    terms = read_terms(project.parameters)
    return {
        "number": str(lot.number),
        "instrument": lot.instrument,
        "quantity": as_text(lot.quantity),
        "unit": INSTRUMENTS[Instrument(lot.instrument)].unit,
        "term_years": str(lot.term_years),
        "start_price": as_text(lot.start_price),
        "step": as_text(lot.step),
        "format": lot.profile_name,
        "deposit_share": as_text(terms.deposit_share),
        "registration_starts_at": _instant(lot.registration_starts_at),
        "registration_ends_at": _instant(lot.registration_ends_at),
        "qualification_ends_at": _instant(lot.qualification_ends_at),
        "opens_at": _instant(lot.opens_at),
    }


def _terms_of(lot: Lot) -> LotTerms:
    return LotTerms(
        instrument=Instrument(lot.instrument),
        quantity=lot.quantity,
        start_price=lot.start_price,
        step=lot.step,
        profile=lot.profile_name,
        opens_at=lot.opens_at,
        term_years=lot.term_years,
    )


def _times(table: Timetable) -> dict[str, datetime]:
    return {
        "registration_starts_at": table.registration_starts_at,
        "registration_ends_at": table.registration_ends_at,
        "qualification_ends_at": table.qualification_ends_at,
    }


def _times_payload(lot: Lot, table: Timetable) -> dict[str, JSON]:
    times: dict[str, JSON] = {name: to_text(value) for name, value in _times(table).items()}
    return {
        **times,
        "opens_at": to_text(lot.opens_at),
        "quantity": as_text(lot.quantity),
        "start_price": as_text(lot.start_price),
        "step": as_text(lot.step),
    }


def _instant(at: datetime | None) -> str | None:
    return to_text(at) if at else None
