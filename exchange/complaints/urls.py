"""Addresses of objections and complaints."""

from django.urls import path

from exchange.complaints.views import complaints, objections

app_name = "complaints"
urlpatterns = [
    path("objections/", objections.objections, name="list"),
    path("objections/<int:objection_id>/", objections.Answer.as_view(), name="objection"),
    path("notices/<int:project_id>/objection/", objections.Raise.as_view(), name="raise"),
    path("objections/<int:objection_id>/complaint/", complaints.Raise.as_view(), name="complain"),
    path("complaints/", complaints.complaints, name="complaints"),
    path("complaints/<int:complaint_id>/", complaints.Decide.as_view(), name="complaint"),
    path("complaints/<int:complaint_id>/withdraw/", complaints.Withdraw.as_view(), name="withdraw"),
]
