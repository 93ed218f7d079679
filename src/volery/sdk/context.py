"""What a task can find out about the attempt that runs it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Collection, Generator
from contextvars import ContextVar, Token
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

from volery.errors import NotFound, suggest

if TYPE_CHECKING:
    import logging as logs
    from datetime import datetime
    from pathlib import Path

    from volery.sdk.checkpoint import Checkpoint
    from volery.sdk.deck import Deck, Decks, TimelineDeck
    from volery.sdk.secret import AttemptSecrets

LATER = frozenset({"enable_deck", "stats", "output_metadata_prefix"})
"""Names that belong to the public surface and that this version does not have."""


class Context:
    """An attempt, as the task sees it. Entered while it runs.

    Args:
        execution_id, task_id, node_path, attempt: see below.
        recovers: id of the execution whose checkpoints count too; empty: none.
        together: path of the elements of a map that this one is carried out with; empty: alone.

    Attributes:
        execution_id: of the execution; ``local`` in a plain call of a task.
        task_id: name of the task; empty outside of one.
        node_path: of the node execution, such as ``train/fold[3]/fit``; empty in a plain call.
        attempt: from 1.
    """

    __slots__ = (
        "__weakref__", "_began", "_checkpoint", "_decks", "_ends", "_folder", "_making", "_place",
        "_recovers", "_remove", "_secrets", "_together", "_token", "attempt", "execution_id",
        "node_path", "task_id",
    )  # fmt: skip

    def __init__(
        self,
        execution_id: str = "local",
        task_id: str = "",
        node_path: str = "",
        attempt: int = 1,
        recovers: str = "",
        *,
        together: str = "",
    ) -> None:
        self.execution_id = execution_id
        self.task_id = task_id
        self.node_path = node_path
        self.attempt = attempt
        self._began = time.time()
        self._place = ""
        self._recovers = recovers
        self._together = together
        self._checkpoint: Checkpoint | None = None
        self._decks: Decks | None = None
        self._ends: contextlib.ExitStack | None = None
        self._making = Lock()
        self._folder: Path | None = None
        self._remove: Callable[[], object] | None = None
        self._secrets: AttemptSecrets | None = None
        self._token: Token[Context] | None = None

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._token is not None:
            _current.reset(self._token)
        if self._ends is None and self._remove is None:
            return  # as most attempts
        try:
            if self._ends is not None:
                self._ends.close()
        except Exception as late:
            if error is None:
                raise
            error.add_note(f"at the end of the attempt: {type(late).__name__}: {late}")
        finally:
            if self._remove is not None:
                self._remove()

    @property
    def execution_date(self) -> datetime:
        """When the attempt began, UTC."""
        from datetime import UTC, datetime

        return datetime.fromtimestamp(self._began, UTC)

    @property
    def idempotency_token(self) -> str:
        """The same for all attempts of a node execution, and of no other one; 32 digits.

        What is done outside under this name is done once, however often it is tried.
        """
        from volery.ids import digest

        return digest(self._node().encode())

    @property
    def output_prefix(self) -> str:
        """A URI in the storage, for files of this attempt alone; it ends with a slash."""
        from volery.data.current import current

        return current().named_uri(f"{self._node()}/{self.attempt}") + "/"

    @property
    def raw_output_prefix(self) -> str:
        """The same as `output_prefix`."""
        return self.output_prefix

    @property
    def checkpoint(self) -> Checkpoint:
        """What earlier attempts have kept, and where this one keeps something for the next."""
        from volery.data.current import current
        from volery.sdk.checkpoint import Checkpoint

        node = self._node()
        recovered = f"{self._recovers}/{self.node_path}" if self._recovers else ""
        with self._making:
            if self._checkpoint is None:
                self._checkpoint = Checkpoint(current(), node, self.attempt, recovered)
            return self._checkpoint

    @property
    def decks(self) -> Decks:
        """What the attempt shows, see `Deck`; stored when it ends."""
        found = self._decks
        if found is None:
            made = self._made_decks()
            with self._making:  # its threads may ask at once
                found = made if self._decks is None else self._decks
                self._decks = found
            if found is made:
                self.at_end(made.finish)
        return found

    @property
    def default_deck(self) -> Deck:
        """The deck named ``default``."""
        return self.decks.default

    @property
    def timeline_deck(self) -> TimelineDeck:
        """The deck that shows how long blocks of code have taken: see its `measure`."""
        return self.decks.timeline

    @property
    def secrets(self) -> AttemptSecrets:
        """The secrets that the task asked for: ``secrets.get("db", "password")``."""
        from volery.sdk.secret import AttemptSecrets

        return self._secrets or AttemptSecrets((), {})

    def entrust(self, secrets: AttemptSecrets | None) -> None:
        """Give the attempt its secrets; None: take them away."""
        self._secrets = secrets

    @property
    def working_directory(self) -> Path:
        """A folder for this attempt alone, made when it is first asked for, removed at its end."""
        with self._making:  # its threads may ask at once
            if self._folder is None:
                self._folder = self._made()
            return self._folder

    def at_end(self, action: Callable[[], object], /) -> None:
        """Have something done when the attempt ends, before its working directory is removed."""
        with self._making:
            if self._ends is None:
                self._ends = contextlib.ExitStack()
            self._ends.callback(action)

    @property
    def logging(self) -> logs.Logger:
        """A logger named after the task."""
        from logging import getLogger

        return getLogger(self.task_id or "volery.task")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in LATER:
            raise NotFound(f"the context has no {name} yet: it is not available in this version")
        known = [each for each in dir(type(self)) if not each.startswith("_")]
        raise NotFound(f"the context has no {name}", hint=suggest(name, known))

    def _node(self) -> str:
        """A name that no other node execution has; each plain call has one of its own."""
        with self._making:
            if not self._place:
                path = self.node_path or os.urandom(16).hex()
                self._place = f"{self.execution_id}/{path}"
            return self._place

    def _made_decks(self) -> Decks:
        from volery.data.current import current
        from volery.data.decks import folder_of
        from volery.ids import split
        from volery.sdk.deck import Decks

        element = split(self.node_path)[1] if self._together else ""
        execution, _, path = self._node().partition("/")
        folder = folder_of(execution, self._together or path, self.attempt)
        return Decks(current(), folder, element, self.secrets)

    def _made(self) -> Path:
        import shutil
        import tempfile
        import weakref
        from pathlib import Path

        if _scratch is not None:
            Path(_scratch).mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix="volery-", dir=_scratch)
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)


_current: ContextVar[Context] = ContextVar("volery_context")
_scratch: str | None = None
"""Where this process makes working directories; None: where temporary files go."""


def make_folders_in(scratch: str) -> None:
    """Make working directories in a folder from now on, which is made with the first of them.

    A process that may be killed needs one: whoever started it then removes the folder.
    """
    global _scratch  # noqa: PLW0603 - it belongs to the process
    _scratch = scratch


def current_context() -> Context:
    """The attempt that runs; outside of one something that looks like it."""
    found = _current.get(None)
    if found is None:
        found = Context()
        _current.set(found)
    return found


@contextlib.contextmanager
def environment(variables: Collection[tuple[str, str]]) -> Generator[None]:
    """Set environment variables, and put them back as they were."""
    before = {name: os.environ.get(name) for name, _ in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
