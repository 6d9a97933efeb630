"""Every method of selection from its notice to both ratings: the course is the same whatever decides."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest

from commons.evidence import services as evidence
from marketplace.credit import services as crediting
from marketplace.credit.domain.ratings import Side
from marketplace.entry.models import Entrant
from marketplace.fulfilment import queries as engagements
from marketplace.fulfilment import services as fulfilling
from marketplace.procurement import queries as procurements
from marketplace.procurement.domain.methods import Method
from marketplace.procurement.domain.needs import Criterion
from marketplace.procurement.domain.states import ProcurementState
from marketplace.selection import queries, services
from marketplace.selection.domain import record
from marketplace.selection.domain.states import SelectionState, Wait
from marketplace.signups import services as signups
from tests import cast
from tests.integration.exchange.auctions.story import PDF
from tests.integration.marketplace import selecting, story
from tests.integration.marketplace.test_fulfilling import ENDS, PLAN, STARS
from tests.integration.marketplace.test_live_selecting import bid, hammer, live

pytestmark = pytest.mark.django_db
OWN_STARS = {"COOPERATION": 5, "PAYMENT": 4, "CLARITY": 5}


def priced(method):
    item_id, agencies = selecting.market(4)
    need = story.published(item_id, method=method)
    selecting.signed_up(need, agencies, "150000", "120000", "130000", "140000")
    return need, *selecting.decided(need)


def drawn():
    item_id, agencies = selecting.market(3)
    need = story.published(item_id, method=Method.LOTTERY, floor_price=None)
    selecting.signed_up(need, agencies, None, None, None)
    return need, *selecting.decided(need)


def picked():
    item_id, agencies = selecting.market(4)
    need = story.published(item_id, method=Method.CREDIT_MERIT, floor_price=None, big_list=3, small_list=2)
    selecting.signed_up(need, agencies, None, None, None, None)
    found, at = selecting.decided(need)
    assert found.wait is Wait.PICK
    number, owner = found.outcome.eligible[0], cast.actor("owner1")
    services.pick(actor=owner, selection_id=found.id, number=number, reason="业绩最接近本项目", at=at)
    return need, queries.selection(found.id), at


def proposed():
    item_id, agencies = selecting.market(2)
    need = story.published(
        item_id, method=Method.PROPOSAL_MERIT, criteria=(Criterion("方案", 60), Criterion("报价", 40))
    )
    for place, actor in enumerate(agencies):
        proposal = signups.attach_proposal(actor=actor, procurement_id=need, stream=BytesIO(PDF), at=story.AT)
        quote = Decimal(150000 - place)
        signups.sign_up(actor=actor, procurement_id=need, at=story.AT, key="p", quote=quote, proposal=proposal)
    selection_id, at = selecting.begun(need)
    owner = cast.actor("owner1")
    services.name_panel(actor=owner, selection_id=selection_id, person_ids=[owner.person_id or 0], at=at)
    sheet = {
        (number, aspect): Decimal(points) for number, points in (("01", 30), ("02", 35)) for aspect in ("c1", "c2")
    }
    services.hand_in_sheet(actor=owner, selection_id=selection_id, sheet=sheet, at=at)
    return need, queries.selection(selection_id), at


def named():
    item_id, _ = selecting.market(1)
    agency = Entrant.objects.get(organisation=cast.organisation("lvyuan"), kind="AGENCY")
    need = story.published(
        item_id, method=Method.DIRECT, named_agency_id=agency.pk, direct_reason="延续性服务",
        ceiling_price=Decimal("50000"), floor_price=None,
    )  # fmt: skip
    return need, *selecting.decided(need)


def bid_live():
    item_id, agencies = selecting.market(3)
    need = live(item_id, agencies)
    selection_id, at = selecting.begun(need)
    opened, after = at + timedelta(minutes=6), at + timedelta(hours=1)
    hammer(opened)
    assert bid(queries.selection(selection_id).room_id, "02", "198000.00", opened) == ""
    hammer(after)
    services.advance_due(after)
    return need, queries.selection(selection_id), after


COURSES = {
    Method.LOWEST_PRICE: lambda: priced(Method.LOWEST_PRICE),
    Method.BEST_PRICE: lambda: priced(Method.BEST_PRICE),
    Method.AVERAGE_PRICE: lambda: priced(Method.AVERAGE_PRICE),
    Method.LOTTERY: drawn,
    Method.CREDIT_MERIT: picked,
    Method.PROPOSAL_MERIT: proposed,
    Method.DIRECT: named,
    Method.LIVE_BIDDING: bid_live,
}


def test_no_method_is_left_out():
    assert set(COURSES) == set(Method)


@pytest.mark.parametrize("method", COURSES, ids=lambda method: method.value)
def test_from_the_notice_to_both_ratings(method):
    need, selection, at = COURSES[method]()
    assert selection.state is SelectionState.DECIDED
    evidence.checkpoint(at)
    assert record.check(queries.record(selection.id)).faults == []

    number = selecting.published(selection.id, at)
    found = engagements.engagement(number)
    owner, agency = cast.actor("owner1"), selecting.somebody_of(found.agency_id)
    fulfilling.register_contract(actor=owner, engagement_id=number, number="HT-1", ends_on=ENDS, milestones=PLAN, at=at)
    fulfilling.confirm_contract(actor=agency, engagement_id=number, at=at)
    fulfilling.put_on_record(actor=owner, engagement_id=number, disclosed=True, at=at)
    for place in (1, 2):
        fulfilling.deliver(actor=agency, engagement_id=number, place=place, document_id=None, words="成果", at=at)
        fulfilling.accept_milestone(actor=owner, engagement_id=number, place=place, at=at)
    fulfilling.accept_service(actor=owner, engagement_id=number, words="合格", at=at)
    crediting.rate(actor=agency, engagement_id=number, side=Side.AGENCY, stars=OWN_STARS, at=at)
    crediting.rate(actor=owner, engagement_id=number, side=Side.OWNER, stars=STARS, at=at)

    assert procurements.procurement(need).state is ProcurementState.COMPLETED
