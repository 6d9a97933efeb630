"""Addresses of signing."""

from django.urls import path

from signatures.signing.views import dialogue, phones

app_name = "signing"
urlpatterns = [
    path("sign/", dialogue.waiting, name="waiting"),
    path("sign/phone/<str:token>/", phones.phone, name="phone"),
    path("sign/<str:session>/", dialogue.sign, name="sign"),
    path("sign/<str:session>/content/", dialogue.content, name="content"),
    path("sign/<str:session>/prepare/", dialogue.prepare, name="prepare"),
    path("sign/<str:session>/complete/", dialogue.complete, name="complete"),
    path("sign/<str:session>/decline/", dialogue.decline, name="decline"),
    path("sign/<str:session>/state/", dialogue.state, name="state"),
    path("sign/<str:session>/phone/", phones.show_code, name="show_code"),
]
