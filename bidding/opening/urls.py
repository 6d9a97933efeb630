"""Addresses of opening halls."""

from django.urls import path

from bidding.opening.views import acting, showing

app_name = "opening"
urlpatterns = [
    path("halls/", showing.index, name="halls"),
    path("sections/<int:section_id>/opening/", showing.of_section, name="of_section"),
    path("halls/<int:hall_id>/", showing.hall, name="hall"),
    path("halls/<int:hall_id>/scene.json", showing.scene_json, name="scene"),
    path("halls/<int:hall_id>/ticket/", showing.ticket, name="ticket"),
    path("halls/<int:hall_id>/replay/", showing.replay, name="replay"),
    path("halls/<int:hall_id>/log.json", showing.log_json, name="log"),
    path("halls/<int:hall_id>/bids.csv", showing.bids_csv, name="csv"),
    path("halls/<int:hall_id>/sign-in/", acting.SignIn.as_view(), name="sign_in"),
    path("halls/<int:hall_id>/list/", acting.publish_list, name="publish_list"),
    path("halls/<int:hall_id>/draw/", acting.announce_draw, name="draw"),
    path("halls/<int:hall_id>/read/", acting.read_out, name="read"),
    path("halls/<int:hall_id>/price/", acting.confirm_price, name="price"),
    path("halls/<int:hall_id>/speak/", acting.speak, name="speak"),
    path("halls/words/<int:word_id>/admit/", acting.admit, name="admit"),
    path("halls/words/<int:word_id>/answer/", acting.answer, name="answer"),
    path("halls/<int:hall_id>/record/", acting.draft_record, name="record"),
    path("halls/<int:hall_id>/sign/", acting.sign_record, name="sign"),
    path("halls/<int:hall_id>/close/", acting.close, name="close"),
    path("halls/<int:hall_id>/resume/", acting.resume, name="resume"),
]
