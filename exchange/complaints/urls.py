"""Addresses of objections."""

from django.urls import path

from exchange.complaints.views import objections

app_name = "complaints"
urlpatterns = [
    path("objections/", objections.objections, name="list"),
    path("objections/<int:objection_id>/", objections.Answer.as_view(), name="objection"),
    path("notices/<int:project_id>/objection/", objections.Raise.as_view(), name="raise"),
]
