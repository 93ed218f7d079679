"""The only door from a plain Python call to the engine.

Authoring must not load the engine, so the runner is named here and imported at the first call.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from volery.ir.ref import Ref
    from volery.sdk.program import Program


class Runner(Protocol):
    """Runs an entity of a program to its end, in this process."""

    def __call__(self, program: Program, entity: Ref, inputs: bytes) -> bytes:
        """Returns the output record; raises the user's exception where a task raised."""
        ...


RUNNER = "volery.services.plain:run"


def runner() -> Runner:
    """The runner that `RUNNER` names."""
    module, _, attribute = RUNNER.partition(":")
    return cast("Runner", getattr(importlib.import_module(module), attribute))
