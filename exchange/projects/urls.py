"""Addresses of the seller's and the exchange's desks."""

from django.urls import path

from exchange.projects.views import centre, desk, seller

app_name = "projects"
urlpatterns = [
    path("projects/", desk.projects, name="list"),
    path("seller/projects/", seller.desk, name="desk"),
    path("seller/projects/new/", seller.NewProject.as_view(), name="new"),
    path("seller/projects/<int:project_id>/", seller.draft, name="draft"),
    path("seller/projects/<int:project_id>/words/", seller.EditProject.as_view(), name="edit"),
    path("seller/projects/<int:project_id>/documents/", seller.attach, name="attach"),
    path("seller/projects/<int:project_id>/documents/<int:attachment_id>/remove/", seller.detach, name="detach"),
    path("seller/projects/<int:project_id>/lots/<int:lot_id>/remove/", seller.remove_lot, name="remove_lot"),
    path("seller/projects/<int:project_id>/submit/", seller.submit, name="submit"),
    path("centre/projects/", centre.desk, name="centre"),
    path("centre/projects/<int:project_id>/", centre.CheckProject.as_view(), name="check"),
]
