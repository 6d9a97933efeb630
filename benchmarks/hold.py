"""Holds sockets of a room until killed: `hold PORT ROOM TICKET COUNT idle|deaf`; deaf ones stop reading."""

import asyncio
import sys

import uvloop

from benchmarks.load import hello
from benchmarks.wire import connect


async def keep(port: int, room_id: int, ticket: str, count: int, *, deaf: bool) -> None:
    wires = []
    for start in range(0, count, 200):
        size = min(200, count - start)
        wires += await asyncio.gather(*(connect(f"/ws/rooms/{room_id}/", port, hello(ticket)) for _ in range(size)))
    for wire in wires:
        while wire.frames < 2:
            await asyncio.sleep(0.01)
        if deaf and wire.transport is not None:
            wire.transport.pause_reading()
    print("holding", len(wires), flush=True)
    await asyncio.sleep(600)


if __name__ == "__main__":
    _, port_, room_, ticket_, count_, how = sys.argv
    uvloop.run(keep(int(port_), int(room_), ticket_, int(count_), deaf=how == "deaf"))
