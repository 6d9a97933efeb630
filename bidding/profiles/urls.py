"""Addresses of procedure profiles."""

from django.urls import path

from bidding.profiles.views import pages

app_name = "profiles"
urlpatterns = [
    path("procedures/", pages.procedures, name="list"),
    path("procedures/<str:code>/", pages.procedure, name="profile"),
    path("procedures/<str:code>/edit/", pages.EditProfile.as_view(), name="edit"),
]
