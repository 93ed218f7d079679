"""Help for tests: of this project, of its plugins, and of users' workflows.

The names for users are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from volery.testing.clock import FakeClock
    from volery.testing.faults import Crash, Hang
    from volery.testing.local import LocalRun, run_locally
    from volery.testing.mocks import patch, task_mock

_HOMES = {
    "Crash": "faults",
    "FakeClock": "clock",
    "Hang": "faults",
    "LocalRun": "local",
    "patch": "mocks",
    "run_locally": "local",
    "task_mock": "mocks",
}
"""The module of each name for users."""

__all__ = ["Crash", "FakeClock", "Hang", "LocalRun", "patch", "run_locally", "task_mock"]


def __getattr__(name: str) -> Any:
    import importlib

    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
