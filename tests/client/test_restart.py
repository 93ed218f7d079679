"""A client while its server dies, and another one takes its place."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from volery.client.http import HttpBackend
from volery.testing.conformance.backend_flows import gated, key_of, registration_of
from volery.wire.executions import Event, NewExecution, Signal


@contextmanager
def serving(home: Path, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and its URL."""
    command = [sys.executable, "-m", "volery.cli", "serve", "--workers", "1"]
    with subprocess.Popen(
        [*command, "--home", str(home), "--port", str(port)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.kill()


def test_who_watches_and_who_asks_go_on_when_a_server_was_killed(tmp_path):
    seen: list[Event] = []
    with serving(tmp_path) as (process, url), closing(HttpBackend(url)) as client:
        client.register(registration_of(gated, "default"))
        new = NewExecution(key_of(gated, "default"), name="mine")
        first = client.execute(new)
        watching = threading.Thread(target=lambda: seen.extend(client.watch("mine")))
        watching.start()
        next(line for line in client.watch("mine") if line.path == "n0")
        process.kill()
        process.wait()
        # Nobody is there now; what is asked has to wait, and is answered in the end.
        asked: list[float] = []
        asking = threading.Thread(target=lambda: asked.append(client.execute(new).created))
        asking.start()
        with serving(tmp_path, int(url.rpartition(":")[2])):
            asking.join()
            assert asked == [first.created]
            client.signal("mine", Signal("ship"))
            watching.join()
            assert tuple(seen) == client.events("mine")
            assert (seen[-1].path, seen[-1].event) == ("", "SUCCEEDED")
