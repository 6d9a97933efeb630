"""An administrator who edits rows: the verification of the log sees it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bidding.awards.models import ResultLine
from bidding.opening.models import HallBid
from commons.evidence import queries as evidence
from tests.integration.bidding import story, through
from tests.integration.bidding.test_awards import lines_of, shown
from tests.integration.bidding.test_pages import now

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_price_or_a_rank_that_was_changed_in_the_database_is_a_fault_of_the_verification() -> None:
    told = story.published("GOV_OPEN", at=now() - timedelta(days=46))
    found = through.bids_in(told)
    at = through.recorded(found, through.decrypted(found))
    shown(told, at, [replace(line, price=Decimal("11000000.00")) for line in lines_of()])
    assert evidence.verify_database(check_triggers=False).faults == []

    bid = HallBid.objects.filter(hall=found.hall_id).order_by("number")[0]
    HallBid.objects.filter(pk=bid.pk).update(price=Decimal("10000000.00"))
    assert evidence.verify_database(check_triggers=False).faults == [
        f"{found.hall.stream} bid {bid.number} has a price that was not read out"
    ]
    HallBid.objects.filter(pk=bid.pk).update(price=bid.price)

    first, second = ResultLine.objects.filter(rank__in=(1, 2)).order_by("rank")
    for row, rank in ((first, 2), (second, 1)):
        ResultLine.objects.filter(pk=row.pk).update(rank=rank)
    assert evidence.verify_database(check_triggers=False).faults == [
        f"section:{told.section_id} report {first.report_id} is not what was entered"
    ]
