"""Addresses of papers and of their public check."""

from django.urls import path

from signatures.documents.views import checking, papers

app_name = "documents"
urlpatterns = [
    path("papers/", papers.waiting, name="waiting"),
    path("papers/<str:paper>/", papers.paper, name="paper"),
    path("papers/<str:paper>/file.pdf", papers.file, name="file"),
    path("papers/<str:paper>/sign/<str:side>/", papers.sign, name="sign"),
    path("verify/document/", checking.Check.as_view(), name="check"),
]
