"""Attempts in containers of a Docker engine.

executor      the port
runs          the attempts under way, from launch to result: a state machine in one thread
run           one of them
loop          that thread: streams, times, and steps that other threads take
steps         what waits for the engine or the storage: begin, end, remove
news          which containers have ended: one stream for all
images        pulled once, for all that wait for one
strays        containers that nobody asks for
log, frames   what a container prints
description   from a work to a container: a function
state         from how one ended to an `Exit`: a function
engine, api, address, documents, credentials   the Engine API
settings      the table ``[docker]``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from volery.executors.docker.executor import DockerExecutor
    from volery.executors.known import Site


def open(site: Site) -> DockerExecutor:  # noqa: A001 - the name by which executors are opened
    """Open the executor at a site.

    Raises:
        ConfigError: its settings cannot be used.
        EngineAway: the engine cannot be reached.
    """
    from volery.executors.docker.executor import DockerExecutor
    from volery.executors.docker.settings import docker_settings

    return DockerExecutor(
        docker_settings(site.settings),
        site.storage,
        server=site.identity,
        folder=site.home / "docker",
        wanted=site.wanted,
    )
