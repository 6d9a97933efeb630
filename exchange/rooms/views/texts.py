"""The words that the live screens need in the browser, in the reader's language; the page carries them as JSON."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PHASES = {
    "SCHEDULED": _("Not open yet"),
    "FREE": _("Free bidding"),
    "WAITING": _("Waiting"),
    "TIMED": _("Timed bidding"),
    "OPEN": _("Bidding"),
    "PAUSED": _("Paused"),
    "ENDED": _("Hammer fell"),
    "FAILED": _("No deal"),
    "VOIDED": _("Voided"),
}

_CONNECTION = {
    "connection-CONNECTING": _("Connecting"),
    "connection-RECONNECTING": _("Reconnecting"),
    "connection-SIGNED_OUT": _("Signed out"),
    "connection-GONE": _("No such room"),
    "connection-STOPPED": _("Not live any more"),
    "quality-3": _("Connection good"),
    "quality-2": _("Connection slow"),
    "quality-1": _("Connection very slow"),
    "clock-precision": _("± %(uncertainty)s ms"),
    "clock-path": _("· %(rtt)s ms there and back"),
    "clock-right": _("The clock of this device agrees with the server."),
    "clock-slow": _(
        "The clock of this device is %(seconds)s s slow. It does not matter: the server's time is shown and counts."
    ),
    "clock-fast": _(
        "The clock of this device is %(seconds)s s fast. It does not matter: the server's time is shown and counts."
    ),
}

_CLOCK = {
    "clock-opens": _("Opens in"),
    "clock-closes": _("Closes in"),
    "clock-waits": _("Timed bidding in"),
    "clock-open": _("No fixed end"),
    "clock-paused": _("The clock stands"),
    "clock-ended": _("Ended"),
    "cue-300": _("Five minutes left."),
    "cue-60": _("One minute left."),
    "cue-30": _("Thirty seconds left."),
    "cue-10": _("Ten seconds left."),
    "close-moved": _("The close has moved %(count)s times: a bid near the end leaves everybody time to answer."),
    "close-moved-last": _("Last at %(at)s, to %(closes_at)s."),
    "close-not-moved": _("The close has not moved."),
}

_STANDING = {
    "hidden": "–",
    "leader": _("Bidder %(alias)s leads"),
    "leader-you": "",
    "you-mark": _("You"),
    "standing-wins": _("Wins"),
    "standing-wins-quantity": _("Wins %(quantity)s"),
    "standing-out": _("Out"),
    "position-none": _("You have not bid yet"),
    "position-lead": _("You lead"),
    "position-outbid": _("Outbid: yours is %(price)s"),
    "position-wins": _("You would get %(quantity)s"),
    "position-wins-nothing": _("You would get nothing"),
    "position-inside": _("You are inside the winning share"),
    "position-outside": _("You are outside the winning share"),
    "position-quoted": _("Your quote: %(price)s"),
    "verb-bid": _("Bid"),
    "verb-hand-in": _("Hand in"),
    "verb-replace": _("Replace with"),
    "position-sealed": _("Your call is sealed: %(price)s"),
    "outcome-none": _("The room ended without a deal."),
    "outcome-sold": _("The hammer fell at ¥%(price)s to bidder %(alias)s."),
    "outcome-sold-several": _("The hammer fell: %(count)s bidders win; the lowest price paid is ¥%(price)s."),
    "outcome-FAILED": _("The room ended without a deal."),
    "outcome-VOIDED": _("The room was voided by a numbered decision."),
}

_BIDDING = {
    "problem-unreadable": _("This is no price. Type yuan with at most two decimals."),
    "problem-low": _("Too low. The least valid price is now ¥%(least)s."),
    "problem-high": _("Too high. The highest valid price is now ¥%(least)s."),
    "problem-multiple": _("The price must lie whole steps from the start price. Next: ¥%(least)s."),
    "problem-quantity": _("This is no quantity. Type tonnes with at most three decimals."),
    "problem-quantity-most": _("More than your approved need of %(least)s."),
    "use-least": _("Use ¥%(least)s"),
    "quotes-left": _("Quotes left: %(count)s"),
    "ask-leading": _("You already lead. Another bid only raises your own price."),
    "ask-hold": _("%(steps)s steps (%(percent)s %%) from ¥%(reference)s. Is that what you mean?"),
    "ask-hold-percent": _("%(percent)s %% from ¥%(reference)s. Is that what you mean?"),
    "ask-retype": _("Very far from ¥%(reference)s. Check the decimal point and type the price once more."),
    "ask-retype-percent": _("Very far from ¥%(reference)s. Check the decimal point and type the price once more."),
    "just-moved": _("The price had just moved to ¥%(price)s. Nothing was sent; press again if you mean it."),
    "sending": _("Sending ¥%(price)s …"),
    "not-kept": _(
        "Nothing was sent: this browser could not keep the bid (%(reason)s). Leave private browsing and reload."
    ),
    "not-able-connection": _("You can bid again as soon as the connection is back."),
    "not-able-quotes": _("All your quotes are used; the last one counts."),
    "not-able-key": _("You can bid as soon as you have entered the room."),
    "key-problem": _("This browser could not enter the room, so it cannot sign bids."),
    "result-accepted": _("Bid of ¥%(price)s counted: number %(seq)s, received %(at)s."),
    "result-accepted-sealed": _("Order of ¥%(price)s counted, received %(at)s."),
    "withdraw": _("Withdraw"),
    "withdraw-order": _("Withdraw the order of ¥%(price)s for %(quantity)s"),
    "withdrawing": _("Withdrawing ¥%(price)s …"),
    "result-withdrawn": _("Order of ¥%(price)s withdrawn: number %(seq)s, received %(at)s."),
    "result-withdrawn-sealed": _("Order of ¥%(price)s withdrawn, received %(at)s."),
    "result-stands": _("The order of ¥%(price)s stands."),
    "result-refused": _("Bid of ¥%(price)s refused."),
    "result-not-arrived": _("Your bid of ¥%(price)s never reached the platform. Send it again or let it go."),
    "you-won": _(
        "You won %(quantity)s at ¥%(price)s, ¥%(amount)s in all. Result notice and contract follow in your workspace."
    ),
    "you-lost": _("Others won this time. Your deposit is released by the rules of the notice."),
    "you-nobody": _("Nobody won. Your deposit is released by the rules of the notice."),
    "closed": _("Bids are not taken now."),
    "closed-paused": _("The room is paused. Bids are not taken; the remaining time is kept."),
    "closed-SCHEDULED": _("Bidding has not opened yet."),
    "closed-WAITING": _("Free bidding is over. Bids are taken again when timed bidding begins."),
}

_RECEIPTS = {
    "bid-SENDING": _("Sending"),
    "bid-CHECKING": _("Checking"),
    "bid-ACCEPTED": _("Counted"),
    "bid-WITHDRAWN": _("Withdrawn"),
    "bid-REFUSED": _("Refused"),
    "bid-NOT_ARRIVED": _("Never arrived"),
    "bid-GIVEN_UP": _("Let go, never sent"),
    "bid-checking-note": _(
        "The connection was lost before the answer came. The platform is being asked; what arrived in time counts."
    ),
    "bid-resend": _("Send again"),
    "bid-give-up": _("Let it go"),
    "receipt-reason": _("Reason"),
    "receipt-seq": _("Number"),
    "receipt-received": _("Received"),
    "receipt-made": _("Made"),
    "receipt-hash": _("Hash"),
    "receipt-id": _("Bid id"),
    "receipt-download": _("Download the receipt"),
}

_EVENTS = {
    "event-RoomScheduled": _("The room was prepared"),
    "event-PhaseBegan": _("%(phase)s began"),
    "event-BidAccepted": _("%(alias)s bid ¥%(price)s"),
    "event-BidAccepted-quantity": _("%(alias)s bid ¥%(price)s for %(quantity)s"),
    "event-BidAccepted-you": _("You bid ¥%(price)s"),
    "event-BidAccepted-you-quantity": _("You bid ¥%(price)s for %(quantity)s"),
    "event-BidRefused-you": _("Your bid of ¥%(price)s was refused"),
    "event-BidRefused": _("%(alias)s: bid of ¥%(price)s refused"),
    "event-BidWithdrawn": _("%(alias)s withdrew an order"),
    "event-BidWithdrawn-you": _("You withdrew an order"),
    "event-WithdrawalRefused": _("%(alias)s: withdrawal refused"),
    "event-CloseExtended": _("The close moved to %(closes_at)s"),
    "event-RoomPaused": _("Paused: %(reason)s"),
    "event-RoomResumed": _("Resumed: %(reason)s"),
    "reason-OUTAGE": _("the platform could not take bids; the time lost is given back"),
    "event-HammerFell": _("The hammer fell"),
    "event-RoomFailed": _("Ended without a deal"),
    "event-RoomVoided": _("Voided: %(reason)s"),
    "event-BidderSuspended": _("%(alias)s may not bid for now: %(reason)s"),
    "event-BidderSuspended-you": _("You may not bid for now: %(reason)s"),
    "event-BidderReadmitted": _("%(alias)s may bid again: %(reason)s"),
    "event-BidderReadmitted-you": _("You may bid again: %(reason)s"),
    "reason-DEPOSIT_TAKEN_BACK": _("the bank took its deposit back; what it bid before stands"),
    "reason-DEPOSIT_WHOLE_AGAIN": _("its deposit is whole again"),
    "reason-METHOD_DECIDED_AGAIN": _("too few buyers still have a deposit; the trade method is decided again"),
}

_REFUSALS = {
    "refusal-ROOM_BELOW_STEP": _("Less than a step above the price"),
    "refusal-ROOM_BELOW_START": _("Below the start price"),
    "refusal-ROOM_STEP_MULTIPLE": _("Not a whole number of steps"),
    "refusal-ROOM_ABOVE_MAX_STEP": _("Too many steps at once"),
    "refusal-ROOM_ABOVE_CEILING": _("Above the highest price allowed"),
    "refusal-ROOM_NOT_OPEN": _("Before the opening"),
    "refusal-ROOM_PAUSED": _("During a pause"),
    "refusal-ROOM_CLOSED": _("After the close"),
    "refusal-ROOM_DECIDED_TOO_LATE": _("In time, but reached after the hammer: a fault of the platform"),
    "refusal-ROOM_GUARD_HOLD": _("Far from the price and not confirmed"),
    "refusal-ROOM_GUARD_RETYPE": _("Out of proportion and not typed again"),
    "refusal-ROOM_NOT_QUALIFIED": _("Not a qualified bidder of this room"),
    "refusal-ROOM_BIDDER_SUSPENDED": _("Its deposit was taken back by the bank"),
    "refusal-ROOM_QUOTERS_ONLY": _("No quote in the free phase"),
    "refusal-ROOM_WHOLE_LOT_ONLY": _("A part of a lot that is sold as a whole"),
    "refusal-ROOM_QUANTITY_MISSING": _("Without a quantity"),
    "refusal-ROOM_ABOVE_NEED": _("More than the approved need"),
    "refusal-ROOM_NOT_WHOLE_LOTS": _("Not a whole number of trading units"),
    "refusal-ROOM_QUOTA_USED": _("All quotes are used"),
    "refusal-ROOM_QUANTITY_SHRINKS": _("Less than the bid that stands"),
    "refusal-ROOM_ORDERS_USED": _("All orders are used"),
    "refusal-ROOM_NO_SUCH_ORDER": _("No such order stands"),
    "refusal-ROOM_IRREVOCABLE": _("A change of an order that binds"),
    "refusal-ROOM_SIGNATURE_WRONG": _("The signature is wrong"),
}
"""Why a bid was refused, in a few words for the host's list; the bidder's own receipt says it with the amounts."""

_READINESS = {
    "ready-works": _("Works"),
    "ready-sign": _("Not signed yet"),
    "ready-fails": _("Does not work"),
    "ready-storage-help": _("This browser keeps nothing. Leave private browsing, or use another browser."),
    "ready-key": _("Key %(key)s…, signs in %(ms)s ms."),
    "ready-all": _("This device is ready."),
    "ready-not-all": _("This device is not ready yet: see the marked lines."),
}

_CHART = {
    "chart-summary": _("Course of %(count)s offers, from %(first)s to %(last)s at %(at)s."),
    "replay-play": pgettext_lazy("replay", "Play"),
    "replay-pause": pgettext_lazy("replay", "Pause"),
    "replay-before": _("Before the first entry"),
    "replay-count": _("Entry %(position)s of %(count)s"),
    "replay-left": _("%(seconds)s s before the close"),
    "replay-problem": _("The log could not be loaded. Load the page again."),
}


def catalogue() -> dict[str, str]:
    """Every text by its key, in the language of the request."""
    texts: dict[str, Any] = {f"phase-{name}": label for name, label in PHASES.items()}
    parts: tuple[Mapping[str, Any], ...] = (
        _CONNECTION,
        _CLOCK,
        _STANDING,
        _BIDDING,
        _RECEIPTS,
        _EVENTS,
        _REFUSALS,
        _READINESS,
        _CHART,
    )
    for part in parts:
        texts.update(part)
    return {key: str(value).replace("%%", "%") for key, value in texts.items()}
