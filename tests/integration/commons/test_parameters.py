"""Rule parameters in the database: seeded once, superseded by staff, snapshotted for projects."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from commons.approvals import services as approvals
from commons.approvals.domain.approval import ApprovalForSomethingElse, ApprovalNeedsAnotherPerson, ApprovalNotGiven
from commons.approvals.models import Approval
from commons.domain.refusals import Malformed, NotPermitted
from commons.entries import NothingChanges
from commons.evidence.models import EvidenceEntry
from commons.evidence.queries import records_by_key
from commons.parameters import queries, services
from commons.parameters.domain.legality import MethodUnlawful
from commons.parameters.domain.values import ParameterUnknown
from commons.parameters.models import LegalityRule, ParameterValue
from commons.parameters.services.editing import BackDated
from tests.cast import actor
from tests.integration.exchange.auctions import story

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ON = date(2026, 11, 23)
FOSHAN = {"trade_type": "EMISSION_RIGHTS", "region": "440600"}

pytestmark = pytest.mark.django_db


def enter(value, **fields):
    defaults: dict[str, Any] = {
        "actor": actor("staff"),
        "key": "deposit.share",
        "source": "佛环〔2026〕12号",
        "mark": "V",
        "valid_from": date(2027, 1, 1),
        "reason": "新办法施行",
        "at": AT,
        **FOSHAN,
    }
    return services.enter_value(value=value, **(defaults | fields))


def test_a_new_installation_knows_the_parameters():
    assert queries.decimal("deposit.share", **FOSHAN, on=ON) == Decimal("0.20")
    assert queries.integer("contract.working_days", **FOSHAN, on=ON) == 3


def test_seeding_again_changes_nothing():
    before = ParameterValue.objects.count(), LegalityRule.objects.count()

    assert services.seed(at=AT) == 0
    assert (ParameterValue.objects.count(), LegalityRule.objects.count()) == before


def test_a_change_takes_effect_on_its_day_and_where_it_is_entered():
    enter("0.25")

    assert queries.decimal("deposit.share", **FOSHAN, on=date(2026, 12, 31)) == Decimal("0.20")
    assert queries.decimal("deposit.share", **FOSHAN, on=date(2027, 1, 1)) == Decimal("0.25")
    assert queries.decimal(
        "deposit.share", trade_type="EMISSION_RIGHTS", region="440100", on=date(2027, 1, 1)
    ) == Decimal("0.20")


def test_a_correction_of_the_same_day_names_the_row_it_replaces():
    first = enter("0.25")
    second = enter("0.30", reason="笔误")

    newest = queries.history("deposit.share")
    rows = {row.id: row for row in newest}
    assert rows[second].replaces_id == first
    assert rows[first].value == "0.25"
    assert queries.decimal("deposit.share", **FOSHAN, on=date(2027, 1, 1)) == Decimal("0.30")


def test_a_snapshot_keeps_what_was_in_force_with_its_source():
    taken = queries.snapshot(**FOSHAN, on=ON)
    enter("0.25", valid_from=ON)

    assert queries.from_snapshot(taken, "deposit.share") == Decimal("0.20")
    assert taken["contract.working_days"] == {
        "value": "3",
        "unit": "working_day",
        "source": "PW2018(SZ)GK0005：成交后3个工作日内签订合同",
        "mark": "V",
        "valid_from": "1990-01-01",
        "row": taken["contract.working_days"]["row"],
    }
    assert "supermarket.direct_ceiling" not in taken
    with pytest.raises(ParameterUnknown):
        queries.from_snapshot(taken, "supermarket.direct_ceiling")


def test_a_snapshot_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.snapshot(**FOSHAN, on=ON)


def test_an_unknown_parameter_is_refused():
    for key, trade_type in (("no.such", "LAND"), ("supermarket.direct_ceiling", "WORKS")):
        with pytest.raises(ParameterUnknown):
            queries.value(key, trade_type=trade_type, region="440600", on=ON)


@pytest.mark.parametrize(
    "fields",
    [
        {"value": "2"},
        {"value": "０.3"},
        {"trade_type": "PICTURES"},
        {"region": "4406"},
        {"mark": "X"},
        {"source": " "},
        {"reason": ""},
    ],
)
def test_a_change_must_be_complete_and_of_its_kind(fields):
    before = ParameterValue.objects.count()
    with pytest.raises(Malformed):
        enter(**({"value": "0.3"} | fields))
    assert ParameterValue.objects.count() == before


def test_a_change_that_changes_nothing_is_refused():
    enter("0.25")
    with pytest.raises(NothingChanges):
        enter("0.25")


@pytest.mark.parametrize("who", ["buyer1", "seller", "auditor", "finance"])
def test_only_staff_change_parameters(who):
    with pytest.raises(NotPermitted):
        enter("0.25", actor=actor(who))


def test_every_change_leaves_evidence():
    number = enter("0.25")

    entry = EvidenceEntry.objects.filter(stream="parameters").latest("seq")
    assert entry.type == "ParameterEntered"
    assert f'"row":"{number}"' in bytes(entry.payload).decode()


def test_the_database_refuses_to_edit_a_value():
    number = enter("0.25")
    with pytest.raises(IntegrityError), transaction.atomic():
        ParameterValue.objects.filter(pk=number).update(value="0.99")


def test_reverse_bidding_in_government_procurement_is_refused_with_the_article():
    with pytest.raises(MethodUnlawful) as refused:
        queries.require_lawful(method="REVERSE_AUCTION", sector="GOVERNMENT_PROCUREMENT", region="440600", on=ON)
    assert "政府采购法第二十六条" in str(refused.value.fields["article"])


def test_an_english_auction_of_emission_rights_is_lawful():
    found = queries.require_lawful(method="ENGLISH_AUCTION", sector="EMISSION_RIGHTS", region="440600", on=ON)
    assert "国办发〔2014〕38号" in found.article


def test_a_reform_basis_makes_award_separation_lawful_in_its_city():
    services.enter_legality(
        actor=actor("staff"),
        method="AWARD_SEPARATION",
        sector="WORKS",
        region="440600",
        verdict="LAWFUL",
        article="佛府办〔2026〕3号 评定分离试点",
        mark="V",
        valid_from=ON,
        reason="试点批复",
        at=AT,
    )

    assert queries.require_lawful(method="AWARD_SEPARATION", sector="WORKS", region="440604", on=ON)
    with pytest.raises(MethodUnlawful):
        queries.require_lawful(method="AWARD_SEPARATION", sector="WORKS", region="440100", on=ON)


def test_a_sector_ban_on_order_books_holds_everywhere():
    with pytest.raises(MethodUnlawful) as refused:
        queries.require_lawful(method="ORDER_BOOK", sector="EMISSION_RIGHTS", region="640000", on=ON)
    assert "国发〔2011〕38号" in str(refused.value.fields["article"])


def back_dated(**fields):
    return {"actor": actor("staff"), "key": "deposit.share", "value": "0.25", "source": "佛环〔2026〕12号", "mark": "V",
            "valid_from": date(2026, 1, 1), "reason": "更正", "at": AT, **FOSHAN, **fields}  # fmt: skip


def test_one_person_alone_enters_nothing_for_a_day_that_is_over():
    with pytest.raises(BackDated):
        services.enter_value(**back_dated())


def test_two_persons_enter_a_value_for_a_day_that_is_over():
    number = services.ask_value(**back_dated())
    with pytest.raises(ApprovalNotGiven):
        services.carry_out(actor=actor("staff"), approval_id=number, subject="parameter:deposit.share", at=AT)
    assert queries.decimal("deposit.share", **FOSHAN, on=ON) == Decimal("0.20")

    with pytest.raises(ApprovalNeedsAnotherPerson):
        approvals.approve(actor=actor("staff"), approval_id=number, at=AT)
    approvals.approve(actor=actor("staff2"), approval_id=number, at=AT)
    services.carry_out(actor=actor("staff"), approval_id=number, subject="parameter:deposit.share", at=AT)

    assert queries.decimal("deposit.share", **FOSHAN, on=date(2026, 1, 1)) == Decimal("0.25")
    assert queries.decimal("deposit.share", **FOSHAN, on=date(2025, 12, 31)) == Decimal("0.20")


def test_an_approved_value_is_entered_once_and_as_it_was_approved():
    number = services.ask_value(**back_dated())
    approvals.approve(actor=actor("staff2"), approval_id=number, at=AT)
    with pytest.raises(ApprovalForSomethingElse):
        services.carry_out(actor=actor("staff"), approval_id=number, subject="parameter:notice.days", at=AT)
    services.carry_out(actor=actor("staff"), approval_id=number, subject="parameter:deposit.share", at=AT)

    with pytest.raises(ApprovalNotGiven):
        services.carry_out(actor=actor("staff"), approval_id=number, subject="parameter:deposit.share", at=AT)


def test_the_request_names_what_was_published_since_and_keeps_its_rules():
    story.qualified_lot({"buyer1": "1.680"})
    number = services.ask_value(**back_dated(valid_from=date(1990, 1, 1), at=timezone.now()))

    stays = Approval.objects.get(pk=number).payload["stays"]
    assert any("deposit.share = 0.20" in line for line in stays)


def test_a_value_shows_where_it_stands_in_the_log(client):
    number = enter("0.25")
    page = client.get("/parameters/deposit.share/").text

    record = records_by_key("parameters", [f"row:{number}"])[f"row:{number}"]
    assert record.hash[:8] in page
    assert page.count("<details") == 1, "what came with the installation has no entry of its own in a test"
