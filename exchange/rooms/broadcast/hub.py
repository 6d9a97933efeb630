"""Per process and room: who is connected, and when they are told.

The first state after a quiet time goes out at once, then at most one per cadence. A state is encoded once per
viewer; the frame is built once and written to every socket in slices, so that verdicts never wait behind a crowd.
State frames may be skipped for a socket that does not keep up (each is complete); verdicts never are. Everything
here runs on the event loop's thread.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exchange.rooms.broadcast.outlets import text_frame
from exchange.rooms.broadcast.peers import Peer, Viewer
from exchange.rooms.domain.events import Event
from exchange.rooms.domain.model import RoomState
from exchange.rooms.protocol import CLOSE_NOT_READING, MOST_EVENTS_IN_STATE


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a busy room is told. Seconds, sockets and bytes; all parameters."""

    small_s: float = 0.020
    large_s: float = 0.050
    small_room_sockets: int = 100
    crowd_s: float = 0.000_1
    """So long for each socket, where that is longer: a crowd twice as large is told half as often, at the same cost."""
    longest_s: float = 0.200
    slice_sockets: int = 1_000
    share_of_loop: float = 0.5
    """Telling may take no more than this share of the loop's time, however large the crowd and however many rooms."""
    stretch_s: float = 0.002
    """So far telling may be ahead of its share: timers are no finer than a millisecond."""
    skip_bytes: int = 64 * 1024
    close_bytes: int = 256 * 1024
    close_after_s: float = 10.0

    def pause_s(self, sockets: int) -> float:
        """How long a room with so many sockets waits between two tellings."""
        if sockets <= self.small_room_sockets:
            return self.small_s
        return max(self.large_s, min(self.longest_s, sockets * self.crowd_s))


Render = Callable[["Scene", Viewer, bool], bytes]
"""Encodes the state of a scene for a viewer, full or as what came since the last telling."""
RenderOwn = Callable[["Scene", str], bytes | None]
"""Encodes what only the bidder of that alias may know of the state; None where the public state tells it all."""


@dataclass(slots=True)
class Scene:
    """What the hub knows of one room."""

    room_id: int
    epoch: str = ""
    seq: int = 0
    told_seq: int = 0
    state: RoomState | None = None
    tape: deque[Event] = field(default_factory=lambda: deque(maxlen=MOST_EVENTS_IN_STATE))
    peers: dict[Viewer, set[Peer]] = field(default_factory=lambda: {viewer: set() for viewer in Viewer})
    told_at: float = 0.0
    telling: asyncio.TimerHandle | asyncio.Handle | None = None

    @property
    def sockets(self) -> int:
        return sum(map(len, self.peers.values()))

    @property
    def watchers(self) -> int:
        return len(self.peers[Viewer.WATCHER])

    def everyone(self) -> Iterator[Peer]:
        for peers in self.peers.values():
            yield from peers


class Hub:
    """The rooms of this process and their sockets."""

    def __init__(
        self, render: Render, cadence: Cadence | None = None, *, render_own: RenderOwn = lambda scene, alias: None
    ) -> None:
        self._render, self._render_own = render, render_own
        self.cadence = cadence or Cadence()
        self.scenes: dict[int, Scene] = {}
        self._turns: deque[Scene] = deque()
        """Scenes that are due while the loop has done its share of telling; in order."""
        self._paid_until = 0.0
        """Where the loop's time would be if telling had taken no more than its share of it."""
        self.deliveries = 0
        self.skipped = 0

    def scene(self, room_id: int) -> Scene:
        scene = self.scenes.get(room_id)
        if scene is None:
            scene = self.scenes[room_id] = Scene(room_id)
        return scene

    def adopt(self, scene: Scene, peer: Peer) -> None:
        """Tell this socket too from now on: it has just been shown `scene` whole."""
        self.scenes.setdefault(scene.room_id, scene).peers[peer.viewer].add(peer)

    def leave(self, peer: Peer) -> None:
        scene = self.scenes.get(peer.room_id)
        if scene is None:
            return
        scene.peers[peer.viewer].discard(peer)
        if not scene.sockets and scene.telling is None:
            del self.scenes[peer.room_id]

    def move(self, room_id: int, *, epoch: str, seq: int, state: RoomState, events: Sequence[Event]) -> None:
        """The room stands at `seq` now; tell its sockets soon. Late news of an older `seq` is ignored."""
        scene = self.scenes.get(room_id)
        if scene is None or (scene.epoch == epoch and seq <= scene.seq):
            return
        if scene.epoch != epoch:
            scene.tape.clear()
            scene.seq = scene.told_seq = 0
        scene.tape.extend(event for event in events if event.seq > scene.seq)
        scene.epoch, scene.seq, scene.state = epoch, seq, state
        self._tell_soon(scene)

    def full_frame(self, scene: Scene, viewer: Viewer) -> bytes:
        """A complete state for one who just came or lost the thread."""
        return text_frame(self._render(scene, viewer, True))

    def _tell_soon(self, scene: Scene) -> None:
        if scene.telling is not None or not scene.sockets:
            return
        loop = asyncio.get_running_loop()
        due = scene.told_at + self.cadence.pause_s(scene.sockets)
        now = loop.time()
        scene.telling = loop.call_soon(self._due, scene) if due <= now else loop.call_at(due, self._due, scene)

    def _due(self, scene: Scene) -> None:
        """Tell the scene, or let it wait its turn."""
        if not self._turns and self._may_tell():
            self._tell(scene)
            return
        self._turns.append(scene)
        if len(self._turns) == 1:
            asyncio.get_running_loop().call_at(self._paid_until, self._take_turns)

    def _take_turns(self) -> None:
        while self._turns and self._may_tell():
            self._tell(self._turns.popleft())
        if self._turns:
            asyncio.get_running_loop().call_at(self._paid_until, self._take_turns)

    def _may_tell(self) -> bool:
        return self._paid_until - asyncio.get_running_loop().time() <= self.cadence.stretch_s

    def _tell(self, scene: Scene) -> None:
        started = asyncio.get_running_loop().time()
        frames: dict[bytes, bytes] = {}
        queue: deque[tuple[bytes, list[Peer]]] = deque()
        for viewer, peers in scene.peers.items():
            if not peers:
                continue
            payload = self._render(scene, viewer, False)
            if not payload:
                continue
            frame = frames.setdefault(payload, text_frame(payload))
            everyone, size = list(peers), self.cadence.slice_sockets
            queue.extend((frame, everyone[i : i + size]) for i in range(0, len(everyone), size))
        queue.extend(self._own_frames(scene))
        scene.told_seq, told = scene.seq, scene.seq
        scene.told_at = started
        self._tell_slices(scene, queue, told, started)

    def _own_frames(self, scene: Scene) -> Iterator[tuple[bytes, list[Peer]]]:
        """What bidders alone may know, to each of its own devices."""
        if scene.state is None:
            return
        of_alias: dict[str, list[Peer]] = {}
        for peer in scene.peers[Viewer.BIDDER]:
            of_alias.setdefault(peer.alias, []).append(peer)
        for alias, peers in of_alias.items():
            own = self._render_own(scene, alias)
            if own is not None:
                yield text_frame(own), peers

    def _tell_slices(self, scene: Scene, queue: deque[tuple[bytes, list[Peer]]], told: int, began: float) -> None:
        loop = asyncio.get_running_loop()
        if queue:
            frame, peers = queue.popleft()
            self.deliver(frame, peers, began)
        self._pay(loop.time(), began)
        if queue:
            # A turn of the loop between slices: receipts and bids do not wait for a crowd.
            scene.telling = loop.call_soon(self._next_slice, scene, queue, told)
            return
        scene.telling = None
        if scene.seq != told:
            self._tell_soon(scene)
        elif not scene.sockets:
            self.scenes.pop(scene.room_id, None)

    def _next_slice(self, scene: Scene, queue: deque[tuple[bytes, list[Peer]]], told: int) -> None:
        self._tell_slices(scene, queue, told, asyncio.get_running_loop().time())

    def _pay(self, now: float, began: float) -> None:
        """Telling took so long: bids are starved neither by a crowd nor by many rooms."""
        self._paid_until = max(self._paid_until, began) + (now - began) / self.cadence.share_of_loop

    def deliver(self, frame: bytes, peers: Sequence[Peer], now: float) -> None:
        """Write a skippable frame to `peers`; who does not read is skipped, and closed when it lasts."""
        limit = self.cadence.skip_bytes
        skipped = 0
        for peer in peers:
            outlet = peer.outlet
            if outlet.waiting_bytes() <= limit:
                if not peer.close_code:
                    outlet.write(frame)
                peer.slow_since = 0.0
                continue
            skipped += 1
            self._mind_slow(peer, now)
        self.skipped += skipped
        self.deliveries += len(peers) - skipped

    def _mind_slow(self, peer: Peer, now: float) -> None:
        peer.slow_since = peer.slow_since or now
        if peer.outlet.waiting_bytes() > self.cadence.close_bytes or now - peer.slow_since > self.cadence.close_after_s:
            peer.close(CLOSE_NOT_READING)

    def people(self) -> set[int]:
        """Who has a socket open here, of those who are signed in."""
        return {peer.person_id for peer in self._everyone() if peer.person_id is not None}

    def close_outdated(self, epochs: Mapping[int, int | None], code: int) -> None:
        """Close the sockets of the people named that were opened under a lower epoch; None: the person has none."""
        for peer in self._everyone():
            if peer.person_id is not None and peer.person_id in epochs:
                epoch = epochs[peer.person_id]
                if epoch is None or epoch > peer.epoch:
                    peer.close(code)

    def close_person(self, person_id: int, code: int) -> int:
        """Close every socket of a person whose sessions ended; the number of sockets."""
        found = [peer for peer in self._everyone() if peer.person_id == person_id]
        for peer in found:
            peer.close(code)
        return len(found)

    def _everyone(self) -> Iterator[Peer]:
        return (peer for scene in self.scenes.values() for peer in scene.everyone())
