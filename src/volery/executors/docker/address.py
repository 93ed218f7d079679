"""Where a Docker engine is, and how a connection to it is made."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from volery.errors import ConfigError

if TYPE_CHECKING:
    from volery.executors.docker.settings import DockerSettings

USUAL: Final = "unix:///var/run/docker.sock"
_PORT, _TLS_PORT = 2375, 2376


class Address(msgspec.Struct, frozen=True):
    """Where an engine listens.

    Attributes:
        path: of its socket; empty: it is reached over TCP.
        host, port: over TCP.
        certificates: folder with what TLS needs; None: it is spoken to in the clear.
    """

    path: str = ""
    host: str = ""
    port: int = 0
    certificates: Path | None = None

    def __str__(self) -> str:
        return f"unix://{self.path}" if self.path else f"tcp://{self.host}:{self.port}"

    def connect(self, timeout: float) -> socket.socket:
        """A connection, within so many seconds. Raises OSError."""
        if self.path:
            made = socket.socket(socket.AF_UNIX)
            try:
                made.settimeout(timeout)
                made.connect(self.path)
            except BaseException:
                made.close()
                raise
            return made
        made = socket.create_connection((self.host, self.port), timeout)
        return made if self.certificates is None else _encrypted(made, self)


def address_of(settings: DockerSettings, environ: Mapping[str, str]) -> Address:
    """Where the settings, or the variables that Docker's own programs read, say that it is.

    Raises:
        ConfigError: what they say is no address.
    """
    url = settings.host or environ.get("DOCKER_HOST") or USUAL
    certificates = settings.certificates
    if not certificates and environ.get("DOCKER_TLS_VERIFY"):
        certificates = environ.get("DOCKER_CERT_PATH") or str(Path.home() / ".docker")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused(url) from None
    match parts.scheme:
        case "unix" if parts.path:
            return Address(path=parts.netloc + parts.path)
        case "tcp" | "http" | "https" if parts.hostname:
            folder = Path(certificates) if certificates else None
            usual = _PORT if folder is None else _TLS_PORT
            return Address(host=parts.hostname, port=port or usual, certificates=folder)
        case _:
            raise _refused(url)


def _refused(url: str) -> ConfigError:
    return ConfigError(
        f"{url!r} is no address of a Docker engine",
        hint="write unix:///path/of/its.sock or tcp://host:port",
    )


def _encrypted(plain: socket.socket, address: Address) -> socket.socket:
    import ssl

    folder = address.certificates
    assert folder is not None  # noqa: S101 - who calls has looked
    try:
        context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        return context.wrap_socket(plain, server_hostname=address.host)
    except BaseException:
        plain.close()
        raise
