from django.urls import path

from commons.evidence.views import public

app_name = "evidence"
urlpatterns = [
    path("log/", public.log, name="log"),
    path("evidence/<path:stream>/<int:seq>/", public.entry, name="entry"),
]
