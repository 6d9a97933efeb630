from django.urls import path

from commons.registration.views import accounts, organisations, suspending

app_name = "registration"
urlpatterns = [
    path("register/", accounts.Register.as_view(), name="register"),
    path("register/code/<str:token>/", accounts.Code.as_view(), name="code"),
    path("register/steps/", organisations.steps, name="steps"),
    path("register/identity/", organisations.ConfirmIdentity.as_view(), name="identity"),
    path("register/organisation/", organisations.RegisterOrganisation.as_view(), name="organisation"),
    path("register/person/", organisations.RegisterPerson.as_view(), name="person"),
    path("register/invitations/", organisations.Invite.as_view(), name="invite"),
    path("register/invitations/<int:number>/withdraw/", organisations.withdraw, name="withdraw"),
    path("people/organisations/<int:organisation_id>/suspension/", suspending.Suspension.as_view(), name="suspension"),
    path(
        "people/organisations/<int:organisation_id>/suspension/<int:approval_id>/",
        suspending.decide,
        name="decide_suspension",
    ),
    path("invitation/<str:token>/", organisations.AcceptInvitation.as_view(), name="invitation"),
    path("password/lost/", accounts.LostPassword.as_view(), name="lost"),
    path("password/lost/<str:token>/", accounts.NewPassword.as_view(), name="new_password"),
]
