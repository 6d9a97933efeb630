"""Questions about halls: the scene of the moment, masked for its viewer, and the log for its replay."""

from bidding.opening.queries.halls import HallRow, hall_of_section, halls, prices_read_out, sign_in_state
from bidding.opening.queries.replay import replay
from bidding.opening.queries.scenes import Viewer, mask, price_sheet, scene, viewer_of

__all__ = [
    "HallRow",
    "Viewer",
    "hall_of_section",
    "halls",
    "mask",
    "price_sheet",
    "prices_read_out",
    "replay",
    "scene",
    "sign_in_state",
    "viewer_of",
]
