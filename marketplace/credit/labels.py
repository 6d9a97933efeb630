"""Words of credit, for pages."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.credit.domain.listing import ListColour, ListingState
from marketplace.credit.domain.ratings import RatingState, Side
from marketplace.credit.domain.scoring import EventKind

ASPECTS = {
    "QUALITY": _("Quality"),
    "TIME": _("Keeping time"),
    "ATTITUDE": _("Attitude"),
    "CHARGES": _("Charges"),
    "COOPERATION": _("Cooperation"),
    "PAYMENT": _("Payment in time"),
    "CLARITY": _("Clear needs"),
}
EVENTS = {
    EventKind.RATING.value: _("Rating by an owner"),
    EventKind.GAVE_UP.value: _("Gave up after the selection"),
    EventKind.OVERDUE_CONTRACT.value: _("Contract overdue"),
    EventKind.FALSE_MATERIAL.value: _("False material"),
    EventKind.REPAIR.value: _("Credit repair"),
}
RATINGS = {
    RatingState.GIVEN.value: ("info", pgettext_lazy("supermarket", "Given")),
    RatingState.APPEALED.value: ("waiting", _("Under appeal")),
    RatingState.UPHELD.value: ("info", _("Stands after the appeal")),
    RatingState.ANNULLED.value: ("stop", _("Annulled")),
}
SIDES = {Side.OWNER.value: _("The owner rates the agency"), Side.AGENCY.value: _("The agency rates the owner")}
COLOURS = {
    ListColour.RED.value: ("done", _("Red list (honoured)")),
    ListColour.BLACK.value: ("stop", _("Black list (barred)")),
}
LISTINGS = {
    ListingState.PROPOSED.value: ("waiting", _("Proposed; the agency may speak")),
    ListingState.HEARD.value: ("waiting", _("The agency was heard")),
    ListingState.LISTED.value: ("info", _("In force")),
    ListingState.REPAIRED.value: ("neutral", _("Ended by credit repair")),
    ListingState.ENDED.value: ("neutral", _("Its term is over")),
    ListingState.DROPPED.value: ("neutral", _("Dropped")),
}
