"""Everything that Volery raises on purpose, as one tree.

    VoleryError
    ├── DefinitionError          a task, workflow or launch plan is declared wrongly
    │   ├── UnsupportedType      an annotation that no codec handles (also a TypeError)
    │   └── CompileError         the graph of a workflow has problems, all listed
    ├── CallError                an entity is called wrongly (also a TypeError)
    ├── PromiseError             a promise is used as if it were a value (also a TypeError)
    ├── TypeMismatch             a value is not of the declared type (also a TypeError)
    ├── CheckpointError          a checkpoint is saved or read wrongly (also a ValueError)
    ├── DeckError                a deck is too large, or cannot have its name (also a ValueError)
    ├── AlteredInput             a task wrote to an input, which is for reading
    ├── NotFound                 something named does not exist (also a LookupError)
    ├── AlreadyExists
    ├── Busy                     as much of something is under way as may be
    ├── RegistrationError
    ├── ConfigError              settings, files or options that cannot be used
    ├── StoreError               the database cannot be used
    ├── StorageError             bytes that are stored cannot be read or written
    │   ├── MissingContent       they are not there (also a FileNotFoundError)
    │   └── AlteredContent       they are not those that were stored
    ├── Unavailable              it cannot be done now; asking again later may help
    ├── Unauthorized             nobody has said who asks, or it is not believed
    ├── Forbidden                who asks may not do that
    ├── LeaseLost                this process was taken for dead, and others went on in its place
    └── ExecutionError           an execution did not succeed
        ├── TaskFailed           user code raised; ``__cause__`` is its exception where there is one
        ├── TimedOut             it took longer than it may
        └── Aborted

``RecoverableError`` stands beside the tree's use: user code raises it to ask for a retry.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from volery.ir.failure import Failure


class VoleryError(Exception):
    """Base of all errors of this library.

    Attributes:
        code: a stable word for programs, such as ``TypeMismatch``.
        hint: what to do about it, or None.
        path: where inside a value the problem lies, such as ``$.rows[3].price``, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        path: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.code = code or type(self).__name__

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class DefinitionError(VoleryError):
    """A task, workflow or launch plan is declared wrongly."""


class UnsupportedType(DefinitionError, TypeError):
    """No codec handles an annotation."""


class CompileError(DefinitionError):
    """The graph of a workflow has problems.

    Attributes:
        problems: each as text: a line that says what is wrong, and perhaps indented lines below it
            that say where the value comes from and what to do about it.
    """

    def __init__(
        self, message: str, problems: tuple[str, ...] = (), *, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.problems = problems


class CallError(VoleryError, TypeError):
    """An entity is called with positional, missing or unknown arguments, or with wrong ones.

    Attributes:
        problems: where inputs were sent, each that is wrong, as an error with its path and hint.
    """

    def __init__(
        self,
        message: str,
        problems: tuple[VoleryError, ...] = (),
        *,
        hint: str | None = None,
        path: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint, path=path, code=code)
        self.problems = problems


class PromiseError(VoleryError, TypeError):
    """A promise is used as if it were a value."""


class TypeMismatch(VoleryError, TypeError):
    """A value is not of the type that was declared for it."""


class CheckpointError(VoleryError, ValueError):
    """A checkpoint is saved from, restored to or read as something that it cannot be."""


class DeckError(VoleryError, ValueError):
    """A deck is larger than one may be, or cannot have its name."""


class AlteredInput(VoleryError):
    """A task wrote to a file or directory that it was given for reading."""


class NotFound(VoleryError, LookupError):
    """Something that was named does not exist."""


class AlreadyExists(VoleryError):
    """Something with this name exists already and differs."""


class Busy(VoleryError):
    """As much of something is under way as may be."""


class Unavailable(VoleryError):
    """It cannot be done now; asking again later may help."""


class Unauthorized(VoleryError):
    """Nobody has said who asks, or it is not believed."""


class Forbidden(VoleryError):
    """Who asks may not do that."""


class RegistrationError(VoleryError):
    """Entities cannot be registered or loaded by another process.

    Attributes:
        problems: each as text, when there are several.
    """

    def __init__(
        self, message: str, problems: tuple[str, ...] = (), *, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.problems = problems


class ConfigError(VoleryError):
    """Settings, files or options cannot be used."""


class StoreError(VoleryError):
    """The database cannot be used."""


class StorageError(VoleryError):
    """Stored bytes cannot be read or written: no permission, no connection, no room."""


class MissingContent(StorageError, FileNotFoundError):
    """Bytes that something refers to are not where they should be."""


class AlteredContent(StorageError):
    """Bytes are not those that were stored: cut off or changed since."""


class LeaseLost(VoleryError):
    """Others took this process for dead and may have gone on with what it drove."""


class ExecutionError(VoleryError):
    """An execution did not succeed.

    Attributes:
        failure: of a call that an eager function awaited, what the record says of it; else None.
    """

    failure: Failure | None = None


class TaskFailed(ExecutionError):
    """User code raised. ``__cause__`` is the exception where it happened in this process."""


class TimedOut(ExecutionError):
    """An execution, or what it waited for, took longer than it may."""


class Aborted(ExecutionError):
    """Somebody or something stopped the execution."""


class RecoverableError(VoleryError):
    """Raised by user code to ask for a retry."""


MOST_SUGGESTED = 12
"""So many valid words are told."""


def suggest(wrong: str, valid: Iterable[str]) -> str:
    """A hint that names the nearest valid words, or all of them when none is near."""
    import difflib  # only who made a mistake waits for it

    choices = list(valid)
    near = difflib.get_close_matches(wrong, choices, n=3, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(near)}?"
    if not choices:
        return "there are none"
    more = len(choices) - MOST_SUGGESTED
    return f"known: {', '.join(choices[:MOST_SUGGESTED])}" + (f" and {more} more" * (more > 0))
