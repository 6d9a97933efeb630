"""Daphne, looking after its connections a few at a time and letting them in without a page of notes about each.

Daphne asks all connections at once, every two seconds, whether a ping is due. Sockets that came together are pinged
together: with ten thousand of them a bid waited a quarter of a second. Here the same round takes the same two seconds,
in a hundred steps. And for every new socket autobahn prints all its options prettily and colours the names in a dozen
lines that nobody logs: a third of what it costs to let a crowd in. Importing this installs Twisted's reactor.
"""

from typing import Any

import autobahn.twisted.websocket
import autobahn.websocket.protocol
from daphne.server import Server
from twisted import internet

from portal.streams import StreamedRequest

reactor: Any = internet.reactor

ROUND_S = 2.0
"""As Daphne's own."""
STEPS = 100


def _unlogged(_: object) -> str:
    """In the place of what makes words for autobahn's log, which goes nowhere."""
    return ""


for _module in (autobahn.websocket.protocol, autobahn.twisted.websocket):
    for _name in {"pformat", "hltype", "hlval"} & vars(_module).keys():
        setattr(_module, _name, _unlogged)


class PatientServer(Server):  # type: ignore[misc]
    """Daphne's server, whose rounds among the connections never hold the loop for long."""

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """The way into the application of a request or socket that begins; called by Daphne."""
        queue = super().create_application(protocol, scope)
        streamed = isinstance(protocol, StreamedRequest) and protocol.arriving and queue is not None
        return protocol.inlet(queue) if streamed else queue

    def timeout_checker(self) -> None:
        """Begin a round; called by Daphne once, then by every round at its end."""
        self._check(list(self.connections), 0)

    def _check(self, protocols: list[Any], step: int) -> None:
        for protocol in protocols[step::STEPS]:
            if protocol in self.connections:
                protocol.check_timeouts()
        if step + 1 < STEPS:
            reactor.callLater(ROUND_S / STEPS, self._check, protocols, step + 1)
        else:
            reactor.callLater(ROUND_S / STEPS, self.timeout_checker)
