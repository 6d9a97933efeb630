"""What a supplier sealed in as its offer: whatever it is, the answer is an offer or why it does not count."""

from decimal import Decimal

import pytest

from bidding.awards.domain.offers import FORMAT, OfferFault, Said, read
from bidding.awards.domain.rounds import RoundKind

CEILING = Decimal("100.00")


def offer(**said: object) -> dict[str, object]:
    return {"format": FORMAT, "price": "99.50", "words": " 全部响应 ", **said}


def test_a_final_offer_is_a_price_and_words() -> None:
    assert read(offer(), kind=RoundKind.FINAL, ceiling=CEILING) == Said(Decimal("99.50"), "全部响应")
    assert read(offer(price=""), kind=RoundKind.TALK, ceiling=CEILING) == Said(None, "全部响应")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (None, OfferFault.UNREADABLE),
        ([], OfferFault.UNREADABLE),
        ({"price": "1"}, OfferFault.UNREADABLE),
        (offer(price=99.5), OfferFault.UNREADABLE),
        (offer(price="９９"), OfferFault.UNREADABLE),
        (offer(price="1e2"), OfferFault.UNREADABLE),
        (offer(price="-5"), OfferFault.UNREADABLE),
        (offer(price="99.501"), OfferFault.UNREADABLE),
        (offer(words="长" * 4001), OfferFault.UNREADABLE),
        (offer(words={"a": 1}), OfferFault.UNREADABLE),
        (offer(price=""), OfferFault.PRICE_MISSING),
        (offer(price="0"), OfferFault.PRICE_MISSING),
        (offer(price="100.01"), OfferFault.ABOVE_CEILING),
    ],
)
def test_what_does_not_count_says_why(data: object, fault: OfferFault) -> None:
    assert read(data, kind=RoundKind.FINAL, ceiling=CEILING).fault is fault


def test_the_ceiling_itself_is_no_fault() -> None:
    assert read(offer(price="100"), kind=RoundKind.FINAL, ceiling=CEILING).fault is None
