"""Many open streams of events on one server: milliseconds from an event to its receiver.

    python ours/server_streams.py STREAMS EXECUTIONS

The streams follow executions that wait at a gate, evenly. When each has told of a first event, one
execution after the other goes on, ten a second, with tasks in a chain; each event is compared with
the clock when it comes out: with 1,000 streams some 30,000 a second do. The 95th percentile.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from statistics import quantiles
from time import sleep, time

from measure import refuse, report
from serving import Served, answer, create, register, serving

PACE = 0.1
"""Seconds between one gate and the next."""
FIRST = b'"path":"n1","attempt":0,"event":"SUCCEEDED"'
"""In the last event before the gate that counts."""
END = b'"path":"","attempt":0,"event":"SUCCEEDED"'
"""In the last event of an execution."""


class Follower(asyncio.Protocol):
    """Reads the events of an execution until it has ended.

    What comes is dated first and read when it is over: a client must not be what is measured.
    """

    def __init__(self, id: str) -> None:
        self.opened = asyncio.get_running_loop().create_future()
        self.followed = asyncio.get_running_loop().create_future()
        self.ended = asyncio.get_running_loop().create_future()
        self._id = id
        self._came: list[tuple[float, bytes]] = []
        self._before = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        path = f"/api/v1/executions/{self._id}/events"
        transport.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        self._came.append((time(), data))
        if not self.opened.done():
            refuse(not data.startswith(b"HTTP/1.1 200 "), f"{data!r:.500}")
            self.opened.set_result(None)
        if FIRST in self._before + data:
            self.followed.set_result(None)
        if END in self._before + data:
            self._transport.close()
            self.ended.set_result(None)
        self._before = data[-len(END) :]

    def late(self, since: float) -> list[float]:
        """Milliseconds from each event since then to its receipt."""
        found: list[float] = []
        rest = b""
        for came, data in self._came:
            *lines, rest = (rest + data).split(b"\n")
            events = [json.loads(line[6:]) for line in lines if line.startswith(b"data: ")]
            found += [(came - event["at"]) * 1000 for event in events if event["at"] > since]
        return found


async def main_with(served: Served, streams: int, executions: int) -> list[float]:
    connection = served.connection()
    held = [create(connection, f"watched-{number}", "gated") for number in range(executions)]
    loop = asyncio.get_running_loop()
    followers = [Follower(held[number % executions]) for number in range(streams)]
    for each in followers:
        await loop.create_connection(lambda each=each: each, "127.0.0.1", served.port)
    await asyncio.gather(*(each.opened for each in followers))
    await asyncio.to_thread(let_go, served, held, "ready")
    await asyncio.gather(*(each.followed for each in followers))
    since = time()
    await asyncio.to_thread(let_go, served, held, "go")
    await asyncio.gather(*(each.ended for each in followers))
    return [late for each in followers for late in each.late(since)]


def let_go(served: Served, held: list[str], gate: str) -> None:
    """Open a gate of each, one after the other."""
    connection = served.connection()
    for id in held:
        path = f"/api/v1/executions/{id}"
        while not answer(connection, "GET", f"{path}/summary")["gates"]:
            pass
        answer(connection, "POST", f"{path}/signal", {"gate": gate, "value": 1})
        sleep(PACE)


def main(streams: int, executions: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        register(Path(folder))
        with serving(Path(folder)) as served:
            late = asyncio.run(main_with(served, streams, executions))
    report({"p95": [quantiles(late, n=20)[-1]]})


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
