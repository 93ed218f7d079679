"""The server that commands speak to, where the settings name one."""

from __future__ import annotations

import shlex
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from volery.cli import options
from volery.errors import ConfigError

if TYPE_CHECKING:
    from volery.client.remote import Remote
    from volery.config import Settings
    from volery.data.storage import Storage
    from volery.wire.backend import Backend
    from volery.wire.executions import Execution


def server() -> click.Option:
    """Whom to ask in place of the home."""
    return click.Option(
        ["--server"],
        metavar="URL",
        help="Server to ask in place of the home.  [default: VOLERY_SERVER, else the home]",
    )


def settings_of(given: Mapping[str, Any]) -> Settings:
    """The settings; a home that was named on the command line wins over a server that was not."""
    chosen = options.settings_of(given)
    home_is_meant = given.get("home") and not given.get("server")
    return replace(chosen, server="") if home_is_meant else chosen


def is_meant(given: Mapping[str, Any]) -> bool:
    """Whether a server is meant, and not a home."""
    return bool(settings_of(given).server)


@contextmanager
def backend(given: Mapping[str, Any], *, reading: bool = False) -> Generator[Backend]:
    """The server, or else the home, by the interface that both have. `reading`: see `connect`."""
    from volery.client.connect import connect

    with closing(connect(settings_of(given), reading=reading)) as connected:
        yield connected


@contextmanager
def storage(backend: Backend, given: Mapping[str, Any], execution: Execution) -> Generator[Storage]:
    """Where the large values of an execution are, which is current meanwhile."""
    from volery.client.connect import storage_of
    from volery.data.current import using

    with storage_of(backend, settings_of(given), execution.storage) as found, using(found):
        yield found


def remote(given: Mapping[str, Any]) -> Remote:
    """The server, for what takes code and files there. Raises ConfigError: none is named."""
    from volery.client.remote import Remote

    chosen = settings_of(given)
    if not chosen.server:
        raise ConfigError(
            "no server is named",
            hint="add --server URL, or set VOLERY_SERVER; without --remote it runs here",
        )
    return Remote(chosen.server, project=chosen.project, domain=chosen.domain)


def said(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a command line says about an execution, as fields of `wire.executions.NewExecution`."""
    found = options.particulars(given)
    return {
        "name": found.get("name"),
        "labels": dict(found.get("labels", {})),
        "priority": found.get("priority", 0),
        "limits": found.get("limits"),
        "max_parallelism": found.get("max_parallelism"),
        "overwrite_cache": found.get("overwrite_cache", False),
        "executor": found.get("executor", ""),
    }


def flag(given: Mapping[str, Any]) -> str:
    """`` --server URL`` or `` --home FOLDER`` as it was given, for commands that are suggested."""
    if given.get("server"):
        return f" --server {shlex.quote(given['server'])}"
    return options.home_flag(given)
