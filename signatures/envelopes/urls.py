"""Addresses of sealing, opening and the officers."""

from django.urls import path

from signatures.envelopes.views import intakes, officers, openings, rosters

app_name = "envelopes"
urlpatterns = [
    path("openings/", intakes.Rehearsals.as_view(), name="list"),
    path("openings/<int:intake_id>/", intakes.show, name="intake"),
    path("openings/<int:intake_id>/terms/", intakes.terms, name="terms"),
    path("openings/<int:intake_id>/token/", intakes.token, name="token"),
    path("openings/<int:intake_id>/attest/", intakes.attest, name="attest"),
    path("openings/<int:intake_id>/withdraw/", intakes.withdraw, name="withdraw"),
    path("openings/<int:intake_id>/end-sealing/", intakes.end_sealing, name="end_sealing"),
    path("openings/<int:intake_id>/begin/", openings.begin, name="begin"),
    path("openings/<int:intake_id>/table/", openings.table, name="table"),
    path("openings/<int:intake_id>/shares/", openings.shares, name="shares"),
    path("openings/<int:intake_id>/unlock/", openings.unlock_shares, name="unlock_shares"),
    path("openings/envelopes/<str:ref>/", openings.Envelope.as_view(), name="envelope"),
    path("openings/envelopes/<str:ref>/locked/", openings.locked, name="locked"),
    path("openings/envelopes/<str:ref>/unlock/", openings.unlock, name="unlock"),
    path("openings/receipts/<str:number>/", intakes.receipt, name="receipt"),
    path("openings/rosters/", rosters.Rosters.as_view(), name="rosters"),
    path("openings/rosters/<int:roster_id>/", rosters.roster, name="roster"),
    path("openings/rosters/<int:roster_id>/activate/", rosters.activate, name="activate"),
    path("openings/rosters/<int:roster_id>/retire/", rosters.retire, name="retire"),
    path("openings/handovers/<int:handover_id>/witness/", rosters.witness, name="witness"),
    path("openings/officer/", officers.mine, name="officer"),
    path("openings/officer/<int:seat_id>/key/", officers.enrol, name="enrol"),
    path("openings/officer/<int:seat_id>/try/", officers.try_key, name="try_key"),
    path("openings/officer/<int:seat_id>/duty/", officers.Duty.as_view(), name="duty"),
    path("openings/officer/<int:seat_id>/handover/", officers.hand_over, name="hand_over"),
]
