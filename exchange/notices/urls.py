"""Addresses of the public pages."""

from django.urls import path

from exchange.notices.views import documents, public

app_name = "notices"
urlpatterns = [
    path("notices/", public.lots, name="list"),
    path("notices/<int:project_id>/", public.project, name="project"),
    path("notices/<int:project_id>/data.json", public.project_json, name="project_json"),
    path("notices/<int:project_id>/dates.ics", public.project_ics, name="project_ics"),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("results/auctions/", public.results, name="results"),
]
