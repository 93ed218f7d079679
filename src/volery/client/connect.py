"""Whom the settings mean: a server, or the home in this process."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from volery.client.http import HttpBackend

if TYPE_CHECKING:
    from volery.config import Settings
    from volery.data.storage import Storage
    from volery.wire.backend import Backend


def connect(settings: Settings, *, reading: bool = False) -> Backend:
    """The server that the settings name; where they name none, their home.

    The caller closes it. Nothing is asked of a server before the first call.

    Args:
        settings: which it is.
        reading: a home is not made, and nothing in it changed.

    Raises:
        NothingYet: nothing was ever run in the home, and it is only read.
        StoreError: the home or its database cannot be used.
    """
    if settings.server:
        return HttpBackend(settings.server, settings.token, patience=settings.patience)
    from volery.services.local import HomeBackend  # loads the engine

    return HomeBackend(settings, reading=reading)


@contextmanager
def storage_of(backend: Backend, settings: Settings, url: str = "") -> Generator[Storage]:
    """Where large values and files of executions are; of a server, with a folder for them here.

    Args:
        backend: see `connect`.
        settings: the same.
        url: of an execution in the home that has its values elsewhere; empty: as all others.
    """
    if settings.server:
        from volery.client.contents import ServerStorage

        with tempfile.TemporaryDirectory(prefix="volery-", ignore_cleanup_errors=True) as folder:
            yield ServerStorage(backend, Path(folder))
        return
    from volery.services.home import Home

    yield Home(settings.home).storage(url or settings.storage)
