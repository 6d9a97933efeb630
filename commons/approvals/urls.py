from django.urls import path

from commons.approvals.views import deciding

app_name = "approvals"
urlpatterns = [
    path("approvals/", deciding.waiting, name="list"),
    path("approvals/<int:approval_id>/", deciding.one, name="one"),
    path("approvals/<int:approval_id>/approve/", deciding.approve, name="approve"),
    path("approvals/<int:approval_id>/reject/", deciding.reject, name="reject"),
]
