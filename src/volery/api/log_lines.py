"""What the server logs, on stderr: a line for each thing, for people or for programs."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

LogFormat = Literal["text", "json"]

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


def log_to_stderr(form: LogFormat) -> None:
    """Have everything that Volery logs in this process written to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    for name, level in (("volery", logging.INFO), ("uvicorn.error", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False


class JsonLines(logging.Formatter):
    """Each record as a JSON object in a line."""

    def format(self, record: logging.LogRecord) -> str:
        found = {
            "at": _instant(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_extras(record),
        }
        if record.exc_info:
            found["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(found, enc_hook=str).decode()


class TextLines(logging.Formatter):
    """Each record as a line, and a traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        # What is logged may come from outside, and is to stay in its line.
        message = record.getMessage().encode("unicode_escape").decode()
        parts = [_instant(record), record.levelname, record.name, message]
        parts += [f"{name}={value}" for name, value in _extras(record).items() if value != ""]
        line = " ".join(parts)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}
