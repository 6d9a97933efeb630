"""Ratings of a finished service by both sides: stars, evidence, appeal."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class Side(StrEnum):
    """Who rates whom."""

    OWNER = "OWNER"
    """The owner rates the agency."""
    AGENCY = "AGENCY"
    """The agency rates the owner."""


ASPECTS = {
    Side.OWNER: ("QUALITY", "TIME", "ATTITUDE", "CHARGES"),
    Side.AGENCY: ("COOPERATION", "PAYMENT", "CLARITY"),
}
"""What is rated from one star up: the service by its owner, the owner by its agency."""


class RatingState(StrEnum):
    GIVEN = "GIVEN"
    APPEALED = "APPEALED"
    UPHELD = "UPHELD"
    """The appeal failed: the rating stands."""
    ANNULLED = "ANNULLED"
    """The appeal succeeded: the rating does not count."""


class RatingCommand(StrEnum):
    APPEAL = "APPEAL"
    UPHOLD = "UPHOLD"
    ANNUL = "ANNUL"


RATING = Machine(
    "rating",
    states=RatingState,
    commands=RatingCommand,
    initial=RatingState.GIVEN,
    rows=[
        Row(RatingCommand.APPEAL, RatingState.GIVEN, RatingState.APPEALED, "RatingAppealed", "who was rated, in time"),
        Row(RatingCommand.UPHOLD, RatingState.APPEALED, RatingState.UPHELD, "RatingUpheld", "the regulator"),
        Row(RatingCommand.ANNUL, RatingState.APPEALED, RatingState.ANNULLED, "RatingAnnulled", "the regulator"),
    ],
)


class StarsWrong(Refusal):
    code = "RATING_STARS_WRONG"
    message = gettext_noop("Give each aspect one to %(most)s stars.")
    status = 400


class RatingNeedsEvidence(Refusal):
    code = "RATING_NEEDS_EVIDENCE"
    message = gettext_noop("A rating of two stars or fewer needs its reason in words or a document.")
    status = 400


class RatedAlready(Refusal):
    code = "RATED_ALREADY"
    message = gettext_noop("Your side has rated this service already.")


class RatingTooLate(Refusal):
    code = "RATING_TOO_LATE"
    message = gettext_noop("This service could be rated until %(until)s; it was then rated “good” by rule.")


class AppealTooLate(Refusal):
    code = "RATING_APPEAL_TOO_LATE"
    message = gettext_noop("An appeal against this rating was possible until %(until)s.")


@dataclass(frozen=True, slots=True)
class Stars:
    """Whole stars per aspect."""

    side: Side
    given: Mapping[str, int]

    def check(self, *, most: int, words: str, has_document: bool) -> None:
        """Refuses `StarsWrong`, `RatingNeedsEvidence`."""
        if set(self.given) != set(ASPECTS[self.side]) or not all(1 <= one <= most for one in self.given.values()):
            raise StarsWrong(most=most)
        if min(self.given.values()) <= 2 and not (words.strip() or has_document):
            raise RatingNeedsEvidence()

    @property
    def mean(self) -> Decimal:
        """Two places, half up."""
        total = Decimal(sum(self.given.values()))
        return (total / len(self.given)).quantize(Decimal("0.01"), ROUND_HALF_UP)
