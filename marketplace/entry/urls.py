"""Addresses of owners and agencies."""

from django.urls import path

from marketplace.entry.views import desk, mine, public

app_name = "entry"
urlpatterns = [
    path("supermarket/agencies/", public.directory, name="directory"),
    path("supermarket/agencies/<int:entrant_id>/", public.agency, name="agency"),
    path("supermarket/standing/", public.standing, name="standing"),
    path("supermarket/standing.json", public.standing_json, name="standing_json"),
    path("supermarket/owner/entry/", mine.OwnerEntry.as_view(), name="owner_entry"),
    path("supermarket/agency/entry/", mine.AgencyEntry.as_view(), name="agency_entry"),
    path("supermarket/agency/entry/items/", mine.offer, name="offer"),
    path("supermarket/agency/entry/practitioners/", mine.add_practitioner, name="add_practitioner"),
    path(
        "supermarket/agency/entry/practitioners/<int:practitioner_id>/remove/",
        mine.remove_practitioner,
        name="remove_practitioner",
    ),
    path("supermarket/agency/entry/commitment/", mine.commit, name="commit"),
    path("supermarket/agency/entry/credentials/", mine.refresh, name="refresh"),
    path("supermarket/entries/<int:entrant_id>/submit/", mine.submit, name="submit"),
    path("supermarket/entries/<int:entrant_id>/recheck/", mine.recheck, name="recheck"),
    path("supermarket/entries/<int:entrant_id>/cancel/", mine.Cancel.as_view(), name="cancel"),
    path("supermarket/desk/entries/", desk.entries, name="desk"),
    path("supermarket/desk/entries/<int:entrant_id>/", desk.Entry.as_view(), name="check"),
    path("supermarket/desk/entries/<int:entrant_id>/take/", desk.take, name="take"),
    path("supermarket/desk/entries/<int:entrant_id>/ask-again/", desk.ask_again, name="ask_again"),
    path("supermarket/desk/entries/<int:entrant_id>/publish/", desk.publish, name="publish"),
    path("supermarket/desk/entries/<int:entrant_id>/ban/", desk.Ban.as_view(), name="ban"),
]
