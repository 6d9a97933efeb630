"""The owner drafts a need: by hand, from a case of the intake, or from an earlier notice."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.codes import ProjectCode, uscc
from commons.domain.deadlines import local_day
from commons.domain.money import as_text
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound, NotPermitted, Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from commons.intake import queries as cases
from commons.intake import services as intake
from commons.intake.domain import CaseState
from commons.people import queries as people
from commons.people.domain.natural import KIND as PERSON
from commons.repeated import Repeated, insert
from commons.search import services as search
from exchange.projects.services.numbering import next_number
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.domain.items import ItemUnknown
from marketplace.catalogue.domain.requirements import text_of
from marketplace.catalogue.models import ServiceItem
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.entry.models import Entrant
from marketplace.entry.queries import require_entered
from marketplace.procurement.domain.methods import FundSource, Method
from marketplace.procurement.domain.needs import NeedFacts, Source
from marketplace.procurement.domain.notices import ProcurementNoticeKind
from marketplace.procurement.domain.states import EDITABLE, ProcurementCommand, ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.procurement.policies import can_change, can_draft, owns
from marketplace.procurement.queries.listing import KIND
from marketplace.procurement.queries.views import need_of
from marketplace.procurement.services.steps import locked_procurement, move_procurement, post_notice, record

TRADE_CLASS = "F03"
"""The three characters at the head of a code (发改办法规〔2018〕1156号: other trades), after those of the exchange."""


class CaseOfAnother(Refusal):
    code = "CASE_OF_ANOTHER"
    message = gettext_noop("The case %(case)s was handed in by another organisation.")
    status = 403


class CaseTaken(Refusal):
    code = "CASE_TAKEN"
    message = gettext_noop("The case %(case)s is with a procurement already, or it has ended.")


@transaction.atomic
def start_draft(*, actor: Actor, need: NeedFacts, at: datetime, source: Source = Source.HAND) -> int:
    """Begin a draft; gives its number. Refuses who acts for no published owner (`NotEntered`), and `ItemUnknown`."""
    can_draft(actor).require()
    return _create(actor, require_entered(actor, EntrantKind.OWNER), need, source, at).pk


@transaction.atomic
def draft_from_case(*, actor: Actor, case_number: str, at: datetime, item_id: int | None = None) -> int:
    """Begin a draft for a case of the intake, whose clock stands still meanwhile; the case is taken.

    Refuses `NotFound`, `CaseOfAnother`, `CaseTaken`, and (`ItemUnknown`) when no item fits and none is named.
    """
    can_draft(actor).require()
    owner = require_entered(actor, EntrantKind.OWNER)
    found = cases.case(case_number)
    if found is None:
        raise NotFound()
    organisation = people.organisations([owner.organisation_id])[owner.organisation_id]
    if found.case.applicant_uscc != organisation.uscc:
        raise CaseOfAnother(case=case_number)
    if found.state is not CaseState.RECEIVED:
        raise CaseTaken(case=case_number)
    item = _item_for_case(found.case.item, item_id)
    need = NeedFacts(
        title=f"{organisation.name}{item.facts.name}",
        item_id=item.id,
        region=organisation.region,
        fund=FundSource.FISCAL if organisation.kind == "GOVERNMENT" else FundSource.SOCIAL,
        method=Method.LOTTERY,
        requirement=item.facts.requirement,
        content=found.case.item,
        case_number=case_number,
        contact_name=owner.contact_name,
        contact_phone=owner.contact_phone,
    )
    row = _create(actor, owner, need, Source.CASE, at)
    intake.take_case(actor=actor, number=case_number, at=at)
    return row.pk


@transaction.atomic
def draft_from_notice(*, actor: Actor, procurement_id: int, at: datetime) -> int:
    """Begin a draft with what an earlier notice of the owner said. Refuses (`NotFound`) those of others."""
    can_draft(actor).require()
    owner = require_entered(actor, EntrantKind.OWNER)
    earlier = Procurement.objects.select_related("owner").filter(pk=procurement_id).first()
    if earlier is None or not owns(actor, earlier):
        raise NotFound()
    need = replace(need_of(earlier), case_number="", investment_approval=False, urgent=False, urgent_reason="")
    row = _create(actor, owner, need, Source.NOTICE, at)
    Procurement.objects.filter(pk=row.pk).update(copied_from=earlier)
    return row.pk


@transaction.atomic
def save_draft(*, actor: Actor, procurement_id: int, need: NeedFacts, at: datetime) -> None:
    """Keep what was filled in so far; gaps are allowed until it is handed in. Refuses `NotAllowedNow`."""
    row = locked_procurement(procurement_id)
    can_change(actor, row).require()
    if ProcurementState(row.state) not in EDITABLE:
        raise NotAllowedNow(command="CHANGE", state=row.state)
    Procurement.objects.filter(pk=row.pk).update(**checked_columns(need))
    record(row, "DraftSaved", actor=actor, at=at, payload={"title": need.title.strip()})


@transaction.atomic
def void(*, actor: Actor, procurement_id: int, reason: str, at: datetime) -> None:
    """The owner gives the need up 废置: a draft, an open round before its selection, or a failed one.

    Refuses `Malformed` without a reason. Of a published need everybody reads why.
    """
    row = locked_procurement(procurement_id)
    if not actor.system:
        can_change(actor, row).require()
    if row.state == ProcurementState.SUSPENDED:
        raise NotPermitted()
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("it is empty"))
    move_procurement(row, ProcurementCommand.VOID, actor=actor, at=at, payload={"reason": reason.strip()}, ended_at=at)
    if row.version:
        body: dict[str, JSON] = {"code": row.code, "reason": reason.strip()}
        post_notice(row, ProcurementNoticeKind.VOID, body, actor=actor, at=at, reason=reason.strip())


def checked_columns(need: NeedFacts) -> dict[str, Any]:
    """The columns of a need that can be stored. Refuses `ItemUnknown`, and (`Malformed`) prices and agencies."""
    _require_item(need)
    _require_prices(need)
    return columns_of(need)


def columns_of(need: NeedFacts) -> dict[str, Any]:
    """The need as columns of its row."""
    return {
        "title": need.title.strip(),
        "item_id": need.item_id,
        "region": need.region,
        "fund": need.fund.value,
        "method": need.method.value,
        "scale": need.scale.strip(),
        "content": need.content.strip(),
        "service_time": need.service_time.strip(),
        "amount_defined": need.amount_defined,
        "floor_price": need.floor_price,
        "ceiling_price": need.ceiling_price,
        "quote_kind": need.quote_kind.value,
        "requirement": text_of(need.requirement),
        "sign_up_days": need.sign_up_days,
        "urgent": need.urgent,
        "urgent_reason": need.urgent_reason.strip(),
        "exemption": need.exemption.value,
        "investment_approval": need.investment_approval,
        "case_number": need.case_number.strip(),
        "avoided": [uscc(code) for code in need.avoided],
        "avoidance_reason": need.avoidance_reason.strip(),
        "contact_name": need.contact_name.strip(),
        "contact_phone": need.contact_phone.strip(),
        "complaint_phone": need.complaint_phone.strip(),
        "disclose_price": need.disclose_price,
        "disclose_contract": need.disclose_contract,
        "named_agency_id": need.named_agency_id,
        "direct_reason": need.direct_reason.strip(),
        "big_list": need.big_list,
        "small_list": need.small_list,
        "criteria": [{"label": one.label, "points": one.points} for one in need.criteria],
        "bid_step": need.bid_step,
    }


def body_of(need: NeedFacts) -> dict[str, JSON]:
    """The need as a notice says it: amounts as strings."""
    body: dict[str, JSON] = {}
    for name, value in columns_of(need).items():
        if name == "criteria":
            body[name] = [{"label": one.label, "points": str(one.points)} for one in need.criteria]
        elif name in ("floor_price", "ceiling_price", "bid_step"):
            body[name] = as_text(value) if value is not None else None
        elif isinstance(value, int) and not isinstance(value, bool):
            body[name] = str(value)
        else:
            body[name] = value
    return body


def public_body(row: Procurement, need: NeedFacts) -> dict[str, JSON]:
    """The same for a text that stays public, and for the evidence: whom to ask at a natural person is left out."""
    owner = row.owner.organisation
    return body_of(replace(need, contact_name=owner.name, contact_phone="") if owner.kind == PERSON else need)


def index(row: Procurement) -> None:
    """Let the published need be found by its words."""
    words = f"{row.title} {row.code} {row.item.name} {row.owner.organisation.name}"
    search.store(kind=KIND, ref=row.pk, text=words)


def _create(actor: Actor, owner: Entrant, need: NeedFacts, source: Source, at: datetime) -> Procurement:
    _require_item(need)
    _require_prices(need)
    on = local_day(at)
    number = next_number(f"project:{TRADE_CLASS}:{need.region}:{on:%y%m%d}")
    code = str(ProjectCode(trade_class=TRADE_CLASS, region=need.region, on=on, sequence=number))
    row = insert(Procurement(code=code, owner=owner, source=source.value, created_at=at, **columns_of(need)))
    record(row, "DraftBegun", actor=actor, at=at, payload={"code": code, "source": source.value})
    return row


_OFFERED: Repeated[tuple[int]] = Repeated(
    lambda number: ServiceItem.objects.filter(pk=number, withdrawn_at__isnull=True).order_by().values_list("pk")
)


def _require_item(need: NeedFacts) -> None:
    if not _OFFERED.rows(need.item_id):
        raise ItemUnknown(item=str(need.item_id))
    if need.named_agency_id is not None:
        known = Entrant.objects.filter(pk=need.named_agency_id, kind=EntrantKind.AGENCY.value)
        if not known.exists():
            raise Malformed(field="named_agency", reason=gettext_noop("there is no such agency"))


def _require_prices(need: NeedFacts) -> None:
    if need.floor_price is not None and need.ceiling_price is not None and need.floor_price > need.ceiling_price:
        raise Malformed(field="floor_price", reason=gettext_noop("it is above the highest price"))


def _item_for_case(words: str, item_id: int | None) -> catalogue.ItemView:
    if item_id is not None:
        return catalogue.item(item_id)
    found = catalogue.items_for_matter(words)
    if len(found) != 1:
        raise ItemUnknown(item=words)
    return found[0]
