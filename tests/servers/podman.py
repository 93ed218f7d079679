"""A real Podman for tests, which speaks the API of a Docker engine."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import docker
from tests.servers.docker import Docker

INSTALL = "no Podman that can be started: as root, apt-get install podman runc busybox-static"

_STORAGE = """\
[storage]
driver = "overlay"
graphroot = "{folder}/root"
runroot = "{folder}/run"
"""
# Where the kernel has control groups of both versions, crun does nothing.
_CONTAINERS = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
"""


def is_there() -> bool:
    """Whether it can be used here."""
    return os.geteuid() == 0 and None not in map(shutil.which, ("podman", "runc", "busybox"))


@dataclass
class Podman(Docker):
    """A Podman on data of its own."""

    def _command(self) -> tuple[list[str], dict[str, str]]:
        return ["podman", "system", "service", "--time=0", self.url], variables(self.folder)


def variables(folder: Path) -> dict[str, str]:
    """Those with which Podman, and Buildah, keep all that they have in a folder."""
    storage, containers = folder / "storage.conf", folder / "containers.conf"
    storage.write_text(_STORAGE.format(folder=folder))
    containers.write_text(_CONTAINERS)
    return {"CONTAINERS_STORAGE_CONF": str(storage), "CONTAINERS_CONF": str(containers)}


@contextmanager
def podman_engine() -> Iterator[Podman]:
    """Start one with nothing in it; all that it has is gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="podman-"))
    folder.chmod(0o755)
    engine = Podman(folder)
    try:
        engine.start()
        yield engine
        engine.clear()
    finally:
        engine.stop(signal.SIGKILL)
        docker.unmount(folder)
        shutil.rmtree(folder, ignore_errors=True)
