"""Records of `logging`: written for the engine as they are made, with their level and logger."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from volery.worker.failures import fit

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from types import ModuleType

MAX_RECORD: Final = 64 * 1024
"""Longest text of a record, in characters."""

MARK: Final = b"\x1e"
"""Stands before the JSON of a record where others print too (RFC 7464)."""
BEGAN: Final = "began"
"""The stream of a record which says that user code begins."""

ONE_STREAM: Final = "VOLERY_ONE_STREAM"
"""The variable which says that stdout and stderr become one: lines of the second are marked.

Its value is the path of a file that takes what was printed as well, if it was little.
"""
NOTE: Final = "volery printed:\n"
"""What such a file begins with."""
KEPT: Final = "volery has kept what was printed\n"
"""What such a file says of more: it is in the storage, in `LOG`."""
LOG: Final = "log.txt"
"""The document beside the outcome with what was printed, each line behind its time in seconds."""
STDERR: Final = "stderr"
"""The stream of a record that is such a line."""

_LOGGING: Final = "logging"


def follow(file: int, mark: bytes = b"") -> None:
    """Write each record that any logger passes on to a file descriptor, as a line of JSON.

    `mark` stands before each line.

    Handlers and levels stay what users make of them, but a handler for stdout or stderr writes
    nothing there: the record is in the log already. `logging` is not imported for it; most tasks
    do without.
    """
    if _LOGGING in sys.modules:
        _hook(sys.modules[_LOGGING], file, mark)
    else:
        sys.meta_path.insert(0, _Awaited(file, mark))


class _Awaited:
    """Hooks into `logging` when it is imported."""

    def __init__(self, file: int, mark: bytes) -> None:
        self._file = file
        self._mark = mark

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != _LOGGING:
            return None
        from importlib.machinery import PathFinder

        with suppress(ValueError):  # another thread was faster
            sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name)
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            execute: Callable[[ModuleType], None] = loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                _hook(module, self._file, self._mark)

            loader.exec_module = exec_module
        return spec


def _hook(logging: Any, file: int, mark: bytes) -> None:
    import msgspec

    from volery.wire.logs import LogRecord

    encode = msgspec.json.Encoder().encode
    call_handlers = logging.Logger.callHandlers
    emit = logging.StreamHandler.emit

    def record_and_call_handlers(self: logging.Logger, record: logging.LogRecord) -> None:
        line = LogRecord(record.created, "log", _text(record), record.levelname, record.name)
        with suppress(OSError):  # the disk is full
            os.write(file, mark + encode(line) + b"\n")
        call_handlers(self, record)

    def emit_elsewhere(self: logging.StreamHandler[Any], record: logging.LogRecord) -> None:
        if not _is_recorded(self.stream):
            emit(self, record)

    logging.Logger.callHandlers = record_and_call_handlers
    logging.StreamHandler.emit = emit_elsewhere


def _text(record: logging.LogRecord) -> str:
    """The message with the traceback and the stack, if it has them."""
    from traceback import format_exception

    try:
        text = record.getMessage()
    except Exception as error:  # noqa: BLE001 - arguments of the user's, which may not fit
        text = f"{record.msg} ({type(error).__name__}: {error})"
    parts = [text]
    if record.exc_info and record.exc_info[1] is not None:
        parts.append("".join(format_exception(*record.exc_info)).rstrip("\n"))
    if record.stack_info:
        parts.append(record.stack_info)
    return fit("\n".join(parts), MAX_RECORD)


def _is_recorded(stream: Any) -> bool:
    """Whether what is written to a stream goes to the log of the attempt."""
    try:
        return stream.fileno() in {1, 2}
    except Exception:  # noqa: BLE001 - it may be anything, also nothing
        return False
