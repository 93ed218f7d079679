"""The address of a server, and who has it when it is taken."""

from __future__ import annotations

import socket
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

import msgspec

from volery.errors import ConfigError

BACKLOG = 2048
"""Connections that wait to be accepted."""


class Address(msgspec.Struct, frozen=True):
    """Where a server listens, and by which names it is asked.

    Attributes:
        port: 0: one that is free.
        names: besides its own and those of loopback.
    """

    host: str = "127.0.0.1"
    port: int = 8400
    names: tuple[str, ...] = ()

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def hosts(self) -> frozenset[str]:
        """By which names it may be asked."""
        own = () if self.is_loopback else (socket.gethostname(), socket.getfqdn())
        return frozenset(each.lower() for each in ("localhost", self.host, *own, *self.names))


@contextmanager
def bound(address: Address) -> Generator[socket.socket]:
    """A socket that listens on an address; connections wait until somebody accepts them.

    Raises:
        ConfigError: the address cannot be used, with who has it.
    """
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # With the protocol: asyncio sends small answers at once on sockets that say they are TCP.
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(f"--host {address.host}: {error.strerror}") from None
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(where)
            listener.listen(BACKLOG)  # two can bind an address on which nobody listens
        except OSError as error:
            holder = _holder(address.port)
            raise ConfigError(
                f"{address.host}:{address.port} cannot be listened on: {error.strerror}"
                + (f", by {holder}" if holder else ""),
                hint="choose another one with --port or --host, or end what has it",
            ) from None
        yield listener


def url(address: Address, listener: socket.socket) -> str:
    """The URL of what listens there."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"http://{host}:{listener.getsockname()[1]}"


def _holder(port: int) -> str:
    """The process that listens on a port, where one can see it; else nothing."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # it has just ended, or is somebody else's
            if str(link.readlink()) in sockets:
                process = link.parents[1]
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ")
                return f"process {process.name}: {command.decode(errors='replace').strip()[:200]}"
    return ""


def _listening(port: int) -> Iterable[str]:
    """Inodes of the sockets that listen on a port, as Linux lists them."""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]
