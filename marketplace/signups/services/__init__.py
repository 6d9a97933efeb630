"""What can be done with sign-ups and subscriptions."""

from marketplace.signups.services.closing import advance_due, close_signups
from marketplace.signups.services.opening import disqualify, reveal_quotes
from marketplace.signups.services.signing_up import Receipt, attach_proposal, sign_up, withdraw
from marketplace.signups.services.subscribing import subscribe, tell_subscribers, unsubscribe

__all__ = [
    "Receipt",
    "advance_due",
    "attach_proposal",
    "close_signups",
    "disqualify",
    "reveal_quotes",
    "sign_up",
    "subscribe",
    "tell_subscribers",
    "unsubscribe",
    "withdraw",
]
