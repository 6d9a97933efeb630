"""The socket of a hall, `/ws/halls/<id>/`: the scene as JSON whenever something happened. Nothing is done over it."""

from typing import Any
from urllib.parse import parse_qs

from bidding.opening.hub import CLOSE_SIGNED_OUT, Hub, Peer
from bidding.opening.tickets import unseal
from exchange.rooms.broadcast.outlets import outlet_for
from exchange.rooms.endpoint import Receive, Scope, Send, is_own_origin


class HallEndpoint:
    """The ASGI application behind every hall. Its hub starts with the first socket of the process."""

    def __init__(self) -> None:
        self._hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        ticket = unseal(_ticket(scope))
        if not is_own_origin(scope):
            await send({"type": "websocket.close", "code": 4403})
            return
        await send({"type": "websocket.accept"})
        if ticket is None or ticket.hall_id != int(scope["url_route"]["kwargs"]["hall_id"]):
            await send({"type": "websocket.close", "code": CLOSE_SIGNED_OUT})
            return
        await self._stay(Peer(ticket, outlet_for(send), send), receive)

    async def _stay(self, peer: Peer, receive: Receive) -> None:
        self._hub = self._hub or Hub()
        self._hub.add(peer)
        try:
            while True:
                message: dict[str, Any] = await receive()
                if message["type"] == "websocket.disconnect":
                    return
        finally:
            self._hub.drop(peer)


def _ticket(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    return parse_qs(query.decode("latin-1")).get("ticket", [""])[0]
