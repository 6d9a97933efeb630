"""Addresses of procurements."""

from django.urls import path

from marketplace.procurement.views import auditing, bulk, drafting, owner, public, wizard

app_name = "procurement"
urlpatterns = [
    path("supermarket/", public.notices, name="notices"),
    path("supermarket/notices/<int:procurement_id>/", public.notice, name="notice"),
    path("supermarket/notices/<int:procurement_id>/data.json", public.notice_json, name="notice_json"),
    path("supermarket/notices/<int:procurement_id>/ask/", public.ask, name="ask"),
    path("supermarket/notices/<int:procurement_id>/suspend/", public.Suspend.as_view(), name="suspend"),
    path("supermarket/owner/", owner.workspace, name="workspace"),
    path("supermarket/owner/new/", wizard.New.as_view(), name="new"),
    path("supermarket/owner/case/", drafting.from_case, name="from_case"),
    path("supermarket/owner/advice/", drafting.advice, name="advice"),
    path("supermarket/owner/bulk/", bulk.Bulk.as_view(), name="bulk"),
    path("supermarket/owner/bulk/template.csv", bulk.template, name="bulk_template"),
    path("supermarket/owner/chain/", owner.Chain.as_view(), name="chain"),
    path("supermarket/owner/<int:procurement_id>/", owner.procurement, name="own"),
    path("supermarket/owner/<int:procurement_id>/edit/", drafting.Edit.as_view(), name="edit"),
    path("supermarket/owner/<int:procurement_id>/steps/<slug:step>/", wizard.Step.as_view(), name="step"),
    path("supermarket/owner/<int:procurement_id>/copy/", drafting.from_notice, name="copy"),
    path("supermarket/owner/<int:procurement_id>/submit/", owner.submit, name="submit"),
    path("supermarket/owner/<int:procurement_id>/decide/", owner.decide, name="decide"),
    path("supermarket/owner/<int:procurement_id>/void/", owner.void, name="void"),
    path("supermarket/owner/<int:procurement_id>/amend/", drafting.Amend.as_view(), name="amend"),
    path("supermarket/owner/<int:procurement_id>/again/", drafting.Again.as_view(), name="again"),
    path("supermarket/questions/<int:question_id>/answer/", owner.answer, name="answer"),
    path("supermarket/desk/", auditing.desk, name="desk"),
    path("supermarket/desk/<int:procurement_id>/", auditing.Audit.as_view(), name="audit"),
    path("supermarket/desk/<int:procurement_id>/publish/", auditing.publish, name="publish"),
    path("supermarket/desk/<int:procurement_id>/amendment/", auditing.amendment, name="amendment"),
]
