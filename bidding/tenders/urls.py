"""Addresses of tenders: the public's, the bidder's, the owner's and the centre's."""

from django.urls import path

from bidding.tenders.views import (
    answering,
    bidders,
    centre,
    choosing,
    deciding,
    editing,
    owners,
    planning,
    public,
    sections,
)

app_name = "tenders"
OWNER = "owner/tenders/<int:tender_id>/"
urlpatterns = [
    path("tenders/", public.tenders, name="list"),
    path("tenders/<int:tender_id>/", public.tender, name="tender"),
    path("tenders/<int:tender_id>.json", public.tender_json, name="tender_json"),
    path("tenders/<int:tender_id>/take/", bidders.take, name="take"),
    path("tenders/<int:tender_id>/documents/", bidders.documents, name="documents"),
    path("tenders/<int:tender_id>/ask/", bidders.Ask.as_view(), name="ask"),
    path("sections/<int:section_id>/object/", bidders.RaiseObjection.as_view(), name="object"),
    path("sections/<int:section_id>/apply/", bidders.Apply.as_view(), name="apply"),
    path("sections/<int:section_id>/apply/withdraw/", bidders.withdraw_application, name="withdraw_application"),
    path("tender-objections/<int:objection_id>/withdraw/", bidders.withdraw_objection, name="withdraw_objection"),
    path("owner/tenders/", owners.desk, name="desk"),
    path("owner/plans/new/", planning.NewPlan.as_view(), name="new_plan"),
    path("owner/tender-projects/new/", planning.NewProject.as_view(), name="new_project"),
    path("owner/tender-projects/<int:project_id>/tender/", planning.NewTender.as_view(), name="new"),
    path(OWNER, owners.draft, name="draft"),
    path(OWNER + "facts/", planning.EditTender.as_view(), name="edit"),
    path(OWNER + "sections/new/", sections.NewSection.as_view(), name="new_section"),
    path(OWNER + "sections/<int:section_id>/", sections.EditSection.as_view(), name="edit_section"),
    path(OWNER + "sections/<int:section_id>/remove/", sections.remove_section, name="remove_section"),
    path(OWNER + "sections/<int:section_id>/bill/", editing.ImportBill.as_view(), name="bill"),
    path(OWNER + "document/", editing.EditDocument.as_view(), name="document"),
    path(OWNER + "document/fill/", editing.fill, name="fill"),
    path(OWNER + "award/", choosing.ChooseAward.as_view(), name="award_method"),
    path(OWNER + "officers/", choosing.ChooseRoster.as_view(), name="roster"),
    path(OWNER + "filing/", choosing.FileNotice.as_view(), name="filing"),
    path(OWNER + "invited/", choosing.Invite.as_view(), name="invite"),
    path(OWNER + "findings/<int:finding_id>/", choosing.AnswerFinding.as_view(), name="finding"),
    path(OWNER + "submit/", owners.submit, name="submit"),
    path(OWNER + "repeat/", owners.repeat, name="repeat"),
    path(OWNER + "questions/", answering.Questions.as_view(), name="questions"),
    path(OWNER + "objections/<int:objection_id>/", answering.AnswerObjection.as_view(), name="answer_objection"),
    path(OWNER + "prequalification/", answering.prequalification, name="prequalification"),
    path(OWNER + "applications/<int:application_id>/", answering.Judge.as_view(), name="judge"),
    path(OWNER + "sections/<int:section_id>/finish/", answering.finish, name="finish"),
    path("centre/sections/<int:section_id>/decision/", deciding.Decide.as_view(), name="decision"),
    path("centre/tenders/", centre.desk, name="centre"),
    path("centre/tenders/<int:tender_id>/", centre.CheckTender.as_view(), name="check"),
    path("centre/tenders/<int:tender_id>/publish/", centre.publish, name="publish"),
]
