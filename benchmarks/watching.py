"""Watches a hall with many sockets until told to end: `watching PORT HALL TICKET COUNT`; prints when each was told."""

import asyncio
import json
import re
import sys
import time
from collections import defaultdict
from functools import partial

import uvloop

from benchmarks.wire import Wire, connect

SEQ = re.compile(rb'"seq": (\d+)')


async def watch(port: int, hall_id: int, ticket: str, count: int) -> None:
    frames: dict[int, list[float]] = defaultdict(list)
    last = [-1] * count

    def heard(number: int, payload: bytes) -> None:
        found = SEQ.search(payload, 0, 200)
        if found:
            last[number] = int(found[1])
            frames[last[number]].append(time.monotonic())

    wires: list[Wire] = []
    path = f"/ws/halls/{hall_id}/?ticket={ticket}"
    for start in range(0, count, 50):
        numbers = range(start, min(count, start + 50))
        wires += await asyncio.gather(*(connect(path, port, b"", partial(heard, number)) for number in numbers))
    print("watching", len(wires), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    print(json.dumps({"frames": frames, "last": last}), flush=True)


if __name__ == "__main__":
    _, port_, hall_, ticket_, count_ = sys.argv
    uvloop.run(watch(int(port_), int(hall_), ticket_, int(count_)))
