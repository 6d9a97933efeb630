"""Addresses of people: the account, the organisation that one acts for, its members."""

from django.urls import path

from commons.people.views import account

app_name = "people"
urlpatterns = [
    path("account/", account.AccountView.as_view(), name="account"),
    path("switch/", account.switch_organisation, name="switch_organisation"),
]
