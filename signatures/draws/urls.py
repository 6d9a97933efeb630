from django.urls import path

from signatures.draws.views import desk, holding, public

app_name = "draws"
urlpatterns = [
    path("draws/", public.draws, name="list"),
    path("draws/mine/", holding.mine, name="mine"),
    path("draws/new/", desk.NewDraw.as_view(), name="new"),
    path("draws/<uuid:draw_id>/", public.draw, name="one"),
    path("draws/<uuid:draw_id>/custody/", holding.custody, name="custody"),
    path("draws/<uuid:draw_id>/commit/", holding.commit, name="commit"),
    path("draws/<uuid:draw_id>/reveal/", holding.reveal, name="reveal"),
    path("draws/<uuid:draw_id>/beacon/", desk.RecordBeacon.as_view(), name="beacon"),
    path("draws/<uuid:draw_id>/redraw/", desk.AskForRedraw.as_view(), name="ask_redraw"),
    path("draws/<uuid:draw_id>/redraw/<int:approval_id>/", desk.DrawAnew.as_view(), name="redraw"),
]
