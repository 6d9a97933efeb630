from django.urls import path

from commons.imports.views import pages

app_name = "imports"
urlpatterns = [
    path("imports/", pages.overview, name="list"),
    path("imports/runs/<int:run_id>/", pages.run, name="run"),
    path("imports/runs/<int:run_id>/carry-out/", pages.carry_out, name="carry_out"),
    path("imports/runs/<int:run_id>/refused.csv", pages.refused, name="refused"),
    path("imports/<slug:kind>/", pages.Upload.as_view(), name="upload"),
    path("imports/<slug:kind>/template.csv", pages.template, name="template"),
]
