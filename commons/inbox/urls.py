from django.urls import path

from commons.inbox.views import messages

app_name = "inbox"
urlpatterns = [
    path("inbox/", messages.inbox, name="list"),
    path("inbox/read/", messages.read_all, name="read_all"),
    path("inbox/<int:message_id>/", messages.open_message, name="open"),
]
