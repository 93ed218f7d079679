"""The steps of an attempt that wait for the engine or the storage: begin, end, remove."""

from __future__ import annotations

import shutil
from collections.abc import Container
from contextlib import suppress
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Final, NamedTuple

from volery.data.names import NAMED
from volery.data.places import path_of
from volery.executors.contained import commands, invocations, outcomes
from volery.executors.contained.exits import Exit, failure_of
from volery.executors.docker.api import EngineRefused
from volery.executors.docker.description import Around, Mount, description
from volery.executors.docker.state import exit_of, refused_start
from volery.ir.invocation import SECRETS, secret_file
from volery.ir.work import Result

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.executors.contained.invocations import Written
    from volery.executors.docker.api import Stream
    from volery.executors.docker.engine import Engine
    from volery.ir.work import Place, Work

STALE: Final = 3600.0
"""Seconds after which a folder without a container belongs to nobody who just makes one."""
_MISSING: Final = 404


class NoImage(Exception):
    """The image of a container is not here."""


class Begun(NamedTuple):
    """A container that runs, or has run.

    Attributes:
        log: what it prints, from the beginning on.
        over: it does not run any more.
    """

    id: str
    written: Written
    log: Stream
    over: bool


class Steps:
    """Takes the steps of attempts. Any thread may; each may be taken again when it failed.

    All methods raise EngineAway, and StorageError where they say so.

    Args:
        engine: that has the containers.
        storage: that invocations and outcomes are in.
        around: see there.
        folder: for what containers see of this machine besides the storage: it outlasts this
            process, as they do. Nobody but its user can look into it.
    """

    def __init__(self, engine: Engine, storage: Storage, around: Around, folder: Path) -> None:
        self._engine = engine
        self._storage = storage
        self._around = around
        self._folder = folder

    def begin(self, work: Work, place: Place, name: str) -> Begun | Result:
        """Start the container of an attempt, or find it; a result if it was over before.

        Raises:
            NoImage: its image has to be pulled first.
            StorageError: the storage cannot be read or written.
        """
        found = outcomes.found_by(work, self._storage)
        if found is not None and self._engine.inspect(name) is None:
            return found  # somebody has missed its end; if it is there, so is what it has printed
        written = invocations.write(work, self._storage)
        try:
            id, over = self._started(work, place, name, written)
        except EngineRefused as refused:
            if refused.status == _MISSING and "no such image" in refused.reason.lower():
                raise NoImage from None
            return self.failed(work, Exit(None, refused_start(refused.reason), refused.reason))
        return Begun(id, written, self._engine.logs(id), over)

    def end(self, work: Work, place: Place, begun: Begun, name: str, tail: str) -> Result | None:
        """The result of an attempt whose container has ended; None: it runs.

        `tail` is the end of what it wrote to stderr.

        Raises:
            StorageError: the storage cannot be read or written.
        """
        found = self._engine.inspect(begun.id)
        if found is not None and not found.state.over:
            return None
        how = exit_of(found.state) if found is not None else _GONE
        if place.command is None or place.command.contract:
            return outcomes.ended(work, self._storage, how, tail)
        outputs = self._own(name) / "outputs"
        return commands.collected(work, begun.written, self._storage, how, outputs, tail)

    def failed(self, work: Work, why: Exit) -> Result:
        """The result of an attempt that has no container."""
        return Result(work.id, None, failure_of(why, work.command))

    def runs(self, id: str) -> bool:
        """Whether a container runs; one that was never started does not."""
        found = self._engine.inspect(id)
        return found is not None and found.state.status == "running"

    def remove(self, name: str) -> None:
        """Remove a container and what it saw of this machine."""
        self._engine.remove(name)
        with suppress(FileNotFoundError):
            shutil.rmtree(self._own(name))

    def tidy(self, known: Container[str]) -> None:
        """Remove what was laid out for containers that were never made, or are gone."""
        stale = time() - STALE
        for folder in self._folder.iterdir():
            with suppress(FileNotFoundError):
                if folder.name not in known and folder.stat().st_mtime < stale:
                    shutil.rmtree(folder)

    def kill(self, id: str, signal: str) -> None:
        """Send a signal to a container."""
        self._engine.kill(id, signal)

    # -- starting -------------------------------------------------------------------------

    def _started(self, work: Work, place: Place, name: str, written: Written) -> tuple[str, bool]:
        """The id of the container; whether it has run already."""
        found = self._engine.inspect(name)
        if found is not None and found.state.status != "created":
            return found.id, found.state.over
        mounts = self._mounts(work, place, name, written)
        words = commands.words(work, written) if place.command is not None else ()
        described = description(
            work, place, self._around, uri=written.uri, words=words, mounts=mounts
        )
        id = found.id if found is not None else self._engine.create(name, described)
        if id is None:  # another engine was faster: it is the same container
            return self._started(work, place, name, written)
        self._engine.start(id)
        return id, False

    def _mounts(self, work: Work, place: Place, name: str, written: Written) -> list[Mount]:
        mounts = storage_mounts(self._storage, work)
        own = self._own(name)
        if work.secrets:
            mounts.append(Mount(self._lay_secrets(work, own / "secrets"), SECRETS, read_only=True))
        command = place.command
        if command is not None and not command.contract:
            inputs, outputs = own / "inputs", own / "outputs"
            shutil.rmtree(inputs, ignore_errors=True)  # of somebody who died on the way
            for each in (inputs, outputs):
                each.mkdir(parents=True, exist_ok=True)
            commands.lay(work, written, self._storage, inputs)
            outputs.chmod(0o777)
            mounts.append(Mount(inputs, command.input_dir, read_only=True))
            mounts.append(Mount(outputs, command.output_dir))
        return mounts

    def _lay_secrets(self, work: Work, folder: Path) -> Path:
        """A file for each secret. On this machine only the engine's user gets there."""
        shutil.rmtree(folder, ignore_errors=True)
        for secret in work.secrets:
            path = folder / secret_file(secret.group, secret.key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(secret.value, "utf-8")
            # In the container they may be somebody else's. Here nobody gets as far as this.
            path.chmod(0o444)
            path.parent.chmod(0o755)
        folder.chmod(0o755)
        return folder

    def _own(self, name: str) -> Path:
        """The folder of a container."""
        return self._folder / name


_GONE: Final = Exit(None, "ContainerDeleted", "the container was removed while it ran")


def storage_mounts(storage: Storage, work: Work) -> list[Mount]:
    """What of a storage that is a folder an attempt needs, at the same paths; of others nothing."""
    root = path_of(storage.url)
    if root is None:
        return []
    named = root / NAMED
    folders = [root / "blobs", named / work.execution]
    mounts = [Mount(folder, str(folder)) for folder in folders]
    if work.recovers and work.recovers != work.execution:
        before = named / work.recovers
        mounts.append(Mount(before, str(before), read_only=True))
    for mount in mounts:
        mount.source.mkdir(parents=True, exist_ok=True)  # the engine would do it, as root
    return mounts
