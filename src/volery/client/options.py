"""`Options`: what may be said about an execution besides its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from volery.errors import CallError
from volery.ir.policy import Limits
from volery.sdk.labels import Annotations, Labels


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How an execution runs, and what it is found by.

    Attributes:
        labels: what it is found by.
        annotations: what is noted about it.
        priority: among attempts that wait, those with a higher one go first.
        timeout: how long it may take; a number means seconds.
        max_parallelism: at most so many attempts at once.
        overwrite_cache: nothing is looked up in the cache, and it is filled anew.
        executor: carries out what names none itself: ``process``, ``docker``, ...
    """

    labels: Labels | Mapping[str, str] = {}
    annotations: Annotations | Mapping[str, str] = {}
    priority: int = 0
    timeout: timedelta | float | None = None
    max_parallelism: int | None = None
    overwrite_cache: bool = False
    executor: str = ""

    def said(self) -> dict[str, Any]:
        """The same as fields of `wire.executions.NewExecution`. Raises CallError."""
        return {
            "labels": _named(self.labels),
            "annotations": _named(self.annotations),
            "priority": self.priority,
            "limits": None if self.timeout is None else Limits(running=_seconds(self.timeout)),
            "max_parallelism": self.max_parallelism,
            "overwrite_cache": self.overwrite_cache,
            "executor": self.executor,
        }


def _named(given: Labels | Annotations | Mapping[str, str]) -> dict[str, str]:
    return dict(given if isinstance(given, Mapping) else given.values)


def _seconds(timeout: timedelta | float) -> float:
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else float(timeout)
    if not seconds > 0:
        raise CallError(f"timeout: expected more than 0 seconds, got {timeout!r}")
    return seconds
