"""A server in a process of its own, with a small project registered, and raw requests to it."""

import json
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from measure import refuse

FLOW = """
from datetime import timedelta
from volery import task, wait_for_input, workflow

@task
def double(x: int) -> int:
    return 2 * x

@workflow
def doubled(x: int = 1) -> int:
    return double(x=x)

@workflow
def gated() -> int:
    double(x=wait_for_input("ready", timeout=timedelta(hours=1), expected_type=int))
    x = wait_for_input("go", timeout=timedelta(hours=1), expected_type=int)
    for _ in range(20):
        x = double(x=x)
    return x
"""
JSON = {"Content-Type": "application/json"}


class Served(NamedTuple):
    """A server: its process, its port, and how long it took until it was ready."""

    process: subprocess.Popen[str]
    port: int
    seconds: float

    def connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    def memory(self) -> float:
        """Megabytes that it holds just now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(row for row in status.splitlines() if row.startswith("VmRSS"))
        return int(line.split()[1]) * 1_024 / 1e6


def register(home: Path) -> None:
    """Make the small project known."""
    project = home / "project"
    project.mkdir(parents=True, exist_ok=True)
    project.joinpath("served.py").write_text(FLOW)
    command = [sys.executable, "-m", "volery.cli", "register", "served.py"]
    home = home / "home"
    subprocess.run([*command, "--home", str(home)], cwd=project, check=True, capture_output=True)


@contextmanager
def serving(home: Path, port: int = 0) -> Generator[Served]:
    """A server on a home, which ends with the block."""
    command = [sys.executable, "-m", "volery.cli", "serve", "--home", str(home / "home")]
    started = perf_counter()
    with subprocess.Popen(
        [*command, "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            told = process.stdout.readline() if process.stdout else ""
            refuse("http://" not in told, f"the server did not start: {told!r}")
            number = int(told.rpartition(":")[2].strip("/\n"))
            served = Served(process, number, 0.0)
            answer(served.connection(), "GET", "/readyz")
            yield served._replace(seconds=perf_counter() - started)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)


def received(connection: HTTPConnection, method: str, path: str, body: Any = None) -> bytes:
    """What the server answers, which has to be good, as it comes."""
    sent = None if body is None else json.dumps(body)
    connection.request(method, path, sent, JSON if sent else {})
    response = connection.getresponse()
    data = response.read()
    refuse(response.status >= 300, f"{method} {path}: {response.status} {data!r:.300}")
    return data


def answer(connection: HTTPConnection, method: str, path: str, body: Any = None) -> Any:
    """What the server answers, which has to be good."""
    data = received(connection, method, path, body)
    return json.loads(data) if data else None


def create(connection: HTTPConnection, name: str, workflow: str = "doubled") -> str:
    """Start an execution; its id."""
    body = {"entity": {"kind": "workflow", "name": f"served.{workflow}"}, "name": name}
    return answer(connection, "POST", "/api/v1/executions", body)["id"]
