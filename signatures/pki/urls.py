"""Addresses of certificates: signing in, one's own, everybody's for the centre, and the trust list."""

from django.urls import path

from signatures.pki.views import entering, overseeing, owning

app_name = "pki"
urlpatterns = [
    path("certificate/login/", entering.login_page, name="login"),
    path("certificate/login/challenge/", entering.challenge, name="login_challenge"),
    path("certificate/login/prepare/", entering.prepare, name="login_prepare"),
    path("certificate/login/complete/", entering.complete, name="login_complete"),
    path("certificates/", owning.certificates, name="own"),
    path("certificates/challenge/", owning.challenge, name="bind_challenge"),
    path("certificates/prepare/", owning.prepare, name="bind_prepare"),
    path("certificates/bind/", owning.complete, name="bind_complete"),
    path("certificates/<int:binding_id>/unbind/", owning.unbind, name="unbind"),
    path("certificates/all/", overseeing.bindings, name="bindings"),
    path("trust-list/", overseeing.trust_list, name="trust_list"),
    path("trust-list/<slug:authority>/suspend/", overseeing.suspend, name="suspend_authority"),
    path("trust-list/<slug:authority>/resume/", overseeing.resume, name="resume_authority"),
]
