"""Addresses of the flow: lots, registrations, deals, certificates. Three namespaces, one subject."""

from django.urls import include, path

from exchange.auctions.views import buyers, centre, certificates, deals, guarantees, lots, numbers, sellers

auction_patterns = [
    path("lots/<int:lot_id>/", lots.lot, name="lot"),
    path("lots/<int:lot_id>/numbers/", numbers.numbers, name="numbers"),
    path("lots/<int:lot_id>/numbers/record.jsonl", numbers.record, name="numbers_record"),
    path("lots/<int:lot_id>/register/", buyers.register, name="register"),
    path("lots/<int:lot_id>/buyers/", sellers.buyers, name="buyers"),
    path("lots/<int:lot_id>/buyers/<int:registration_id>/", sellers.decide, name="decide"),
    path("lots/<int:lot_id>/negotiation/", sellers.Negotiation.as_view(), name="negotiation"),
    path("lots/<int:lot_id>/negotiation/<int:offer_id>/", sellers.answer, name="answer"),
    path("registrations/", buyers.my_registrations, name="my_registrations"),
    path("registrations/<int:registration_id>/", buyers.registration, name="registration"),
    path("registrations/<int:registration_id>/need/", buyers.Need.as_view(), name="registration_need"),
    path("registrations/<int:registration_id>/check/", buyers.Check.as_view(), name="registration_check"),
    path("registrations/<int:registration_id>/guarantee/", guarantees.Ask.as_view(), name="registration_guarantee"),
    path(
        "registrations/<int:registration_id>/guarantee/file/", guarantees.HandIn.as_view(), name="registration_hand_in"
    ),
    path("registrations/<int:registration_id>/withdraw/", buyers.withdraw, name="registration_withdraw"),
    path("seller/qualification/", sellers.qualification, name="qualification"),
    path("seller/projects/<int:project_id>/lots/new/", lots.LotPage.as_view(), name="add_lot"),
    path("seller/projects/<int:project_id>/lots/<int:lot_id>/", lots.LotPage.as_view(), name="change_lot"),
    path("centre/projects/<int:project_id>/publish/", centre.publish, name="publish"),
    path("centre/projects/<int:project_id>/amend/", centre.Amend.as_view(), name="amend"),
    path("centre/lots/<int:lot_id>/decision/", centre.Powers.as_view(), name="powers"),
    path(
        "complaints/<int:complaint_id>/suspension/",
        centre.ComplaintSuspension.as_view(),
        name="complaint_suspension",
    ),
]
contract_patterns = [
    path("deals/", deals.deals, name="list"),
    path("deals/<int:deal_id>/", deals.deal, name="deal"),
    path("deals/<int:deal_id>/confirm/", deals.confirm, name="confirm"),
    path("deals/<int:deal_id>/confirmation/<str:side>.<str:form>", deals.confirmation, name="confirmation"),
    path("deals/<int:deal_id>/transfer/", deals.transfer, name="transfer"),
    path("deals/<int:deal_id>/certify/", deals.certify, name="certify"),
    path("deals/<int:deal_id>/default/", centre.Default.as_view(), name="default"),
]
certificate_patterns = [
    path("centre/certificates/<str:code>/", centre.CertificatePage.as_view(), name="correct"),
    path("verify/certificate/", certificates.verify_number, name="verify_number"),
    path("verify/certificate/<str:code>/", certificates.verify, name="verify"),
    path("verify/certificate/<str:code>/file.pdf", certificates.document, name="document"),
]
urlpatterns = [
    path("", include((auction_patterns, "auctions"))),
    path("", include((contract_patterns, "contracts"))),
    path("", include((certificate_patterns, "certificates"))),
]
