"""Addresses of preparing bids."""

from django.urls import path

from bidding.bids.views import composing, consortia, library

app_name = "bids"
BID = "sections/<int:section_id>/bid/"
urlpatterns = [
    path("sections/<int:section_id>/bid/", composing.compose, name="compose"),
    path("sections/<int:section_id>/bid/rules.json", composing.rules, name="rules"),
    path("sections/<int:section_id>/bid/guarantee/", composing.Guarantee.as_view(), name="guarantee"),
    path("sections/<int:section_id>/bid/bond/", composing.bond, name="bond"),
    path(BID + "consortium/", consortia.Consortium.as_view(), name="consortium"),
    path(BID + "consortium/dissolve/", consortia.dissolve, name="dissolve_consortium"),
    path(BID + "consortium/<int:agreement_id>/sign/", consortia.sign, name="sign_consortium"),
    path("bids/consortium/<int:agreement_id>/", consortia.back, name="agreement"),
    path("bids/library/", library.Library.as_view(), name="library"),
    path("bids/library/<int:item_id>/retire/", library.retire, name="retire"),
]
