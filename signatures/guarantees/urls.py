"""Addresses of applicants, issuers, beneficiaries, overseers and the public."""

from django.urls import path

from signatures.guarantees.views import acting, desks, reading

app_name = "guarantees"
urlpatterns = [
    path("guarantees/", reading.mine, name="mine"),
    path("guarantees/<str:ref>/", reading.one, name="one"),
    path("guarantees/<str:ref>/paper.pdf", reading.paper, name="paper"),
    path("guarantees/<str:ref>/bundle.json", reading.bundle, name="bundle"),
    path("guarantees/<str:ref>/sign/", acting.sign, name="sign"),
    path("guarantees/<str:ref>/take-up/", acting.take_up, name="take_up"),
    path("guarantees/<str:ref>/<slug:step>/", acting.Step.as_view(), name="step"),
    path("issuer/guarantees/", desks.queue, name="queue"),
    path("issuer/credit/", desks.CreditLines.as_view(), name="credit"),
    path("beneficiary/guarantees/", reading.for_beneficiary, name="beneficiary"),
    path("oversight/guarantees/", reading.overseen, name="overseen"),
    path("centre/issuers/", desks.Issuers.as_view(), name="issuers"),
    path("centre/issuers/<int:issuer_id>/", desks.IssuerStatusPage.as_view(), name="issuer_status"),
    path("verify/guarantee/", reading.verify, name="verify"),
    path("verify/guarantee/<str:anchor>/", reading.verify, name="verify_anchor"),
]
