"""What an execution that is on record was started with, to start one like it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from volery.cli import options
from volery.cli.drive import drive
from volery.cli.named import home_of
from volery.errors import ConfigError
from volery.ir.ref import Ref
from volery.sdk.program import Program

if TYPE_CHECKING:
    from volery.ir.specs import Bundle
    from volery.services.orchestrator import Particulars
    from volery.wire.executions import Execution


def import_roots(execution: Execution, gone: str) -> list[str]:
    """Where workers find the modules of an execution.

    `gone`: what to do without them, suggested where they are gone.

    Raises:
        ConfigError: they are not there any more.
    """
    root = execution.code_folder
    if not root:
        return sys.path
    if not Path(root).is_dir():
        raise ConfigError(
            f"execution {execution.id} runs code from {root}, which is gone",
            hint=f"put it back, or {gone}",
        )
    return [root, *sys.path]


def particulars(execution: Execution, given: Mapping[str, Any]) -> Particulars:
    """What an execution was started with, where the command line says nothing else."""
    was: Particulars = {
        "project": execution.entity.project,
        "domain": execution.entity.domain,
        "priority": execution.priority,
        "executor": execution.executor,
        "limits": execution.limits,
        "max_parallelism": execution.max_parallelism,
        "storage": execution.storage,
        "import_root": execution.code_folder,
    }
    said = options.particulars(given)
    said["labels"] = {**execution.labels, **said.get("labels", {})}
    return {**was, **said}


def start_again(
    execution: Execution,
    bundle: Bundle,
    inputs: bytes,
    how: Particulars,
    given: Mapping[str, Any],
    *,
    gone: str,
) -> int:
    """Start an execution like one on record, and drive it to its end; returns the exit status.

    Args:
        execution: the other one.
        bundle: of both.
        inputs: the input record.
        how: see `particulars`.
        given: the command's options.
        gone: see `import_roots`.
    """
    home = home_of(given)
    entity = Ref(execution.entity.kind, execution.entity.name)
    return drive(
        lambda engine: engine.submit(Program(bundle, {}), entity, inputs, **how),
        bundle,
        entity,
        given,
        home=home,
        storage=home.storage(execution.storage),
        roots=import_roots(execution, gone),
    )
