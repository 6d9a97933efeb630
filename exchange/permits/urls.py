"""Addresses of holders and of the registry."""

from django.urls import path

from exchange.permits.views import mine, moving, registry

app_name = "permits"
urlpatterns = [
    path("holdings/", mine.mine, name="mine"),
    path("registry/", registry.registry, name="list"),
    path("registry/permits/new/", registry.NewPermit.as_view(), name="record"),
    path("registry/permits/<str:number>/", registry.Permit.as_view(), name="permit"),
    path("registry/permits/<str:number>/correct/", registry.CorrectPermit.as_view(), name="correct"),
    path("registry/holders/", registry.holders, name="holders"),
    path("registry/permits/<str:number>/renew/", registry.RenewPermit.as_view(), name="renew"),
    path("registry/holders/<int:organisation_id>/move/", moving.Move.as_view(), name="move"),
    path("registry/holders/<int:organisation_id>/", mine.holder, name="holder"),
    path("registry/movements/<int:movement_id>/reverse/", registry.Reverse.as_view(), name="reverse"),
    path("registry/areas/", registry.Areas.as_view(), name="areas"),
    path("registry/areas/<int:target_id>/met/", registry.MeetTarget.as_view(), name="met"),
]
