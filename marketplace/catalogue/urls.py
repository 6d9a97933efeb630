"""Addresses of the catalogue."""

from django.urls import path

from marketplace.catalogue.views import keeping, public

app_name = "catalogue"
urlpatterns = [
    path("supermarket/catalogue/", public.items, name="list"),
    path("supermarket/qualifications/", public.qualifications, name="qualifications"),
    path("supermarket/catalogue/new/", keeping.NewItem.as_view(), name="new"),
    path("supermarket/catalogue/<int:item_id>/", public.item, name="item"),
    path("supermarket/catalogue/<int:item_id>/revise/", keeping.ReviseItem.as_view(), name="revise"),
    path("supermarket/catalogue/<int:item_id>/withdraw/", keeping.withdraw, name="withdraw"),
]
