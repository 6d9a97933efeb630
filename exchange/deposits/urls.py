"""Addresses of payers, the finance desk and the treasury."""

from django.urls import path, re_path

from exchange.deposits.views import collecting, desk, mine, payouts

app_name = "deposits"
urlpatterns = [
    path("deposits/", mine.mine, name="mine"),
    path("deposits/<int:expectation_id>/", mine.money, name="money"),
    path("deposits/account/", mine.ProposeAccount.as_view(), name="propose_account"),
    path("finance/", desk.desk, name="list"),
    path("finance/lots/<int:lot_id>/", desk.lot, name="lot"),
    path("finance/statements/", desk.Statements.as_view(), name="statements"),
    path("finance/statements/<int:file_id>/", desk.file, name="file"),
    path("finance/entries/<int:entry_id>/", desk.Entry.as_view(), name="entry"),
    path("finance/payouts/", payouts.Payouts.as_view(), name="payouts"),
    path("finance/payouts/<int:batch_id>/", payouts.batch, name="batch"),
    path("finance/payouts/<int:batch_id>/order/", payouts.order, name="order"),
    path("finance/payouts/<int:batch_id>/reject/", payouts.reject, name="reject"),
    path("finance/payouts/<int:batch_id>/pain.001/", payouts.download, name="download"),
    path("finance/payouts/legs/<int:leg_id>/refused/", payouts.refused, name="refused"),
    path("finance/payouts/prices/<int:expectation_id>/remit/", payouts.remit, name="remit"),
    path("finance/accounts/", payouts.Accounts.as_view(), name="accounts"),
    path("finance/accounts/collecting/", collecting.Collecting.as_view(), name="collecting"),
    path("finance/accounts/collecting/<int:approval_id>/agree/", collecting.agree, name="collecting_agree"),
    path("finance/accounts/collecting/<int:approval_id>/reject/", collecting.reject, name="collecting_reject"),
    re_path(
        r"^finance/accounts/(?P<account_id>\d+)/(?P<step>vet|list|end)/$", payouts.account_step, name="account_step"
    ),
    path("treasury/payments/", payouts.vouchers, name="vouchers"),
    path("treasury/payments/<int:expectation_id>/", payouts.Voucher.as_view(), name="voucher"),
]
