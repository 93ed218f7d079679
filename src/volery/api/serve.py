"""`volery serve`: a server with its door, from the binding of its address to its end."""

from __future__ import annotations

import resource
from collections.abc import Callable

from volery.api.address import Address, bound, url
from volery.api.app import App, create
from volery.api.loop import Loop
from volery.api.sources import ServerLines, samples
from volery.clock import SystemClock
from volery.config import Settings
from volery.errors import ConfigError, StoreError
from volery.services.access import Access, Audit
from volery.services.home import Home
from volery.services.server import GRACE, Server
from volery.store.access import AuditTable, Tokens

FILES = 65_536
"""Files and connections that a server may have open, if the system agrees."""


def serve(
    settings: Settings, address: Address, ready: Callable[[str], None], grace: float = GRACE
) -> None:
    """Serve until the process is told to end (SIGTERM, SIGINT).

    Args:
        settings: which home, database and storage.
        address: where.
        ready: told the URL once requests are answered.
        grace: seconds that attempts may still take then.

    Raises:
        ConfigError: the address cannot be used, or everybody could come in by it.
    """
    with bound(address) as listener:
        asks = _asks_for_tokens(settings, address)
        _allow_many_files()
        server = Server(settings)
        server.start()
        try:
            app = application(server, address, asks=asks)
            Loop(app, lambda: ready(url(address, listener))).run([listener])
        finally:
            server.stop(grace)


def application(server: Server, address: Address, *, asks: bool) -> App:
    """The application of a server. `asks`: everybody has to say who they are."""
    return create(
        server.backend,
        health=server.health,
        lines=ServerLines(server),
        access=(lambda: server.access) if asks else None,
        hosts=address.hosts(),
        source=lambda: samples(server),
    )


def _allow_many_files() -> None:
    """Let this process have as many connections as the system lets it have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


# -- who may come in --------------------------------------------------------------------------


def _asks_for_tokens(settings: Settings, address: Address) -> bool:
    """Whether everybody has to say who they are.

    Raises:
        ConfigError: others than this machine's reach the address, and nobody has a token.
    """
    try:
        store = Home(settings.home, settings.database).open()
    except StoreError:  # it may come back; until it has, nobody comes in without a token
        return True
    try:
        clock = SystemClock()
        database = store.database
        access = Access(Tokens(database), Audit(AuditTable(database), clock), clock)
        if not address.is_loopback and not access.usable():
            raise ConfigError(
                f"others than this machine's reach {address.host}, and nobody has a token",
                hint="volery tokens create NAME --role admin, or --host 127.0.0.1",
            )
        return access.configured()
    finally:
        store.close()
