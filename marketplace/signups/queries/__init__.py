"""Questions about sign-ups, subscriptions and matching notices."""

from marketplace.signups.queries.matching import Match, match, matches, subscribers
from marketplace.signups.queries.signups import (
    SignUpView,
    count_shown,
    counted,
    own_sign_up,
    own_sign_ups,
    sign_ups_of,
    subscriptions_of,
    visible_sign_ups,
)

__all__ = [
    "Match",
    "SignUpView",
    "count_shown",
    "counted",
    "match",
    "matches",
    "own_sign_up",
    "own_sign_ups",
    "sign_ups_of",
    "subscribers",
    "subscriptions_of",
    "visible_sign_ups",
]
