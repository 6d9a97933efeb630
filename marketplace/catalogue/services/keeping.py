"""Keeping the catalogue: entered, revised, withdrawn; every version stands in the evidence."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor
from commons.domain.money import as_text
from commons.domain.refusals import Malformed, NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from commons.search import services as search
from marketplace.catalogue.domain.items import ItemFacts, QualificationUnknown
from marketplace.catalogue.domain.requirements import Requirement, codes_of, text_of
from marketplace.catalogue.models import ItemMatter, QualificationKind, ServiceItem
from marketplace.catalogue.policies import can_keep_catalogue
from marketplace.catalogue.queries import KIND


class ItemKnown(Refusal):
    code = "ITEM_KNOWN"
    message = gettext_noop("The catalogue has an item %(item)s already; revise that one.")


@transaction.atomic
def enter_item(*, actor: Actor, facts: ItemFacts, at: datetime, provenance: str = "entered") -> int:
    """Put an item into the catalogue. Refuses `Malformed`, `ItemKnown`, `QualificationUnknown`."""
    can_keep_catalogue(actor).require()
    facts.require()
    require_known(facts.requirement)
    try:
        with transaction.atomic():
            row = ServiceItem.objects.create(**_columns(facts), provenance=provenance, entered_at=at)
    except IntegrityError:
        raise ItemKnown(item=facts.code) from None
    _keep_matters(row, facts)
    _record(row, facts, "ServiceItemEntered", actor=actor, at=at)
    return row.pk


@transaction.atomic
def revise_item(*, actor: Actor, item_id: int, facts: ItemFacts, reason: str, at: datetime) -> None:
    """Bring an item to what is decided now; published notices keep what they said. Refuses as `enter_item`."""
    can_keep_catalogue(actor).require()
    facts.require()
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("it is empty"))
    row = _locked(item_id)
    if row.code != facts.code:
        raise Malformed(field="code", reason=gettext_noop("an item keeps its code"))
    require_known(facts.requirement)
    ServiceItem.objects.filter(pk=row.pk).update(**_columns(facts), version=row.version + 1, withdrawn_at=None)
    row.version += 1
    _keep_matters(row, facts)
    _record(row, facts, "ServiceItemRevised", actor=actor, at=at, reason=reason.strip())


@transaction.atomic
def withdraw_item(*, actor: Actor, item_id: int, reason: str, at: datetime) -> None:
    """Take an item off the list: nothing new is bought under it. Refuses `NotFound`, `Malformed`."""
    can_keep_catalogue(actor).require()
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("it is empty"))
    row = _locked(item_id)
    if ServiceItem.objects.filter(pk=row.pk, withdrawn_at__isnull=True).update(withdrawn_at=at) != 1:
        raise NotFound()
    payload: dict[str, JSON] = {"code": row.code, "reason": reason.strip()}
    append(stream=f"item:{row.pk}", type="ServiceItemWithdrawn", actor=actor, payload=payload, decided_at=at)


@transaction.atomic
def enter_qualification(*, actor: Actor, code: str, name: str, grades: Sequence[str], at: datetime) -> None:
    """Enter a kind of qualification, or bring its names to what holds now; `grades` from the best."""
    can_keep_catalogue(actor).require()
    if not (code.strip() and name.strip()):
        raise Malformed(field="code", reason=gettext_noop("it is empty"))
    says = {"name": name.strip(), "grades": list(grades)}
    QualificationKind.objects.update_or_create(code=code, defaults=says)
    payload: dict[str, JSON] = {"code": code, "name": name.strip(), "grades": list(grades)}
    append(stream="qualifications", type="QualificationEntered", actor=actor, payload=payload, decided_at=at)


def require_known(requirement: Requirement) -> None:
    """Refuses (`QualificationUnknown`) a requirement that names what the register does not know."""
    codes = codes_of(requirement)
    known = set(QualificationKind.objects.filter(code__in=codes).values_list("code", flat=True)) if codes else set()
    for code in sorted(codes - known):
        raise QualificationUnknown(qualification=code)


def _locked(item_id: int) -> ServiceItem:
    row = ServiceItem.objects.select_for_update().filter(pk=item_id).first()
    if row is None:
        raise NotFound()
    return row


def _columns(facts: ItemFacts) -> dict[str, object]:
    return {
        "code": facts.code.strip(),
        "name": facts.name.strip(),
        "service_type": facts.service_type.strip(),
        "requirement": text_of(facts.requirement),
        "legal_basis": facts.legal_basis.strip(),
        "price_low": facts.price.low,
        "price_high": facts.price.high,
        "price_unit": facts.price.unit.value,
        "price_basis": facts.price.basis.strip(),
        "region": facts.region,
        "in_central_catalogue": facts.in_central_catalogue,
    }


def _keep_matters(row: ServiceItem, facts: ItemFacts) -> None:
    row.matters.all().delete()
    ItemMatter.objects.bulk_create(
        [ItemMatter(item=row, code=one.code, name=one.name, authority=one.authority) for one in facts.matters]
    )
    words = " ".join([facts.code, facts.name, facts.service_type, *(one.name for one in facts.matters)])
    search.store(kind=KIND, ref=row.pk, text=words)


def _record(row: ServiceItem, facts: ItemFacts, event: str, *, actor: Actor, at: datetime, reason: str = "") -> None:
    payload: dict[str, JSON] = {
        name: as_text(value) if name.startswith("price_") and value is not None else value  # type: ignore[arg-type, misc]
        for name, value in _columns(facts).items()
    }
    payload["matters"] = [{"code": one.code, "name": one.name, "authority": one.authority} for one in facts.matters]
    payload |= {"version": str(row.version), "reason": reason}
    append(stream=f"item:{row.pk}", type=event, actor=actor, payload=payload, decided_at=at)
