"""Addresses of preparing bids."""

from django.urls import path

from bidding.bids.views import composing, library

app_name = "bids"
urlpatterns = [
    path("sections/<int:section_id>/bid/", composing.compose, name="compose"),
    path("sections/<int:section_id>/bid/rules.json", composing.rules, name="rules"),
    path("sections/<int:section_id>/bid/guarantee/", composing.Guarantee.as_view(), name="guarantee"),
    path("sections/<int:section_id>/bid/bond/", composing.bond, name="bond"),
    path("bids/library/", library.Library.as_view(), name="library"),
    path("bids/library/<int:item_id>/retire/", library.retire, name="retire"),
]
