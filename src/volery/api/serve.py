"""`volery serve`: a server with its door, from the binding of its address to its end."""

from __future__ import annotations

import resource
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Lock, Thread
from time import monotonic

from msgspec.structs import replace

from volery.api.address import Address, bound, url
from volery.api.app import App, create
from volery.api.desk import Looking
from volery.api.loop import Loop
from volery.api.sources import ServerLines, ServerMetrics, ServerNews
from volery.clock import SystemClock
from volery.config import Settings
from volery.errors import ConfigError, StoreError, Unavailable
from volery.services.access import Access, Audit
from volery.services.home import Home
from volery.services.server import GRACE, Server
from volery.store.access import AuditTable, Tokens

FILES = 65_536
"""Files and connections that a server may have open, if the system agrees."""
AGAIN = 1.0
"""Seconds between looks for a first token."""


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
        server = Server(_with_public_url(settings, address, url(address, listener)))
        app = application(server, address, asks=asks)
        loop = Loop(app, lambda: ready(url(address, listener)))
        try:
            with loop.capture_signals():  # attempts run from here on, and are to end well
                server.start()
                if not loop.should_exit:
                    loop.run([listener])
        finally:
            server.stop(grace)


def _with_public_url(settings: Settings, address: Address, url: str) -> Settings:
    """By default links lead to where the server listens, if nobody comes from elsewhere."""
    if settings.public_url or not address.is_loopback:
        return settings
    return replace(settings, public_url=url)


def application(server: Server, address: Address, *, asks: bool | None) -> App:
    """The application of a server.

    `asks`: everybody has to say who they are; None: that is seen when the database is there.
    """
    return create(
        server.backend,
        health=server.health,
        lines=ServerLines(server),
        news=ServerNews(server),
        access=_Asking(server, asks=asks).access,
        hosts=address.hosts(),
        source=ServerMetrics(server).samples,
    )


def _allow_many_files() -> None:
    """Let this process have as many connections as the system lets it have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


# -- who may come in --------------------------------------------------------------------------


class _Asking:
    """Whether everybody has to say who they are: from the first token on. See `application`.

    One that is made here counts from its answer on. Somebody may make one elsewhere, so that the
    database has to be asked. That is done in a thread of its own, one look at a time: it may hang,
    and those that answer may not.
    """

    def __init__(self, server: Server, *, asks: bool | None) -> None:
        self._server = server
        self._asks = asks
        self._again = 0.0 if asks is None else monotonic() + AGAIN
        self._beginning = Lock()
        self._look: Future[Access | None] | None = None

    def access(self) -> Access | None:
        """What knows the tokens; None: nobody needs one. See `Desk`."""
        if not self._is_asked and monotonic() >= self._again:
            raise Looking(self._begun())
        return self._known()

    @property
    def _is_asked(self) -> bool | None:
        return self._server.has_made_token or self._asks

    def _known(self) -> Access | None:
        asked = self._is_asked
        if asked is None:
            raise Unavailable("nobody can tell whether there are tokens")
        return self._server.access if asked else None

    def _begun(self) -> Future[Access | None]:
        """The look that is under way, or a new one."""
        with self._beginning:
            if self._look is None or self._look.done():
                self._look = Future()
                Thread(target=self._run, args=[self._look], name="tokens", daemon=True).start()
            return self._look

    def _run(self, look: Future[Access | None]) -> None:
        try:
            with suppress(Unavailable, StoreError):  # then it is as it was
                self._asks = self._server.access.configured()
                self._again = monotonic() + AGAIN
            look.set_result(self._known())
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            look.set_exception(error)


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
