"""The platform's own application as benchmarks need it: rate credits lifted, everything else as in production."""

import argparse
import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="daphne")
    parser.add_argument("--profile", help="write a profile of the loop's thread to this file on SIGTERM")
    arguments = parser.parse_args()

    from portal import serving

    serving.tune_interpreter()
    if arguments.server == "uvicorn":
        serving.run_uvicorn("127.0.0.1", arguments.port, application="benchmarks.serve:application")
    else:
        application_ = application_without_limits()
        serving.run_daphne("127.0.0.1", arguments.port, application=application_)


def application_without_limits() -> Any:
    """`portal.asgi` with an endpoint whose credits never end."""
    from portal import asgi  # sets Django up  # isort: skip
    from channels.routing import ProtocolTypeRouter, URLRouter
    from django.urls import path

    from exchange.rooms.endpoint import RoomEndpoint
    from exchange.rooms.services.credits import Allowance

    rooms = RoomEndpoint(bids=Allowance(burst=0, per_second=0))
    http = asgi.application.application_mapping["http"]
    sockets = [
        path("ws/rooms/<int:room_id>/", cast("Any", rooms)),
        path("ws/halls/<int:hall_id>/", cast("Any", asgi.halls)),
    ]
    return ProtocolTypeRouter({"http": http, "websocket": URLRouter(sockets)})


if __name__ == "__main__":
    main()
else:
    import django

    django.setup()
    application = application_without_limits()
