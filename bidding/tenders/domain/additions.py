"""An addition from the first supplier 添购: with all that was added before, at most a tenth of the contract. Pure.

政府采购法 第31条第三项: bought on from the first supplier to keep what was bought of a piece, the sum of the additions
not above ten percent of the amount of the original contract.
"""

from dataclasses import dataclass
from decimal import Decimal

from commons.domain.money import as_text, round_money
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class AdditionTooLarge(Refusal):
    code = "ADDITION_TOO_LARGE"
    message = gettext_noop(
        "The additions together come to %(total)s yuan, and at most %(most)s of the contract of %(original)s yuan may "
        "be added (%(source)s). Ask for less, or choose another procedure."
    )


class OriginalOfAnother(Refusal):
    code = "ORIGINAL_CONTRACT_OF_ANOTHER"
    message = gettext_noop("The contract %(number)s is with %(supplier)s. Only the first supplier can be asked to add.")


@dataclass(frozen=True, slots=True)
class Original:
    """The contract that is added to, as the owner states it: amounts in yuan, as text."""

    number: str = ""
    amount: str = ""
    before: str = ""
    """What was added to it before, outside this platform."""

    @property
    def is_complete(self) -> bool:
        return bool(self.number and self.amount)


@dataclass(frozen=True, slots=True)
class Addition:
    """An addition as a sum: what the contract came to, what was added before, what is asked for now, and the most."""

    original: Decimal
    before: Decimal
    asked: Decimal
    most: Decimal
    source: str

    @property
    def total(self) -> Decimal:
        return self.before + self.asked

    def require(self) -> None:
        """Refuses (`AdditionTooLarge`) more than the law allows, to the fen."""
        if self.total > self.most:
            sums = {name: as_text(getattr(self, name)) for name in ("total", "most", "original")}
            raise AdditionTooLarge(**sums, source=self.source)

    def as_json(self) -> dict[str, str]:
        """As a notice says it."""
        names = ("original", "before", "asked", "total", "most")
        return {**{name: as_text(round_money(getattr(self, name))) for name in names}, "source": self.source}


def reckon(original: Decimal, *, before: Decimal, asked: Decimal, share: Decimal, source: str) -> Addition:
    """The sum; the most is rounded to the fen, never up."""
    most = original * share
    rounded = round_money(most)
    return Addition(original, before, asked, rounded if rounded <= most else rounded - Decimal("0.01"), source)
