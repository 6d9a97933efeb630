"""Addresses of the live rooms."""

from django.urls import path

from exchange.rooms.views import conducting, lists, pages, rehearsing, replaying

app_name = "rooms"
urlpatterns = [
    path("rooms/", lists.all_rooms, name="list"),
    path("rooms/rehearsal/", rehearsing.RehearsalPage.as_view(), name="rehearsal"),
    path("rooms/<int:room_id>/", pages.room, name="room"),
    path("rooms/<int:room_id>/ready/", pages.ready, name="ready"),
    path("rooms/<int:room_id>/ticket/", pages.ticket, name="ticket"),
    path("rooms/<int:room_id>/enter/", pages.enter, name="enter"),
    path("rooms/<int:room_id>/enter/sign/", pages.sign_entry, name="sign_entry"),
    path("rooms/<int:room_id>/host/", conducting.host, name="host"),
    path("rooms/<int:room_id>/conduct/", conducting.conduct, name="conduct"),
    path("rooms/<int:room_id>/replay/", replaying.replay, name="replay"),
    path("rooms/<int:room_id>/events/", replaying.events, name="events"),
    path("rooms/<int:room_id>/log/", replaying.log, name="log"),
]
