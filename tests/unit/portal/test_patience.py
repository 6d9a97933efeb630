"""The server looks after many connections without holding its loop."""

import autobahn.twisted.websocket
import autobahn.websocket.protocol
import pytest

from portal import patience
from portal.patience import ROUND_S, STEPS, PatientServer

LOGS = {
    autobahn.websocket.protocol: ("pformat", "hltype", "hlval"),
    autobahn.twisted.websocket: ("hltype", "hlval"),
}


class Connection:
    def __init__(self) -> None:
        self.checked = 0

    def check_timeouts(self) -> None:
        self.checked += 1


class Clock:
    """A reactor whose calls are made by hand."""

    def __init__(self) -> None:
        self.waiting: list[tuple[object, ...]] = []
        self.waited = 0.0

    def callLater(self, seconds: float, call: object, *arguments: object) -> None:  # Twisted's name
        self.waited += seconds
        self.waiting.append((call, *arguments))

    def run_one(self) -> None:
        call, *arguments = self.waiting.pop(0)
        call(*arguments)  # type: ignore[operator]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(patience, "reactor", clock)
    return clock


def a_server(connections: list[Connection]) -> PatientServer:
    server = PatientServer(application=None, endpoints=["tcp:0:interface=127.0.0.1"])
    server.connections = {connection: {} for connection in connections}
    return server


def test_a_round_asks_each_connection_once_and_none_of_its_steps_asks_many(clock: Clock) -> None:
    connections = [Connection() for _ in range(1_050)]
    server = a_server(connections)

    server.timeout_checker()
    most = sum(each.checked for each in connections)
    for _ in range(STEPS - 1):
        before = sum(each.checked for each in connections)
        clock.run_one()
        most = max(most, sum(each.checked for each in connections) - before)

    assert [each.checked for each in connections] == [1] * 1_050
    assert most == 11
    assert clock.waited == pytest.approx(ROUND_S)


def test_who_left_during_a_round_is_not_asked_and_who_came_is_asked_in_the_next(clock: Clock) -> None:
    stays, leaves, comes = Connection(), Connection(), Connection()
    server = a_server([stays, leaves])
    server.timeout_checker()
    del server.connections[leaves]
    server.connections[comes] = {}

    for _ in range(STEPS + 1):
        clock.run_one()

    assert (stays.checked, leaves.checked, comes.checked) == (2, 0, 1)


def test_no_words_are_made_for_a_log_that_goes_nowhere() -> None:
    for module, names in LOGS.items():
        for name in names:
            assert getattr(module, name)(object()) == "", f"{module.__name__}.{name}"
