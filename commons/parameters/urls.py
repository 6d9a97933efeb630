from django.urls import path

from commons.parameters.views import pages

app_name = "parameters"
urlpatterns = [
    path("parameters/", pages.parameters, name="list"),
    path("parameters/legality/", pages.Legality.as_view(), name="legality"),
    path("parameters/approved/<int:approval_id>/", pages.carry_out, name="carry_out"),
    path("parameters/<str:key>/", pages.Parameter.as_view(), name="parameter"),
]
