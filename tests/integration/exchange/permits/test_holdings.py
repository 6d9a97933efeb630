"""Rights move between holdings with their documents; the registry keeps every version of a permit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from commons.domain.actor import system_actor
from commons.domain.money import Quantity
from commons.domain.refusals import Malformed, NotFound, NotPermitted, Refusal
from exchange.ledger import queries as ledger
from exchange.ledger import services as ledger_services
from exchange.ledger.domain.postings import NotEnough
from exchange.ledger.domain.units import Book
from exchange.ledger.services import AlreadyCorrected, DocumentNeeded
from exchange.permits import queries, services
from exchange.permits.domain.facts import HoldingView
from exchange.permits.domain.permits import PermitCommand, PermitFacts, PermitNumberTaken, RenewalTooLate
from exchange.permits.domain.rights import Held
from exchange.permits.models import HoldingMovement, PermitLimit
from exchange.permits.services import Paper
from exchange.projects.models import Lot, Project
from tests import cast
from tests.unit.exchange.permits.test_restrictions import PERMIT

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
FLOW = system_actor("test")
pytestmark = pytest.mark.django_db


def tonnes(text: str) -> Quantity:
    return Quantity(Decimal(text))


def lot(quantity: str = "1.680") -> Lot:
    project = Project.objects.create(
        seller_id=cast.organisation("ecology").pk,
        trade_type="EMISSION_RIGHTS",
        region="440600",
        title="NH3-N",
        created_at=AT,
    )
    return Lot.objects.create(
        project=project,
        number=1,
        instrument="NH3-N",
        quantity=quantity,
        start_price="20000",
        step="100",
        profile_name="extension",
        opens_at=AT,
    )


def allocate(key: str, party: str, held_as: Held, quantity: str, instrument: str = "NH3-N") -> int:
    return services.allocate(
        actor=FLOW,
        organisation_id=cast.organisation(party).pk,
        instrument=instrument,
        held_as=held_as,
        quantity=tonnes(quantity),
        region="440600",
        paper=Paper("佛环〔2026〕1号"),
        idempotency_key=key,
        at=AT,
    ).id


def reserve(for_lot: Lot, quantity: str = "1.680") -> None:
    services.reserve_supply(
        actor=FLOW,
        lot_id=for_lot.pk,
        seller_id=cast.organisation("ecology").pk,
        instrument="NH3-N",
        quantity=tonnes(quantity),
        document_ref="佛环〔2026〕2号",
        at=AT,
    )


def transfer(for_lot: Lot, key: str, buyer: str, quantity: str) -> int:
    return services.transfer(
        actor=FLOW,
        lot_id=for_lot.pk,
        buyer_id=cast.organisation(buyer).pk,
        quantity=tonnes(quantity),
        document_id=None,
        document_ref="HT-2026-1",
        idempotency_key=key,
        at=AT,
    ).id


def holding(party: str) -> HoldingView:
    [found] = queries.holdings_of(cast.actor("auditor"), cast.organisation(party).pk)
    return found


def test_a_lot_is_frozen_sold_in_part_and_the_rest_given_back() -> None:
    allocate("a1", "ecology", Held.RESERVE, "4.048")
    offered = lot()

    reserve(offered)
    assert (holding("ecology").reserve, holding("ecology").frozen) == (tonnes("2.368"), tonnes("1.680"))
    transfer(offered, "deal:1", "jinma", "1.000")
    back = services.release_supply(actor=FLOW, lot_id=offered.pk, document_ref="end", at=AT)

    assert back is not None
    assert back.quantity == tonnes("0.680")
    assert (holding("ecology").reserve, holding("ecology").frozen) == (tonnes("3.048"), tonnes("0.000"))
    assert holding("jinma").purchased == tonnes("1.000")
    kinds = [line.kind for line in queries.movements_of(cast.actor("seller"), cast.organisation("ecology").pk)]
    assert kinds == ["UNFROZEN", "TRANSFERRED", "FROZEN", "ALLOCATED"]
    assert ledger.totals(Book.RIGHTS) == {"NH3-N t/a": Decimal("0.000")}


def test_every_step_is_harmless_to_repeat() -> None:
    allocate("a1", "ecology", Held.RESERVE, "4.048")
    offered = lot()

    for _ in range(2):
        allocate("a1", "ecology", Held.RESERVE, "4.048")
        reserve(offered)
        transfer(offered, "deal:1", "jinma", "1.000")
        services.release_supply(actor=FLOW, lot_id=offered.pk, document_ref="end", at=AT)

    assert holding("ecology").reserve == tonnes("3.048")
    assert holding("jinma").purchased == tonnes("1.000")


def test_frozen_rights_go_back_to_where_they_came_from() -> None:
    allocate("a1", "ecology", Held.INITIAL, "1.000")
    allocate("a2", "ecology", Held.PURCHASED, "0.500")
    offered = lot("1.200")

    reserve(offered, "1.200")
    assert (holding("ecology").initial, holding("ecology").purchased) == (tonnes("0.300"), tonnes("0.000"))
    services.release_supply(actor=FLOW, lot_id=offered.pk, document_ref="end", at=AT)

    assert (holding("ecology").initial, holding("ecology").purchased) == (tonnes("1.000"), tonnes("0.500"))


@pytest.mark.parametrize("quantity", ["4.049", "0", "-1"])
def test_more_than_there_is_or_nothing_cannot_be_offered(quantity: str) -> None:
    allocate("a1", "ecology", Held.RESERVE, "4.048")

    with pytest.raises((NotEnough, Malformed)):
        reserve(lot(), quantity)

    assert holding("ecology").reserve == tonnes("4.048")


def test_no_more_is_transferred_than_the_lot_froze() -> None:
    allocate("a1", "ecology", Held.RESERVE, "4.048")
    offered = lot()
    reserve(offered)
    transfer(offered, "deal:1", "jinma", "1.000")

    with pytest.raises(NotEnough):
        transfer(offered, "deal:2", "lanshi", "0.681")
    with pytest.raises(services.NothingFrozen):
        transfer(lot(), "deal:3", "lanshi", "0.001")


def test_a_movement_needs_a_document() -> None:
    with pytest.raises(DocumentNeeded):
        services.allocate(
            actor=FLOW,
            organisation_id=cast.organisation("ecology").pk,
            instrument="COD",
            held_as=Held.RESERVE,
            quantity=tonnes("1"),
            region="440600",
            paper=Paper(" "),
            idempotency_key="x",
            at=AT,
        )


def test_a_wrong_movement_is_reversed_once_with_a_reason() -> None:
    wrong = allocate("a1", "jinma", Held.INITIAL, "1.000")
    arguments: dict[str, Any] = {
        "actor": cast.actor("regulator"),
        "movement_id": wrong,
        "document_ref": "佛环更正1号",
        "at": AT,
    }

    with pytest.raises(Malformed):
        services.reverse(reason=" ", **arguments)
    undone = services.reverse(reason="wrong enterprise", **arguments)

    assert undone.corrects_id == wrong
    assert holding("jinma").initial == 0
    assert services.reverse(reason="wrong enterprise", **arguments).id == undone.id
    with pytest.raises(services.ReversalIsFinal):
        services.reverse(reason="again", **{**arguments, "movement_id": undone.id})


def test_what_a_lot_set_aside_cannot_be_corrected_away_while_it_is_on_offer() -> None:
    offered = lot()
    allocate("a1", "ecology", Held.RESERVE, "2.000")
    reserve(offered)
    frozen = HoldingMovement.objects.get(kind="FROZEN")

    with pytest.raises(services.LotDecides):
        services.reverse(actor=FLOW, movement_id=frozen.pk, reason="wrong", document_ref="d", at=AT)

    assert holding("ecology").frozen == tonnes("1.680")


def test_a_reversed_sale_of_a_lot_that_is_over_goes_back_to_its_seller_and_not_to_the_lot() -> None:
    offered = lot()
    allocate("a1", "ecology", Held.RESERVE, "1.680")
    reserve(offered)
    sold = transfer(offered, "deal:1", "jinma", "1.680")
    Lot.objects.filter(pk=offered.pk).update(state="CLOSED")

    services.reverse(actor=FLOW, movement_id=sold, reason="voided by the court", document_ref="判决1号", at=AT)

    assert (holding("ecology").reserve, holding("ecology").frozen) == (tonnes("1.680"), tonnes("0.000"))
    assert holding("jinma").purchased == tonnes("0.000")


def test_rights_that_moved_on_cannot_be_reversed_away() -> None:
    first = allocate("a1", "ecology", Held.RESERVE, "1.680")
    reserve(lot())

    with pytest.raises(NotEnough):
        services.reverse(actor=FLOW, movement_id=first, reason="wrong", document_ref="d", at=AT)


def test_cancelled_rights_stay_counted_but_cannot_be_used() -> None:
    allocate("a1", "jinma", Held.INITIAL, "1.000")
    arguments: dict[str, Any] = {
        "actor": FLOW,
        "organisation_id": cast.organisation("jinma").pk,
        "instrument": "NH3-N",
        "at": AT,
    }

    services.cancel(quantity=tonnes("0.400"), paper=Paper("closure"), idempotency_key="c1", **arguments)

    assert (holding("jinma").free, holding("jinma").cancelled) == (tonnes("0.600"), tonnes("0.400"))
    with pytest.raises(NotEnough):
        services.cancel(quantity=tonnes("0.601"), paper=Paper("closure"), idempotency_key="c2", **arguments)


def test_carbon_allowances_stand_apart_in_tonnes() -> None:
    allocate("a1", "ecology", Held.RESERVE, "500000", instrument="CARBON")

    assert (holding("ecology").instrument, holding("ecology").unit) == ("CARBON", "t")


def test_the_movement_table_only_grows() -> None:
    allocate("a1", "jinma", Held.INITIAL, "1.000")

    with pytest.raises(IntegrityError), transaction.atomic():
        HoldingMovement.objects.update(quantity=2)


# Who may see and do what


@pytest.mark.parametrize(
    ("who", "may"),
    [("buyer1", True), ("buyer2", False), ("staff", True), ("regulator", True), ("auditor", True), ("finance", False)],
)
def test_holdings_are_for_their_owner_and_the_overseers(who: str, may: bool) -> None:
    viewer, of = cast.actor(who), cast.organisation("jinma").pk

    if may:
        assert queries.holdings_of(viewer, of) == ()
    else:
        with pytest.raises(NotPermitted):
            queries.holdings_of(viewer, of)


@pytest.mark.parametrize("who", ["buyer1", "seller", "host", "finance", "treasury", "auditor", "staff2"])
def test_only_the_keepers_of_the_registry_change_it(who: str) -> None:
    with pytest.raises(NotPermitted):
        services.record_permit(actor=cast.actor(who), facts=permit(), at=AT)
    with pytest.raises(NotPermitted):
        services.cancel(
            actor=cast.actor(who),
            organisation_id=cast.organisation("jinma").pk,
            instrument="COD",
            quantity=tonnes("1"),
            paper=Paper("d"),
            idempotency_key="c",
            at=AT,
        )


# The registry


def permit(**changes: Any) -> PermitFacts:
    return replace(PERMIT, organisation_id=cast.organisation("jinma").pk, **changes)


def eligible(quantity: str = "1.680", on: date = TODAY, instrument: str = "NH3-N") -> list[str]:
    found = queries.eligibility(
        organisation_id=cast.organisation("jinma").pk,
        instrument=instrument,
        quantity=tonnes(quantity),
        region="440600",
        seller_id=cast.organisation("ecology").pk,
        on=on,
    )
    return [refusal.code for refusal in found.reasons]


def test_an_enterprise_becomes_eligible_with_its_permit() -> None:
    assert eligible() == ["PERMIT_MISSING"]

    services.record_permit(actor=cast.actor("regulator"), facts=permit(), at=AT)

    assert eligible() == []


def test_a_number_is_recorded_once() -> None:
    services.record_permit(actor=FLOW, facts=permit(), at=AT)

    with pytest.raises(PermitNumberTaken):
        services.record_permit(actor=FLOW, facts=permit(), at=AT)


def test_a_correction_supersedes_and_the_old_version_stays() -> None:
    services.record_permit(actor=FLOW, facts=permit(basin="西江"), at=AT)
    services.set_basin(actor=FLOW, region="440600", basin="北江", document_ref="d", at=AT)
    assert eligible() == ["PERMIT_OUTSIDE_BASIN"]

    services.correct_permit(actor=FLOW, number=PERMIT.number, facts=permit(), reason="misread", at=AT)

    assert eligible() == []
    history = queries.permit_history(cast.actor("buyer1"), PERMIT.number)
    assert [(view.version, view.facts.basin, view.reason) for view in history] == [
        (2, "北江", "misread"),
        (1, "西江", ""),
    ]


def test_the_newest_basin_of_a_region_counts() -> None:
    services.record_permit(actor=FLOW, facts=permit(), at=AT)
    for basin in ("西江", "北江"):
        services.set_basin(actor=FLOW, region="440600", basin=basin, document_ref="d", at=AT)

    assert eligible() == []


def test_a_renewed_permit_is_valid_in_both_terms_and_a_revocation_ends_both() -> None:
    services.record_permit(actor=FLOW, facts=permit(), at=AT)
    arguments: dict[str, Any] = {"actor": FLOW, "number": PERMIT.number, "document_ref": "d", "at": AT}
    with pytest.raises(RenewalTooLate):
        services.renew_permit(applied_on=date(2028, 11, 2), valid_until=date(2033, 12, 31), **arguments)
    services.renew_permit(applied_on=date(2028, 10, 1), valid_until=date(2033, 12, 31), **arguments)
    assert eligible() == eligible(on=date(2030, 1, 1)) == []

    services.decide_permit(command=PermitCommand.REVOKE, **arguments)

    assert eligible() == eligible(on=date(2030, 1, 1)) == ["PERMIT_NOT_IN_FORCE"]


def test_a_missed_target_closes_an_area_until_it_is_met() -> None:
    services.record_permit(actor=FLOW, facts=permit(), at=AT)
    target = services.miss_target(
        actor=FLOW, region="440600", instrument="SO2", missed_from=date(2026, 1, 1), document_ref="粤环1号", at=AT
    )
    assert eligible(instrument="SO2") == ["PERMIT_AREA_MISSES_TARGET"]
    with pytest.raises(services.TargetAlreadyMissed):
        services.miss_target(actor=FLOW, region="440600", instrument="SO2", missed_from=TODAY, document_ref="d", at=AT)

    services.meet_target(actor=FLOW, target_id=target, met_from=date(2026, 6, 1), document_ref="粤环2号", at=AT)

    assert eligible(instrument="SO2") == []
    with pytest.raises(NotFound):
        services.meet_target(actor=FLOW, target_id=target, met_from=date(2026, 6, 1), document_ref="d", at=AT)


def test_limits_cannot_be_edited() -> None:
    services.record_permit(actor=FLOW, facts=permit(), at=AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        PermitLimit.objects.update(quantity=9)


def test_the_registry_finds_by_holder_number_and_pollutant() -> None:
    services.record_permit(actor=FLOW, facts=permit(), at=AT)
    staff = cast.actor("staff")

    assert len(queries.registry(staff, search="金马", instrument="SO2", region="440600")) == 1
    assert queries.registry(staff, instrument="COD") == ()
    with pytest.raises(NotPermitted):
        queries.registry(cast.actor("buyer1"))


# Two lots are offered from the same holding at once


@pytest.mark.django_db(transaction=True)
def test_two_lots_cannot_freeze_the_same_tonne_at_the_same_moment() -> None:
    allocate("a1", "ecology", Held.RESERVE, "1.680")
    lots, barrier = [lot(), lot()], Barrier(2)

    def run(work: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=10)
            return work()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, [lambda: reserve(lots[0]), lambda: reserve(lots[1])]))

    assert sorted(type(result).__name__ for result in results) == ["NoneType", "NotEnough"]
    assert (holding("ecology").reserve, holding("ecology").frozen) == (tonnes("0.000"), tonnes("1.680"))


def test_a_correction_cannot_be_made_twice_at_once_in_the_ledger() -> None:
    first = allocate("a1", "jinma", Held.INITIAL, "1.000")
    services.reverse(actor=FLOW, movement_id=first, reason="wrong", document_ref="d", at=AT)
    transfer_id = HoldingMovement.objects.get(pk=first).transfer_id

    with pytest.raises(AlreadyCorrected):
        ledger_services.reverse(
            actor=FLOW, transfer_id=transfer_id, key="k", reason="r", document_ref="d", at=AT, stream="account:1"
        )
