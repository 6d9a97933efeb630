"""Addresses of people: the account, the organisation that one acts for, its members."""

from django.urls import path

from commons.people.views import account, counter, keys, members

app_name = "people"
urlpatterns = [
    path("account/", account.AccountView.as_view(), name="account"),
    path("account/end-sessions/", account.end_own_sessions, name="end_own_sessions"),
    path("keys/", keys.KeysView.as_view(), name="keys"),
    path("keys/<int:key_id>/end/", keys.EndKeyView.as_view(), name="end_key"),
    path("switch/", account.switch_organisation, name="switch_organisation"),
    path("desk/", counter.DeskView.as_view(), name="desk"),
    path("organisations/enter/", counter.EnterOrganisationView.as_view(), name="enter_organisation"),
    path("organisations/<int:organisation_id>/members/", members.MembersView.as_view(), name="members_of"),
    path(
        "organisations/<int:organisation_id>/members/open/", members.OpenAccountView.as_view(), name="open_account_of"
    ),
    path("persons/<int:person_id>/", counter.PersonView.as_view(), name="person"),
    path("persons/<int:person_id>/level/", counter.LevelView.as_view(), name="set_level"),
    path("persons/<int:person_id>/close/", counter.CloseView.as_view(), name="close_account"),
    path("persons/<int:person_id>/end-sessions/", counter.end_sessions, name="end_sessions_of"),
    path("members/", members.MembersView.as_view(), name="members"),
    path("members/open/", members.OpenAccountView.as_view(), name="open_account"),
    path("members/<int:person_id>/reset/", members.ResetView.as_view(), name="reset_sign_in"),
    path("members/roles/<int:membership_id>/end/", members.EndRoleView.as_view(), name="end_role"),
]
