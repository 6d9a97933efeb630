"""Addresses of credit."""

from django.urls import path

from marketplace.credit.views import deciding, public, rating

app_name = "credit"
urlpatterns = [
    path("supermarket/credit/", public.board, name="board"),
    path("supermarket/credit/<int:organisation_id>/", public.agency, name="agency"),
    path("supermarket/credit/<int:organisation_id>/listing/", deciding.Propose.as_view(), name="propose"),
    path("supermarket/credit/<int:organisation_id>/letter/", deciding.Letter.as_view(), name="letter"),
    path("supermarket/services/<int:engagement_id>/rating/", rating.Rate.as_view(), name="rate"),
    path("supermarket/ratings/<int:rating_id>/", public.rating, name="rating"),
    path("supermarket/ratings/<int:rating_id>/appeal/", rating.Appeal.as_view(), name="appeal"),
    path("supermarket/ratings/<int:rating_id>/decision/", deciding.Appealed.as_view(), name="decide_appeal"),
    path("supermarket/lists/", public.lists, name="lists"),
    path("supermarket/lists/<int:listing_id>/", public.listing, name="listing"),
    path("supermarket/lists/<int:listing_id>/statement/", rating.Statement.as_view(), name="statement"),
    path("supermarket/lists/<int:listing_id>/decision/", deciding.Listed.as_view(), name="decide_listing"),
]
