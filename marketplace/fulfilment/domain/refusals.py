"""The rules of fulfilment that can be broken."""

from decimal import Decimal

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class EngagementSuspended(Refusal):
    """Suspended by the regulator's numbered decision on a complaint."""

    code = "ENGAGEMENT_SUSPENDED"
    message = gettext_noop("The regulator suspended this by %(number)s. Wait for its decision.")


class RefusalTooLate(Refusal):
    code = "SELECTION_REFUSAL_TOO_LATE"
    message = gettext_noop("The selection could be given up until %(until)s. Propose to end the contract instead.")


class ObjectionTooLate(Refusal):
    code = "RESULT_OBJECTION_TOO_LATE"
    message = gettext_noop("Objections to this result were possible until %(until)s.")


class ComplaintTooEarly(Refusal):
    code = "RESULT_COMPLAINT_TOO_EARLY"
    message = gettext_noop(
        "The owner may answer until %(until)s; complain when the answer is there or that day is over."
    )


class ComplaintTooLateHere(Refusal):
    code = "RESULT_COMPLAINT_TOO_LATE"
    message = gettext_noop("A complaint was possible until %(until)s.")


class WordsTooShort(Refusal):
    code = "WORDS_TOO_SHORT"
    message = gettext_noop("Say it in at least ten characters.")
    status = 400


class NoticeObjectionTooLate(Refusal):
    code = "NOTICE_OBJECTION_TOO_LATE"
    message = gettext_noop("A notice can be objected to until its selection begins. Object to the result instead.")


class MilestonesOpen(Refusal):
    code = "MILESTONES_OPEN"
    message = gettext_noop("%(count)s milestones are not accepted yet. Accept or return their deliverables first.")


class PaymentTooMuch(Refusal):
    code = "PAYMENT_TOO_MUCH"
    message = gettext_noop("With this payment %(total)s yuan would be paid, but the contract is worth %(amount)s.")


class EndNotLater(Refusal):
    code = "END_NOT_LATER"
    message = gettext_noop("An extension ends later than the contract does now: after %(ends_on)s.")
    status = 400


class OwnProposal(Refusal):
    code = "OWN_PROPOSAL"
    message = gettext_noop("The other side answers a proposal.")
    status = 403


class MilestoneSharesWrong(Refusal):
    code = "MILESTONE_SHARES_WRONG"
    message = gettext_noop("The shares of the milestones add up to %(total)s %%, not to 100 %%.")
    status = 400


def words_of(text: str) -> str:
    """At least ten characters. Refuses `WordsTooShort`."""
    words = text.strip()
    if len(words) < 10:
        raise WordsTooShort()
    return words


def check_payment(paid: Decimal, more: Decimal, amount: Decimal | None) -> None:
    """Refuses `PaymentTooMuch` where the payments exceed what the contract is worth."""
    if amount is not None and paid + more > amount:
        raise PaymentTooMuch(total=format(paid + more, "f"), amount=format(amount, "f"))


def check_shares(shares: list[Decimal]) -> None:
    """Milestones share the amount completely. Refuses `MilestoneSharesWrong`."""
    if sum(shares, Decimal(0)) != 100:
        raise MilestoneSharesWrong(total=format(sum(shares, Decimal(0)), "f"))
