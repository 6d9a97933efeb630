"""Each method through the services, computed again from its record; what can go wrong on the way."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest

from commons.domain.actor import Actor
from commons.domain.refusals import NotPermitted
from commons.evidence import services as evidence
from commons.evidence.domain.trust import Keyring
from marketplace.entry.models import AgencyQualification, Entrant
from marketplace.procurement import queries as procurements
from marketplace.procurement import services as procurement_services
from marketplace.procurement.domain.methods import Method, QuoteKind
from marketplace.procurement.domain.needs import Criterion
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.policies import AuditedByYourself
from marketplace.selection import queries, services
from marketplace.selection.domain import record
from marketplace.selection.domain.case import Cause
from marketplace.selection.domain.states import NotYetDue, SelectionState, Wait
from marketplace.signups import services as signups
from marketplace.verify import main
from tests import cast
from tests.integration.exchange.auctions.story import PDF
from tests.integration.marketplace import selecting, story

pytestmark = pytest.mark.django_db


def holds(selection_id, at):
    """The record of a selection, computed again by the published rules."""
    evidence.checkpoint(at)
    found = json.loads(json.dumps(queries.record(selection_id)))
    return record.check(found, trusted=Keyring.parse(found["keys"])), found


@pytest.mark.parametrize("method", [Method.LOWEST_PRICE, Method.BEST_PRICE, Method.AVERAGE_PRICE])
def test_sealed_quotes_are_opened_and_decided_by_each_price_method(method):
    item_id, agencies = selecting.market(7)
    need = story.published(item_id, method=method)
    selecting.signed_up(need, agencies, "110000", "120000", "130000", "140000", "150000", "160000", "200000")

    found, at = selecting.decided(need)
    report, _ = holds(found.id, at)

    assert found.state is SelectionState.DECIDED
    assert (
        found.outcome.winner
        == {"LOWEST_PRICE": "01", "BEST_PRICE": found.outcome.winner, "AVERAGE_PRICE": "04"}[method.value]
    )
    assert report.faults == []
    assert report.facts["winner"] == found.outcome.winner
    assert procurements.procurement(need).state is ProcurementState.SELECTED


def test_a_lottery_can_be_computed_again_and_not_be_changed(tmp_path, capsys, client):
    item_id, agencies = selecting.market(3)
    need = story.published(item_id, method=Method.LOTTERY, floor_price=None)
    selecting.signed_up(need, agencies, None, None, None)

    found, at = selecting.decided(need)
    report, exported = holds(found.id, at)
    file = tmp_path / "selection.json"
    file.write_text(json.dumps(exported))

    assert report.faults == []
    assert found.amount == Decimal("200000.00")
    page = client.get(f"/supermarket/selections/{found.id}/").getvalue().decode()
    assert f"/draws/{found.case.draws[0].draw_id}/" in page
    assert main([str(file)]) == 0
    other = next(one.number for one in found.case.entrants if one.number != found.outcome.winner)
    for change in (
        lambda data: data["case"]["draws"][0].update(selected=[other]),
        lambda data: data["case"]["entrants"][0].update(barred="LICENCE_EXPIRED"),
        lambda data: data["outcome"].update(winner=other),
        lambda data: data["draws"].clear(),
        lambda data: data["entries"].pop(),
    ):
        changed = json.loads(json.dumps(exported))
        change(changed)
        file.write_text(json.dumps(changed))
        assert main([str(file)]) == 1
    file.write_text("{}")
    assert main([str(file)]) == 2
    capsys.readouterr()


def test_a_tie_at_the_lowest_price_is_drawn_among_the_equals_only():
    item_id, agencies = selecting.market(3)
    need = story.published(item_id)
    selecting.signed_up(need, agencies, "150000", "120000", "120000")

    selection_id, at = selecting.begun(need)
    waiting = queries.selection(selection_id)
    found, at = selecting.run(selection_id, at)

    assert waiting.wait is Wait.DRAW
    assert found.case.draws[0].roster == ("02", "03")
    assert found.outcome.winner in ("02", "03")
    assert holds(selection_id, at)[0].faults == []


def test_a_discount_rate_is_compared_the_other_way_round():
    item_id, agencies = selecting.market(2)
    need = story.published(item_id, quote_kind=QuoteKind.DISCOUNT_RATE)
    selecting.signed_up(need, agencies, "5.00", "12.50")

    found, _ = selecting.decided(need)

    assert (found.outcome.winner, found.amount) == ("02", Decimal("175000.00"))


def company(actor: Actor) -> int:
    assert actor.organisation_id is not None
    return actor.organisation_id


def test_a_licence_that_ends_between_sign_up_and_selection_bars_and_between_selection_and_draw_too():
    item_id, agencies = selecting.market(4)
    need = story.published(item_id, method=Method.LOTTERY, floor_price=None)
    selecting.signed_up(need, agencies, None, None, None, None)
    first = Entrant.objects.get(organisation_id=company(agencies[0]))
    Entrant.objects.filter(pk=first.pk).update(licence_until=date(2026, 11, 24))

    selection_id, at = selecting.begun(need)
    waiting = queries.selection(selection_id)
    AgencyQualification.objects.update(valid_until=date(2026, 11, 24))
    survivor = Entrant.objects.get(organisation_id=company(agencies[3]))
    AgencyQualification.objects.filter(agency=survivor).update(valid_until=date(2028, 12, 31))
    found, at = selecting.run(selection_id, at)

    assert waiting.case.entrants[0].barred == "LICENCE_EXPIRED"
    assert [one.cause for one in found.case.dropped] in ([Cause.LOST_QUALIFICATION] * n for n in range(3))
    assert found.outcome.winner == "04"
    assert holds(selection_id, at)[0].faults == []


def test_merit_by_credit_ends_with_the_owners_pick_from_the_small_list():
    item_id, agencies = selecting.market(4)
    for place, actor in enumerate(agencies):
        points = Decimal(90 - 10 * place)
        services.note_credit(organisation_id=actor.organisation_id or 0, points=points, at=story.AT)
    need = story.published(item_id, method=Method.CREDIT_MERIT, floor_price=None, big_list=3, small_list=2)
    selecting.signed_up(need, agencies, None, None, None, None)

    found, at = selecting.decided(need)
    assert (found.wait, len(found.outcome.eligible)) == (Wait.PICK, 2)
    assert "04" not in found.outcome.eligible
    number = found.outcome.eligible[1]
    with pytest.raises(NotPermitted):
        services.pick(actor=agencies[0], selection_id=found.id, number=number, reason="…", at=at)
    services.pick(actor=cast.actor("owner1"), selection_id=found.id, number=number, reason="业绩最接近本项目", at=at)

    after = queries.selection(found.id)
    assert after.outcome.winner == number
    assert holds(found.id, at)[0].faults == []


def test_merit_by_proposal_counts_when_the_last_member_has_handed_in():
    item_id, agencies = selecting.market(2)
    criteria = (Criterion("服务方案", 60), Criterion("报价", 40))
    need = story.published(item_id, method=Method.PROPOSAL_MERIT, criteria=criteria)
    for place, actor in enumerate(agencies):
        at = story.AT + timedelta(minutes=place)
        proposal = signups.attach_proposal(actor=actor, procurement_id=need, stream=BytesIO(PDF), at=at)
        quote = Decimal(150000 - place)
        signups.sign_up(actor=actor, procurement_id=need, at=at, key=f"p{place}", quote=quote, proposal=proposal)
    selection_id, at = selecting.begun(need)
    panel = [cast.actor("owner1"), cast.actor("owner2")]
    owner = panel[0]
    services.name_panel(actor=owner, selection_id=selection_id, person_ids=[one.person_id or 0 for one in panel], at=at)

    for actor in panel:
        assert queries.selection(selection_id).wait is Wait.SCORES
        sheet = {
            ("01", "c1"): Decimal(50),
            ("01", "c2"): Decimal(30),
            ("02", "c1"): Decimal("50.5"),
            ("02", "c2"): Decimal(30),
        }
        services.hand_in_sheet(actor=actor, selection_id=selection_id, sheet=sheet, at=at)

    found = queries.selection(selection_id)
    assert (found.state, found.outcome.winner) == (SelectionState.DECIDED, "02")
    assert holds(selection_id, at)[0].faults == []


def test_a_direct_selection_names_its_agency_and_reason():
    item_id, _ = selecting.market(1)
    named = Entrant.objects.get(organisation=cast.organisation("lvyuan"), kind="AGENCY")
    need = story.published(
        item_id, method=Method.DIRECT, named_agency_id=named.pk, direct_reason="延续性服务",
        ceiling_price=Decimal("50000"), floor_price=None,
    )  # fmt: skip

    found, at = selecting.decided(need)

    assert (found.outcome.winner, found.amount) == ("01", Decimal("50000.00"))
    assert holds(found.id, at)[0].faults == []


def test_who_published_does_not_select_and_nobody_selects_early():
    item_id, agencies = selecting.market(2)
    need = story.published(item_id)
    selecting.signed_up(need, agencies, "150000", "120000")
    at = selecting.close(need)

    with pytest.raises(AuditedByYourself):
        services.begin(actor=cast.actor("staff"), procurement_id=need, at=at)
    with pytest.raises(NotYetDue):
        services.begin(actor=cast.actor("host"), procurement_id=need, at=at - timedelta(seconds=1))
    services.begin(actor=cast.actor("host"), procurement_id=need, at=at)


def test_a_round_without_enough_qualified_fails_and_can_be_announced_again():
    item_id, agencies = selecting.market(2)
    need = story.published(item_id)
    selecting.signed_up(need, agencies, "150000", "120000")
    Entrant.objects.filter(kind="AGENCY").update(licence_until=date(2026, 11, 24))

    found, at = selecting.decided(need)
    assert (found.state, procurements.procurement(need).state) == (SelectionState.FAILED, ProcurementState.FAILED)
    assert holds(found.id, at)[0].faults == []
    Entrant.objects.filter(kind="AGENCY").update(licence_until=date(2035, 1, 1))
    procurement_services.reannounce(actor=cast.actor("owner1"), procurement_id=need, at=at)
    procurement_services.publish(actor=cast.actor("staff"), procurement_id=need, at=at)
    for actor, quote in zip(agencies, ("150000", "120000"), strict=True):
        story.sign(actor, need, quote=quote, at=at)

    again, _ = selecting.decided(need)
    assert again.id != found.id
    assert again.outcome.winner == "02"


def test_a_forged_case_is_told_apart_from_the_log():
    item_id, agencies = selecting.market(2)
    need = story.published(item_id)
    selecting.signed_up(need, agencies, "150000", "120000")
    found, at = selecting.decided(need)
    _, exported = holds(found.id, at)

    case = found.case
    cheaper = replace(case, entrants=(replace(case.entrants[0], quote=Decimal("100000.00")), *case.entrants[1:]))
    forged = record_of(exported, cheaper)

    assert "the log names another case than this one" in record.check(forged).faults


def record_of(exported, case):
    from marketplace.selection.domain.case import case_json
    from marketplace.selection.domain.deciding import decide

    return {**exported, "case": case_json(case), "outcome": decide(case).as_json()}
