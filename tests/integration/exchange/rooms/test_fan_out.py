"""The way out to sockets: frames, readers that lag, the cadence."""

import asyncio
from collections.abc import Sequence

import pytest

from exchange.rooms.broadcast.hub import Cadence, Hub, Scene
from exchange.rooms.broadcast.outlets import PumpedOutlet, check_private_attributes, payload_of, text_frame
from exchange.rooms.broadcast.peers import Peer, Viewer
from exchange.rooms.protocol import CLOSE_NOT_READING


class Paper:
    """An outlet that keeps what is written."""

    def __init__(self, waiting: int = 0) -> None:
        self.frames: list[bytes] = []
        self.waiting = waiting

    def write(self, frame: bytes) -> None:
        self.frames.append(frame)

    def write_together(self, frames: Sequence[bytes]) -> None:
        self.frames += frames

    def waiting_bytes(self) -> int:
        return self.waiting


def peer(outlet: Paper, viewer: Viewer = Viewer.WATCHER, alias: str = "") -> Peer:
    return Peer(outlet, 1, viewer, alias=alias)


def test_installed_servers_have_what_the_direct_way_relies_on() -> None:
    assert check_private_attributes() == []


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_frame_holds_its_payload(size: int) -> None:
    payload = b"x" * size

    assert payload_of(text_frame(payload)) == payload


def test_reader_that_lags_is_spared_states_and_closed_when_it_lasts() -> None:
    hub = Hub(lambda scene, viewer, full: b"{}")
    closed: list[int] = []
    reader, sleeper, hoarder = Paper(), Paper(waiting=100_000), Paper(waiting=300_000)
    peers = [peer(reader), peer(sleeper), peer(hoarder)]
    for one in peers:
        one.closing = closed.append

    hub.deliver(b"one", peers, now=1.0)
    hub.deliver(b"two", peers, now=12.0)

    assert reader.frames == [b"one", b"two"]
    assert (sleeper.frames, hoarder.frames) == ([], [])
    assert closed == [CLOSE_NOT_READING, CLOSE_NOT_READING]
    assert peers[0].close_code == 0


class SlowClock:
    """The loop's clock, on which a render can take as long as the test says."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._real, self._spent = loop, loop.time, 0.0

    def time(self) -> float:
        return self._real() + self._spent

    def spend(self, seconds: float) -> None:
        self._spent += seconds

    def __enter__(self) -> None:
        self._loop.time = self.time  # type: ignore[method-assign]

    def __exit__(self, *_: object) -> None:
        self._loop.time = self._real  # type: ignore[method-assign]


async def test_first_state_goes_out_at_once_and_busy_rooms_wait_for_the_cadence() -> None:
    told: list[tuple[int, int]] = []

    def render(scene: Scene, viewer: Viewer, full: bool) -> bytes:
        told.append((scene.told_seq, scene.seq))
        return b"{}"

    hub, paper = Hub(render, Cadence(small_s=0.05)), Paper()
    hub.adopt(Scene(1, epoch="e"), peer(paper))

    hub.move(1, epoch="e", seq=1, state=None, events=[])  # type: ignore[arg-type]  # nobody looks at the state here
    await asyncio.sleep(0.01)
    first = list(told)
    for seq in range(2, 30):
        hub.move(1, epoch="e", seq=seq, state=None, events=[])  # type: ignore[arg-type]
        await asyncio.sleep(0)
    await asyncio.sleep(0.15)

    assert first == [(0, 1)]
    assert told == [(0, 1), (1, 29)]
    assert len(paper.frames) == 2


@pytest.mark.parametrize(
    ("sockets", "pause_s"), [(1, 0.020), (100, 0.020), (101, 0.050), (500, 0.050), (1_000, 0.100), (9_000, 0.200)]
)
def test_the_larger_the_crowd_the_more_rarely_it_is_told(sockets: int, pause_s: float) -> None:
    assert Cadence().pause_s(sockets) == pytest.approx(pause_s)


async def test_many_rooms_are_told_in_turn_and_together_take_no_more_than_their_share() -> None:
    told: list[int] = []

    def render(scene: Scene, viewer: Viewer, full: bool) -> bytes:
        told.append(scene.room_id)
        clock.spend(0.001)
        return b"{}"

    clock = SlowClock(asyncio.get_running_loop())
    hub = Hub(render, Cadence(small_s=0.0, share_of_loop=0.25, stretch_s=0.002))
    for room in range(20):
        hub.adopt(Scene(room, epoch="e"), peer(Paper()))
    began = clock.time()

    with clock:
        for room in range(20):
            hub.move(room, epoch="e", seq=1, state=None, events=[])  # type: ignore[arg-type]
        while len(told) < 20:
            await asyncio.sleep(0)

    assert told == list(range(20))
    assert clock.time() - began >= 0.020 / 0.25 - 0.004


async def test_what_only_a_bidder_may_know_goes_to_its_own_devices() -> None:
    hub = Hub(lambda scene, viewer, full: b"{}", render_own=lambda scene, alias: alias.encode())
    papers = {name: Paper() for name in ("01", "01 on the phone", "02", "watcher")}
    for name, paper in papers.items():
        viewer = Viewer.WATCHER if name == "watcher" else Viewer.BIDDER
        hub.adopt(Scene(1, epoch="e"), peer(paper, viewer=viewer, alias=name[:2] if name != "watcher" else ""))

    hub.move(1, epoch="e", seq=1, state=object(), events=[])  # type: ignore[arg-type]
    await asyncio.sleep(0.05)

    own = {name: [frame for frame in paper.frames if frame != text_frame(b"{}")] for name, paper in papers.items()}
    assert own == {
        "01": [text_frame(b"01")],
        "01 on the phone": [text_frame(b"01")],
        "02": [text_frame(b"02")],
        "watcher": [],
    }


async def test_any_server_is_told_by_awaiting_send_in_order() -> None:
    sent: list[str] = []

    async def send(message: dict[str, str]) -> None:
        await asyncio.sleep(0)
        sent.append(message["text"])

    outlet = PumpedOutlet(send)
    for number in range(3):
        outlet.write(text_frame(str(number).encode()))
    outlet.write_together([text_frame(b"3"), text_frame(b"4")])
    await asyncio.sleep(0.05)

    assert sent == ["0", "1", "2", "3", "4"]
    assert outlet.waiting_bytes() == 0
