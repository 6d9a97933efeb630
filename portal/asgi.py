"""What the server calls: pages in threads, rooms on the loop."""

import os
from typing import Any, cast

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
_wsgi = get_wsgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  # Django is set up first
from django.urls import path  # noqa: E402

from bidding.opening.endpoint import HallEndpoint  # noqa: E402
from exchange.rooms.endpoint import RoomEndpoint  # noqa: E402
from portal.pages import Pages, divided  # noqa: E402
from signatures.envelopes.endpoint import PREFIX, UploadEndpoint  # noqa: E402

rooms = RoomEndpoint()
halls = HallEndpoint()
application = ProtocolTypeRouter(
    {
        "http": divided(PREFIX, UploadEndpoint(), Pages(_wsgi)),
        "websocket": URLRouter(
            [
                path("ws/rooms/<int:room_id>/", cast("Any", rooms)),
                path("ws/halls/<int:hall_id>/", cast("Any", halls)),
            ]
        ),
    }
)
