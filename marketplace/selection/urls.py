"""Addresses of selections."""

from django.urls import path

from marketplace.selection.views import choosing, public

app_name = "selection"
urlpatterns = [
    path("supermarket/selections/", public.selections, name="list"),
    path("supermarket/selections/<int:selection_id>/", public.selection, name="selection"),
    path("supermarket/selections/<int:selection_id>/record.json", public.record, name="record"),
    path("supermarket/selections/<int:selection_id>/panel/", choosing.Panel.as_view(), name="panel"),
    path("supermarket/selections/<int:selection_id>/scores/", choosing.Scores.as_view(), name="scores"),
    path("supermarket/selections/<int:selection_id>/pick/", choosing.Pick.as_view(), name="pick"),
]
