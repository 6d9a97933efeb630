"""The public face of draws: `announce` and what follows it; see docs/draws.md."""

from signatures.draws.domain.plan import Beacon, Plan
from signatures.draws.services.ending import advance, advance_due, anchor_due, disclose, record_beacon, reveal
from signatures.draws.services.preparing import PLATFORM, Holder, announce, commit, redraw, request_redraw

__all__ = [
    "PLATFORM",
    "Beacon",
    "Holder",
    "Plan",
    "advance",
    "advance_due",
    "anchor_due",
    "announce",
    "commit",
    "disclose",
    "record_beacon",
    "redraw",
    "request_redraw",
    "reveal",
]
