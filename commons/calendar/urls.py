from django.urls import path

from commons.calendar.views import pages

app_name = "calendar"
urlpatterns = [
    path("calendar/", pages.year, name="year"),
    path("calendar/day/", pages.EnterDay.as_view(), name="day"),
    path("calendar/<int:year>/publish/", pages.PublishYear.as_view(), name="publish"),
]
