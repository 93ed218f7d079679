"""Settings of the Docker executor: the table ``[docker]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from volery.errors import ConfigError


class DockerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an administrator says about containers.

    Attributes:
        host: URL of the engine, ``unix:///path`` or ``tcp://host:port``; empty: ``DOCKER_HOST``, or
            the usual socket.
        certificates: folder with ``ca.pem``, ``cert.pem`` and ``key.pem`` for an engine that is
            reached over TLS; empty: ``DOCKER_CERT_PATH`` if ``DOCKER_TLS_VERIFY`` is set.
        image: of tasks that name none.
        python: how the image's Python is called.
        pull: when an image is pulled; ``always``: once by each engine that uses it.
        network: mode of the containers: ``bridge``, ``host``, ``none`` or the name of a network.
        volumes: ``NAME:/path`` or ``/folder:/path``, with ``:ro`` if it is read only; for caches.
        environment: variables of all containers.
        user: of the processes in them, as ``uid:gid``; empty: the engine's, so that what they write
            is its own; ``image``: as the image says.
        cap_drop: capabilities that they do not have, such as ``ALL``.
        labels: of all containers.
        most: so many works are under way at a time.
        grace: seconds between SIGTERM and SIGKILL for what is to be stopped.
        patience: seconds for which an engine, a storage or a registry that is away is waited for.
        orphans: seconds after which a container is removed that nobody asks for any more.
        log_size: bytes of what a container prints that the engine keeps at most.
    """

    host: str = ""
    certificates: str = ""
    image: str = ""
    python: str = "python3"
    pull: Literal["missing", "always", "never"] = "missing"
    network: str = "bridge"
    volumes: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    user: str = ""
    cap_drop: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    most: int = 100
    grace: float = 10.0
    patience: float = 300.0
    orphans: float = 60.0
    log_size: int = 1 << 30


def docker_settings(table: Mapping[str, Any]) -> DockerSettings:
    """The settings that a table says.

    Raises:
        ConfigError: it has a key or a value that cannot be used.
    """
    try:
        settings = msgspec.convert(dict(table), DockerSettings)
    except msgspec.ValidationError as error:
        keys = ", ".join(DockerSettings.__struct_fields__)
        raise ConfigError(
            f"the settings [docker] cannot be used: {error}", hint=f"its keys are {keys}"
        ) from None
    for volume in settings.volumes:
        if not _is_volume(volume):
            raise ConfigError(
                f"[docker] volumes: {volume!r} is no volume",
                hint="write NAME:/path or /folder:/path, and :ro behind it for reading only",
            )
    return settings


def _is_volume(text: str) -> bool:
    parts = text.split(":")
    return len(parts) in (2, 3) and parts[1].startswith("/") and parts[2:] in ([], ["ro"], ["rw"])
