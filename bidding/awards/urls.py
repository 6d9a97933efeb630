"""Addresses of results and awards."""

from django.urls import path

from bidding.awards.views import pages

app_name = "awards"
urlpatterns = [
    path("sections/<int:section_id>/result/", pages.result, name="result"),
    path("owner/sections/<int:section_id>/result/", pages.desk, name="desk"),
    path("owner/sections/<int:section_id>/report/", pages.EnterReport.as_view(), name="report"),
    path("owner/reports/<int:report_id>/", pages.confirm, name="confirm"),
    path("owner/sections/<int:section_id>/candidates/", pages.show, name="show"),
    path("owner/sections/<int:section_id>/award/", pages.give, name="give"),
    path("owner/awards/<int:award_id>/contract/", pages.draw, name="draw"),
    path("owner/awards/<int:award_id>/given-up/", pages.drop, name="drop"),
]
