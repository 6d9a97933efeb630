"""Addresses of sign-ups and of the agency's workspace."""

from django.urls import path

from marketplace.signups.views import agency

app_name = "signups"
urlpatterns = [
    path("supermarket/agency/", agency.workspace, name="workspace"),
    path("supermarket/agency/sign-ups/", agency.mine, name="mine"),
    path("supermarket/agency/subscribe/", agency.Subscribe.as_view(), name="subscribe"),
    path("supermarket/agency/subscriptions/<int:subscription_id>/end/", agency.unsubscribe, name="unsubscribe"),
    path("supermarket/notices/<int:procurement_id>/sign-up/", agency.SignUpPage.as_view(), name="sign_up"),
    path("supermarket/sign-ups/<int:sign_up_id>/", agency.receipt, name="receipt"),
    path("supermarket/sign-ups/<int:sign_up_id>/withdraw/", agency.withdraw, name="withdraw"),
]
