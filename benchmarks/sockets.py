"""Many sockets: idle ones, ones that never read, and all of them coming back at once."""

from collections.abc import Callable, Iterator

from benchmarks import stage
from benchmarks.figures import Line, Rounds, at_most, spread
from benchmarks.processes import children, cpu_s, memory_mib
from exchange.rooms.domain.phases import Format


def idle(rounds: Rounds) -> Iterator[Line]:
    """10,000 idle sockets in another room: memory of the process and its children, and what bidders feel of them"""
    memory, calm, busy = [], [], []
    for number in range(min(rounds.count, 2)):
        with stage.serving() as served:
            quiet = stage.open_room(Format.LIMITED_QUOTES, bidders=1, prices=1, name=f"idle{number}")
            room = stage.open_room(Format.LIMITED_QUOTES, bidders=50, prices=40, name=f"calm{number}")
            calm.append(_paced_p99(served, room, rounds))
            with stage.holding(served, quiet, 10_000):
                memory.append(sum(map(memory_mib, (served.pid, *children(served.pid)))))
                room = stage.open_room(Format.LIMITED_QUOTES, bidders=50, prices=40, name=f"busy{number}")
                busy.append(_paced_p99(served, room, rounds))
    yield at_most("memory with 10,000 sockets", memory, 500, " MiB")
    ratios = [there / without for there, without in zip(busy, calm, strict=True)]
    yield at_most(
        "bidding p99 beside them", ratios, 2, " ×", f"{spread(busy, ' ms', 1)} against {spread(calm, ' ms', 1)}"
    )


def _paced_p99(served: stage.Served, room: stage.Stage, rounds: Rounds) -> float:
    """Milliseconds until the verdict at 50 bids a second."""
    seen = stage.load(served, [room], watchers=0, seconds=rounds.seconds, pace_s=0.02)
    return float(seen["ack_ms"]["p99"])


def storm(rounds: Rounds) -> Iterator[Line]:
    """5,000 sockets come back at once: CPU of the server until all have their state"""
    spent = []
    for number in range(rounds.count):
        with stage.serving() as served:
            room = stage.open_room(Format.LIMITED_QUOTES, bidders=1, prices=1, name=f"storm{number}")
            with stage.holding(served, room, 10):
                before = cpu_s(served.pid)
                with stage.holding(served, room, 5_000):
                    spent.append(cpu_s(served.pid) - before)
    yield at_most("CPU for 5,000 sockets", spent, 6, " s")


def slow(rounds: Rounds) -> Iterator[Line]:
    """five readers that never read: what the others and the memory feel of them"""
    slower, grown = [], []
    for number in range(rounds.count):
        with stage.serving() as served:
            rates = []
            for deaf in (0, 5):
                room = stage.open_room(Format.LIMITED_QUOTES, bidders=50, prices=1_600, name=f"slow{number}{deaf}")
                before = memory_mib(served.pid)
                with stage.holding(served, room, deaf, deaf=True):
                    rates.append(stage.load(served, [room], watchers=50, seconds=rounds.seconds)["decisions_per_s"])
                    growth = memory_mib(served.pid) - before
                grown.append(growth) if deaf else None
            slower.append((rates[0] - rates[1]) / rates[0] * 100)
    yield at_most("slowdown", slower, 5, " %")
    yield Line(f"memory grew by {spread(grown, ' MiB', 1)} in the run with them, the room's own growth included")


BENCHMARKS: dict[str, Callable[[Rounds], Iterator[Line]]] = {"slow": slow, "idle": idle, "storm": storm}
