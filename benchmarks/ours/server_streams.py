"""Many open streams of events on one server: milliseconds from an event to its receiver.

    python ours/server_streams.py STREAMS EXECUTIONS

The streams follow executions that wait at a gate, evenly. Then one after the other goes on, with
tasks in a chain; each event is compared with the clock when it comes out. The 95th percentile.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from statistics import quantiles
from time import time

from measure import refuse, report
from serving import Served, answer, create, register, serving


async def follow(port: int, id: str, opened: asyncio.Semaphore, late: list[float]) -> None:
    """Read the events of an execution until it has ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /api/v1/executions/{id}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    await writer.drain()
    line = await reader.readline()
    refuse(b"200" not in line, f"{line!r}")
    opened.release()
    while line := await reader.readline():
        if line.startswith(b"data: "):
            event = json.loads(line[6:])
            late.append((time() - event["at"]) * 1000)
            if event["path"] == "" and event["event"] in {"SUCCEEDED", "FAILED", "ABORTED"}:
                break
    writer.close()


async def main_with(served: Served, streams: int, executions: int) -> list[float]:
    late: list[float] = []
    opened = asyncio.Semaphore(0)
    names = [f"watched-{number}" for number in range(executions)]
    connection = served.connection()
    held = [create(connection, name, "gated") for name in names]
    tasks = [
        asyncio.create_task(follow(served.port, held[number % executions], opened, late))
        for number in range(streams)
    ]
    for _ in tasks:
        await opened.acquire()
    late.clear()  # what was there before
    await asyncio.to_thread(let_go, served, held)
    await asyncio.gather(*tasks)
    return late


def let_go(served: Served, held: list[str]) -> None:
    """Open the gates, one after the other."""
    connection = served.connection()
    for id in held:
        path = f"/api/v1/executions/{id}"
        while not answer(connection, "GET", f"{path}/summary")["gates"]:
            pass
        answer(connection, "POST", f"{path}/signal", {"gate": "go", "value": 1})


def main(streams: int, executions: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        register(Path(folder))
        with serving(Path(folder)) as served:
            late = asyncio.run(main_with(served, streams, executions))
    report({"p95": [quantiles(late, n=20)[-1]]})


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
