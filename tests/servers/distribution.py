"""A real registry of images on loopback, with nothing in it."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import socket

READY = 20.0
"""Seconds that it may take to start."""
INSTALL = "no registry of images: as root, apt-get install docker-registry"

_CONFIG = """\
version: 0.1
log: {{level: error}}
storage:
  filesystem: {{rootdirectory: {folder}/data}}
http: {{addr: "127.0.0.1:{port}"}}
"""


def program() -> str | None:
    """The registry's program, if it is installed."""
    return shutil.which("docker-registry")


@contextmanager
def distribution(folder: Path) -> Iterator[str]:
    """Start one with its data in a folder, and give its host and port."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "config.yml"
    config.write_text(_CONFIG.format(folder=folder, port=port))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["docker-registry", "serve", str(config)], stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + READY
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/"):
                break
            time.sleep(0.02)  # it has no way to tell that it is ready
        else:
            message = f"the registry did not start: {(folder / 'log').read_text()[-2000:]}"
            raise RuntimeError(message)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
