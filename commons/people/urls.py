"""Addresses of people: the account, the organisation that one acts for, its members."""

from django.urls import path

from commons.people.views import account, keys, members

app_name = "people"
urlpatterns = [
    path("account/", account.AccountView.as_view(), name="account"),
    path("account/end-sessions/", account.end_own_sessions, name="end_own_sessions"),
    path("keys/", keys.KeysView.as_view(), name="keys"),
    path("keys/<int:key_id>/end/", keys.EndKeyView.as_view(), name="end_key"),
    path("switch/", account.switch_organisation, name="switch_organisation"),
    path("members/", members.MembersView.as_view(), name="members"),
    path("members/open/", members.OpenAccountView.as_view(), name="open_account"),
    path("members/<int:person_id>/reset/", members.ResetView.as_view(), name="reset_sign_in"),
    path("members/roles/<int:membership_id>/end/", members.EndRoleView.as_view(), name="end_role"),
]
