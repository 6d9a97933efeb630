"""What stands in the tables of a hall, held against the log: nobody changes it there unseen."""

from collections.abc import Iterator
from decimal import Decimal

from bidding.opening.models import Hall, HallBid
from bidding.opening.queries.replay import replay
from commons.evidence.domain.report import Report

READ_OUT = "hall.read-out"


def hall_faults(report: Report) -> Iterator[str]:
    """Lines that the log does not bear out, and prices that are not those read out."""
    for hall in Hall.objects.filter(read_at__isnull=False).order_by("pk").iterator():
        lines = replay(hall.pk)["lines"]
        yield from (
            f"{hall.stream} line {line['seq']} is not what the log names" for line in lines if not line["holds"]
        )
        told = next(line["facts"] for line in reversed(lines) if line["kind"] == READ_OUT)
        read = {str(one["number"]): Decimal(one["price"]) for one in told["prices"] if one["price"]}
        for bid in HallBid.objects.filter(hall=hall):
            if bid.price != read.get(str(bid.number)):
                yield f"{hall.stream} bid {bid.number} has a price that was not read out"
