"""Whom the settings mean: a server, or the home in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from volery.client.http import HttpBackend

if TYPE_CHECKING:
    from volery.config import Settings
    from volery.wire.backend import Backend


def connect(settings: Settings) -> Backend:
    """The server that the settings name; where they name none, their home.

    The caller closes it. Nothing is asked of a server before the first call.

    Raises:
        StoreError: the home or its database cannot be used.
    """
    if settings.server:
        return HttpBackend(settings.server, settings.token, patience=settings.patience)
    from volery.services.local import local  # loads the engine

    return local(settings)
