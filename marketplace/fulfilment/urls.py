"""Addresses of results, services and objections."""

from django.urls import path

from marketplace.fulfilment.views import acting, grieving, reading

app_name = "fulfilment"
SERVICE = "supermarket/services/<int:engagement_id>/"
urlpatterns = [
    path("supermarket/results/", reading.results, name="results"),
    path("supermarket/services/", reading.services, name="list"),
    path(SERVICE, reading.service, name="service"),
    path(SERVICE + "papers/<str:kind>/", acting.paper, name="paper"),
    path(SERVICE + "give-up/", acting.GiveUp.as_view(), name="give_up"),
    path(SERVICE + "default/", acting.Default.as_view(), name="default"),
    path(SERVICE + "contract/", acting.Contract.as_view(), name="contract"),
    path(SERVICE + "confirm/", acting.confirm, name="confirm"),
    path(SERVICE + "record/", acting.Record.as_view(), name="record"),
    path(SERVICE + "milestones/<int:place>/deliver/", acting.Deliver.as_view(), name="deliver"),
    path(SERVICE + "milestones/<int:place>/return/", acting.Return.as_view(), name="return"),
    path(SERVICE + "milestones/<int:place>/accept/", acting.accept, name="accept"),
    path(SERVICE + "finish/", acting.Finish.as_view(), name="finish"),
    path(SERVICE + "proposal/", acting.Propose.as_view(), name="propose"),
    path(SERVICE + "proposal/<str:answer>/", acting.answer, name="answer"),
    path(SERVICE + "payment/", acting.Pay.as_view(), name="pay"),
    path(SERVICE + "payment/<int:payment_id>/", acting.paid, name="paid"),
    path(SERVICE + "objection/", grieving.Raise.as_view(), name="object"),
    path(
        "supermarket/notices/<int:procurement_id>/objection/",
        grieving.RaiseAboutNotice.as_view(),
        name="object_to_notice",
    ),
    path("supermarket/objections/", grieving.objections, name="objections"),
    path("supermarket/objections/<int:grievance_id>/", grieving.objection, name="objection"),
    path("supermarket/objections/<int:grievance_id>/answer/", grieving.Answer.as_view(), name="answer_objection"),
    path("supermarket/objections/<int:grievance_id>/complaint/", grieving.Complain.as_view(), name="complain"),
    path("supermarket/objections/<int:grievance_id>/ruling/", grieving.Rule.as_view(), name="rule"),
]
