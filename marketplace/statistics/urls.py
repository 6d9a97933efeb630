"""Addresses of the statistics."""

from django.urls import path

from marketplace.statistics.views import public

app_name = "statistics"
urlpatterns = [path("supermarket/statistics/", public.statistics, name="statistics")]
