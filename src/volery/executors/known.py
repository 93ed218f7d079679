"""The executors by name: what is known of one before it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import msgspec

from volery.errors import ConfigError, suggest
from volery.registry import failures, load_plugins

if TYPE_CHECKING:
    from pathlib import Path

    from volery.clock import Clock
    from volery.data.storage import Storage
    from volery.executors.base import Executor

PROCESS: Final = "process"
"""The executor that every install has: worker processes of the engine's machine."""
DOCKER: Final = "docker"
"""The executor that runs containers where nothing is said about which one does."""


class Site(msgspec.Struct, frozen=True):
    """Where an executor is opened.

    Attributes:
        home: the folder of the home; what has to outlast the engine goes below it.
        scratch: a folder of the engine's own, which ends with it.
        storage: where values and the documents of attempts are kept.
        owner: the engine.
        identity: of the database: the same for all engines on it, whenever they are started. It
            tells what they have started from what belongs to others.
        settings: the table of the settings that is named like the executor.
        wanted: whether somebody still asks for an attempt (execution, path, number). Any thread may
            call it.
        clock: says when.
    """

    home: Path
    scratch: Path
    storage: Storage
    owner: str
    identity: str
    settings: Mapping[str, Any]
    wanted: Callable[[str, str, int], bool]
    clock: Clock


Opener = Callable[[Site], "Executor"]
"""Opens an executor. Raises VoleryError where that cannot be done; says why, and how to mend it."""


class Known(msgspec.Struct, frozen=True):
    """What is known of an executor before it is opened.

    Attributes:
        opener: see `Opener`; as text: ``module:function``, imported when it is needed. None: who
            makes an engine opens it himself.
        away: its works run away from the engine's processes, and want to be told their `Place`.
        brings_secrets: values of secrets come from where works run, so that it is given names only.
    """

    opener: Opener | str | None = None
    away: bool = True
    brings_secrets: bool = False


_known: dict[str, Known] = {
    PROCESS: Known(away=False),
    DOCKER: Known("volery.executors.docker:open"),
    "kubernetes": Known("volery.executors.kubernetes:open", brings_secrets=True),
}


def register(
    name: str, opener: Opener | str, *, away: bool = True, brings_secrets: bool = False
) -> None:
    """Make an executor known, as a plugin does; one of the same name is replaced.

    `name` is what tasks, launch plans and settings call it. For the others see `Known`.
    """
    _known[name] = Known(opener, away, brings_secrets)


def names() -> tuple[str, ...]:
    """All executors that are known, those of plugins among them."""
    load_plugins()
    return tuple(_known)


def known(name: str) -> Known:
    """What is known of an executor.

    Raises:
        ConfigError: there is none of this name.
    """
    if name not in _known:
        load_plugins()
    if name not in _known:
        raise ConfigError(f"no executor is named {name!r}{_trouble()}", hint=suggest(name, _known))
    return _known[name]


def check(wanted: Iterable[str]) -> None:
    """Raises ConfigError: one of these names is no executor's."""
    for name in wanted:
        known(name)


def unknown(wanted: Iterable[str]) -> Iterator[ConfigError]:
    """The errors of all these names that are no executor's."""
    for name in wanted:
        try:
            known(name)
        except ConfigError as error:
            yield error


def open_executor(name: str, site: Site) -> Executor:
    """Open an executor.

    Raises:
        VoleryError: it cannot be had here; says why.
    """
    opener = known(name).opener
    match opener:
        case None:
            raise ConfigError(f"the executor {name} cannot be opened by itself")
        case str():
            module, _, function = opener.partition(":")
            return getattr(import_module(module), function)(site)
        case _:
            return opener(site)


def _trouble() -> str:
    """What went wrong with plugins: one of them may have brought it."""
    failed = failures()
    told = "; ".join(f"{plugin}: {why}" for plugin, why in failed.items())
    return f" (plugins that could not be loaded: {told})" if told else ""
