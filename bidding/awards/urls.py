"""Addresses of results and awards."""

from django.urls import path

from bidding.awards.views import after, bonds, call_offs, pages, rounds

app_name = "awards"
BOND = "owner/sections/<int:section_id>/bonds/<int:organisation_id>/"
urlpatterns = [
    path("sections/<int:section_id>/result/", pages.result, name="result"),
    path("sections/<int:section_id>/debrief/", pages.take_debrief, name="debrief"),
    path("owner/sections/<int:section_id>/result/", pages.desk, name="desk"),
    path("owner/sections/<int:section_id>/report/", pages.EnterReport.as_view(), name="report"),
    path("owner/reports/<int:report_id>/", pages.confirm, name="confirm"),
    path("owner/sections/<int:section_id>/candidates/", pages.show, name="show"),
    path("owner/sections/<int:section_id>/award/", pages.give, name="give"),
    path("owner/awards/<int:award_id>/contract/", pages.draw, name="draw"),
    path("owner/awards/<int:award_id>/given-up/", pages.drop, name="drop"),
    path("owner/sections/<int:section_id>/rounds/", rounds.Rounds.as_view(), name="rounds"),
    path("owner/sections/<int:section_id>/room/", after.OpenRoom.as_view(), name="room"),
    path("owner/sections/<int:section_id>/review-again/", after.ReviewAgain.as_view(), name="review_again"),
    path("owner/sections/<int:section_id>/close/", after.Close.as_view(), name="close"),
    path("owner/sections/<int:section_id>/fail/", after.Fail.as_view(), name="fail"),
    path("awards/<int:award_id>/call-offs/", call_offs.CallOffs.as_view(), name="call_offs"),
    path("call-offs/<int:call_off_id>/refuse/", call_offs.Refuse.as_view(), name="refuse_call_off"),
    path("owner/call-offs/<int:call_off_id>/accept/", call_offs.Settle.as_view(), name="settle_call_off"),
    path("owner/competitions/<int:competition_id>/next/", call_offs.take_next, name="take_next_quote"),
    path("owner/awards/<int:award_id>/turn/", call_offs.Decline.as_view(), name="decline_turn"),
    path("owner/sections/<int:section_id>/call-offs/", call_offs.framework, name="framework"),
    path("owner/sections/<int:section_id>/competition/", call_offs.Compete.as_view(), name="compete"),
    path("competitions/<int:competition_id>/", call_offs.competition, name="competition"),
    path("sections/<int:section_id>/offer/", rounds.Offer.as_view(), name="offer"),
    path("owner/sections/<int:section_id>/bonds/", bonds.bonds, name="bonds"),
    path(BOND + "keep/", bonds.Forfeit.as_view(), name="forfeit"),
    path(BOND + "back/", bonds.let_go, name="let_go"),
    path("owner/forfeitures/<int:forfeiture_id>/", bonds.decide, name="decide"),
    path("owner/awards/<int:award_id>/security/", bonds.judge, name="security"),
    path("owner/awards/<int:award_id>/security/ask/", bonds.AskSecurity.as_view(), name="ask_security"),
    path("awards/<int:award_id>/security/", bonds.HandIn.as_view(), name="hand_in"),
]
