"""The pages of the registry, and its imports."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commons.imports import services as imports
from commons.imports.importer import ImportContext, importer
from exchange.ledger.domain.postings import NotEnough
from exchange.permits import queries, services
from exchange.permits.domain.permits import PermitFactsDiffer
from exchange.permits.domain.rights import Held
from exchange.permits.importing import HolderUnknown, HoldingRow, PermitRow
from exchange.permits.models import HoldingMovement
from tests import cast
from tests.integration.exchange.permits.test_holdings import AT, FLOW, allocate, holding, lot, permit, reserve
from tests.unit.exchange.permits.test_restrictions import PERMIT

pytestmark = pytest.mark.django_db


def browser(who: str) -> Client:
    client = Client()
    client.force_login(cast.person(who), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def full_registry() -> dict[str, Any]:
    for n in range(4):
        services.record_permit(actor=FLOW, facts=permit(number=f"P{n}"), at=AT)
        allocate(f"a{n}", "jinma", Held.INITIAL, "1.000")
        allocate(f"e{n}", "ecology", Held.RESERVE, "1.000", instrument="COD")
    services.set_basin(actor=FLOW, region="440600", basin="北江", document_ref="d", at=AT)
    services.miss_target(actor=FLOW, region="440600", instrument="SO2", missed_from=AT.date(), document_ref="d", at=AT)
    movement = HoldingMovement.objects.order_by("id").first()
    assert movement is not None
    return {"number": "P1", "movement_id": movement.pk, "organisation_id": cast.organisation("jinma").pk}


PAGES = [
    ("buyer1", "mine", ()),
    ("buyer1", "permit", ("number",)),
    ("staff", "list", ()),
    ("regulator", "list", ()),
    ("auditor", "holders", ()),
    ("regulator", "holder", ("organisation_id",)),
    ("regulator", "permit", ("number",)),
    ("regulator", "correct", ("number",)),
    ("regulator", "record", ()),
    ("regulator", "reverse", ("movement_id",)),
    ("regulator", "renew", ("number",)),
    ("regulator", "move", ("organisation_id",)),
    ("regulator", "areas", ()),
]


@pytest.mark.parametrize(("who", "name", "needs"), PAGES, ids=[f"{who}-{name}" for who, name, _ in PAGES])
def test_a_page_takes_at_most_ten_queries(who: str, name: str, needs: tuple[str, ...]) -> None:
    ids = full_registry()
    client = browser(who)

    with CaptureQueriesContext(connection) as seen:
        response = client.get(reverse(f"permits:{name}", kwargs={key: ids[key] for key in needs}))

    assert response.status_code == 200
    assert len(seen) <= 10, "\n".join(query["sql"] for query in seen.captured_queries)


@pytest.mark.parametrize(
    ("who", "name"),
    [("buyer1", "list"), ("finance", "list"), ("buyer1", "holders"), ("staff2", "record"), ("buyer1", "areas")],
)
def test_the_registry_is_closed_to_others(who: str, name: str) -> None:
    assert browser(who).get(reverse(f"permits:{name}")).status_code == 403


def test_a_rivals_permit_cannot_be_found() -> None:
    full_registry()

    assert browser("buyer2").get(reverse("permits:permit", args=["P1"])).status_code == 404


@pytest.mark.parametrize(("who", "name"), [("buyer1", "mine"), ("staff", "list"), ("staff", "holders")])
def test_lists_come_as_csv(who: str, name: str) -> None:
    full_registry()

    response = browser(who).get(reverse(f"permits:{name}"), {"format": "csv"})

    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert len(content.splitlines()) >= 3


FORM = {
    "number": "91440600X001P", "uscc": "", "region": "440604", "basin": "北江", "industry": "OTHER",
    "valid_from": "2024-01-01", "valid_until": "2028-12-31", "document_ref": "佛环证1号", "limit_NH3_N": "4.048",
}  # fmt: skip


def test_the_regulator_records_corrects_and_suspends_a_permit_by_clicking() -> None:
    client, said = browser("regulator"), {**FORM, "uscc": cast.organisation("jinma").uscc}

    client.post(reverse("permits:record"), said)
    client.post(
        reverse("permits:correct", args=[FORM["number"]]), {**said, "limit_NH3_N": "5.000", "reason": "misread"}
    )
    client.post(reverse("permits:permit", args=[FORM["number"]]), {"command": "SUSPEND", "document_ref": "佛环函2号"})

    newest, first = queries.permit_history(cast.actor("regulator"), FORM["number"])
    assert [limit.quantity for limit in newest.facts.limits] == [Decimal("5.000")]
    assert (newest.facts.state, first.facts.limits[0].quantity) == ("SUSPENDED", Decimal("4.048"))


def test_a_permit_of_six_years_is_refused_on_the_form() -> None:
    said = {**FORM, "uscc": cast.organisation("jinma").uscc, "valid_until": "2029-12-31"}

    response = browser("regulator").post(reverse("permits:record"), said)

    assert response.status_code == 400
    assert queries.current_permit(FORM["number"]) is None


def test_areas_are_entered_and_met_again_by_clicking() -> None:
    client = browser("regulator")
    target = {"step": "miss", "region": "440600", "instrument": "SO2", "missed_from": "2026-01-01", "document_ref": "1"}

    client.post(reverse("permits:areas"), {"step": "basin", "region": "440600", "basin": "北江", "document_ref": "2"})
    client.post(reverse("permits:areas"), target)
    [area] = queries.areas(cast.actor("regulator"))
    assert (area.basin, len(area.missed)) == ("北江", 1)
    client.post(reverse("permits:met", args=[area.missed[0][0]]), {"document_ref": "3"})

    assert queries.areas(cast.actor("regulator"))[0].missed == ()


def test_the_need_that_may_be_bought_is_entered_and_a_correction_keeps_it() -> None:
    client = browser("regulator")
    said = {**FORM, "uscc": cast.organisation("jinma").uscc, "need_NH3_N": "2.000"}
    client.post(reverse("permits:record"), said)

    shown = client.get(reverse("permits:correct", args=[FORM["number"]])).context["form"]
    client.post(reverse("permits:correct", args=[FORM["number"]]), {**said, "basin": "西江", "reason": "misread"})

    assert shown.initial["need_NH3_N"] == Decimal("2.000")
    newest = queries.permit_history(cast.actor("regulator"), FORM["number"])[0]
    assert newest.facts.limits[0].approved_need == Decimal("2.000")


def test_a_renewal_is_recorded_by_clicking_and_a_late_one_refused() -> None:
    client = browser("regulator")
    client.post(reverse("permits:record"), {**FORM, "uscc": cast.organisation("jinma").uscc})
    address = reverse("permits:renew", args=[FORM["number"]])
    said = {"applied_on": "2028-10-01", "valid_until": "2033-12-31", "document_ref": "佛环证9号"}

    late = client.post(address, {**said, "applied_on": "2028-12-01"})
    client.post(address, said)

    assert late.status_code == 409
    newest = queries.permit_history(cast.actor("regulator"), FORM["number"])[0]
    assert (str(newest.facts.valid_from), str(newest.facts.valid_until)) == ("2029-01-01", "2033-12-31")


def move(client: Client, **said: str) -> Any:
    values = {
        "instrument": "NH3-N", "quantity": "", "held_as": "", "region": "", "document_ref": "佛法执〔2026〕1号",
        "reason": "decided", "key": str(uuid4()), **said,
    }  # fmt: skip
    return client.post(reverse("permits:move", args=[cast.organisation("jinma").pk]), values)


def test_rights_are_allocated_frozen_given_free_and_cancelled_by_clicking() -> None:
    client, key = browser("regulator"), str(uuid4())
    issue = {
        "kind": "ALLOCATE",
        "quantity": "2.000",
        "held_as": "INITIAL",
        "region": "440600",
        "valid_until": "2031-05-31",
    }

    for _ in range(2):
        assert move(client, key=key, **issue).status_code == 302
    assert move(client, kind="FREEZE", quantity="0.500").status_code == 302
    frozen = holding("jinma")
    assert move(client, kind="UNFREEZE", document_ref="another").status_code == 409
    assert move(client, kind="UNFREEZE").status_code == 302
    assert move(client, kind="CANCEL", quantity="0.250").status_code == 302

    assert (frozen.initial, frozen.frozen) == (Decimal("1.500"), Decimal("0.500"))
    assert (holding("jinma").initial, holding("jinma").frozen) == (Decimal("1.750"), Decimal("0.000"))
    assert holding("jinma").cancelled == Decimal("0.250")
    [allocated] = HoldingMovement.objects.filter(kind="ALLOCATED")
    assert str(allocated.valid_until) == "2031-05-31"
    page = client.get(reverse("permits:holder", args=[cast.organisation("jinma").pk])).content.decode()
    assert "2031-05-31" in page
    assert reverse("permits:move", args=[cast.organisation("jinma").pk]) in page


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "CANCEL", "quantity": "5.000"},
        {"kind": "FREEZE", "quantity": "-1"},
        {"kind": "FREEZE", "quantity": "0.0001"},
        {"kind": "CANCEL"},
        {"kind": "ALLOCATE", "quantity": "1.000"},
        {"kind": "SELL", "quantity": "1.000"},
    ],
)
def test_a_movement_that_cannot_be_is_refused_on_the_form(said: dict[str, str]) -> None:
    allocate("a1", "jinma", Held.INITIAL, "1.000")

    assert move(browser("regulator"), **said).status_code in (400, 409)

    assert (holding("jinma").initial, holding("jinma").frozen) == (Decimal("1.000"), Decimal("0.000"))


def test_only_the_keepers_move_rights() -> None:
    for who in ("buyer1", "staff2", "auditor", "seller"):
        assert move(browser(who), kind="FREEZE", quantity="0.100").status_code == 403


# Imports


def context(reason: str = "") -> ImportContext:
    at = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
    return ImportContext(cast.actor("staff"), at, run_id=1, document_sha256="ab" * 32, line=2, reason=reason)


def permit_row(instrument: str = "NH3-N", quantity: str = "4.048", **changes: Any) -> PermitRow:
    known: dict[str, Any] = {
        "permit_no": PERMIT.number,
        "uscc": cast.organisation("jinma").uscc,
        "region": "440604",
        "basin": "北江",
        "industry": "OTHER",
        "instrument": instrument,
        "quantity": Decimal(quantity),
        "approved_need": None,
        "valid_from": PERMIT.valid_from,
        "valid_until": PERMIT.valid_until,
    }
    return PermitRow(**{**known, **changes})


def holding_row(quantity: str = "4.048", **changes: Any) -> HoldingRow:
    known: dict[str, Any] = {
        "uscc": cast.organisation("ecology").uscc,
        "instrument": "NH3-N",
        "held_as": "RESERVE",
        "quantity": Decimal(quantity),
        "region": "440600",
        "document_ref": "佛环〔2018〕1号",
        "valid_from": None,
        "valid_until": None,
    }
    return HoldingRow(**{**known, **changes})


def kind(name: str) -> Any:
    found = importer(name)
    assert found is not None
    return found


def test_rows_of_one_permit_become_one_permit_with_its_pollutants() -> None:
    for row in (permit_row(), permit_row("COD", "12.000")):
        kind("permits").create(row, context())

    found = queries.current_permit(PERMIT.number)
    assert found is not None
    assert {limit.instrument: limit.quantity for limit in found.limits} == {
        "NH3-N": Decimal("4.048"),
        "COD": Decimal("12.000"),
    }


def test_a_row_that_contradicts_the_permit_is_refused() -> None:
    kind("permits").create(permit_row(), context())

    with pytest.raises(PermitFactsDiffer):
        kind("permits").create(permit_row("COD", basin="西江"), context())
    with pytest.raises(HolderUnknown):
        kind("permits").create(permit_row(permit_no="N2", uscc="91440600MA00000000"), context())


def test_a_corrected_row_supersedes_and_leaves_the_other_pollutants() -> None:
    for row in (permit_row(), permit_row("COD", "12.000")):
        kind("permits").create(row, context())

    kind("permits").correct(permit_row(quantity="5.000"), "permit:x", context("misread"))

    found = queries.current_permit(PERMIT.number)
    assert found is not None
    assert {limit.instrument: limit.quantity for limit in found.limits} == {
        "NH3-N": Decimal("5.000"),
        "COD": Decimal("12.000"),
    }


def test_a_holding_is_imported_once_and_corrected_by_reversal() -> None:
    reference = kind("holdings").create(holding_row(), context())
    assert kind("holdings").create(holding_row(), context()) == reference

    kind("holdings").correct(holding_row("3.000"), reference, context("wrong column"))

    assert holding("ecology").reserve == Decimal("3.000")
    lines = queries.movements_of(cast.actor("auditor"), cast.organisation("ecology").pk)
    assert [line.kind for line in lines] == ["ALLOCATED", "REVERSED", "ALLOCATED"]


def test_a_holding_that_was_frozen_since_cannot_be_corrected_away() -> None:
    reference = kind("holdings").create(holding_row("1.680"), context())
    reserve(lot())

    with pytest.raises(NotEnough):
        kind("holdings").correct(holding_row("1.000"), reference, context("wrong"))


TABLE = """许可证编号,统一社会信用代码,行政区划,流域,行业,污染物,许可排放量（吨/年）,有效期起,有效期止
{n},{uscc},440604,北江,其他,氨氮,4.048,2024-01-01,2028-12-31
{n},{uscc},440604,北江,其他,化学需氧量,12.5,2024年1月1日,2028/12/31
{n}-2,{uscc},440604,北江,其他,氨氮,4.0481,2024-01-01,2028-12-31
{n}-3,{uscc},440604,北江,其他,氨氮,4,2024-01-01,2030-12-31
"""


def test_a_table_of_permits_comes_in_after_a_dry_run_and_names_its_refused_rows() -> None:
    content = TABLE.format(n=PERMIT.number, uscc=cast.organisation("jinma").uscc).encode()

    def run(*, dry_run: bool) -> Any:
        return imports.import_file(
            actor=cast.actor("staff"), kind="permits", file=BytesIO(content), name="permits.csv", at=AT, dry_run=dry_run
        )

    dry = run(dry_run=True)
    assert (dry.created, dry.refused) == (2, 2)
    assert queries.current_permit(PERMIT.number) is None
    done = run(dry_run=False)

    assert (done.created, done.refused) == (2, 2)
    found = queries.current_permit(PERMIT.number)
    assert found is not None
    assert {limit.instrument: limit.quantity for limit in found.limits} == {
        "NH3-N": Decimal("4.048"),
        "COD": Decimal("12.500"),
    }
    assert run(dry_run=False).created == 0
