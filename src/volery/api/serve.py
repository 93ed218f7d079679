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


def application(server: Server, address: Address, *, asks: bool | None) -> App:
    """The application of a server.

    `asks`: everybody has to say who they are; None: that is seen when the database is there.
    """
    return create(
        server.backend,
        health=server.health,
        lines=ServerLines(server),
        access=_Asking(server, asks=asks).access,
        hosts=address.hosts(),
        source=lambda: samples(server),
    )


def _allow_many_files() -> None:
    """Let this process have as many connections as the system lets it have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


# -- who may come in --------------------------------------------------------------------------


class _Asking:
    """Whether everybody has to say who they are. See `application`."""

    def __init__(self, server: Server, *, asks: bool | None) -> None:
        self._server = server
        self._asks = asks

    def access(self) -> Access | None:
        """What knows the tokens; None: nobody needs one. Raises Unavailable: it is not known."""
        if self._asks is False:
            return None
        access = self._server.access
        if self._asks is None:
            self._asks = access.configured()
        return access if self._asks else None


def _asks_for_tokens(settings: Settings, address: Address) -> bool | None:
    """Whether everybody has to say who they are; None: nobody can tell now.

    Raises:
        ConfigError: others than this machine's reach the address, and nobody has a token.
    """
    try:
        store = Home(settings.home, settings.database).open()
    except StoreError:  # it may come back
        return None if address.is_loopback else True
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
