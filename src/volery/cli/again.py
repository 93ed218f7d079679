"""What an execution that is on record was started with, to start one like it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from volery.cli import options
from volery.cli.document import code_folder, storage_url, users_labels
from volery.cli.drive import drive
from volery.cli.named import home_of
from volery.errors import ConfigError
from volery.sdk.program import Program

if TYPE_CHECKING:
    from volery.ir.specs import Bundle
    from volery.services.orchestrator import Particulars
    from volery.store.base import ExecutionRecord


def import_roots(record: ExecutionRecord, gone: str) -> list[str]:
    """Where workers find the modules of an execution.

    `gone`: what to do without them, suggested where they are gone.

    Raises:
        ConfigError: they are not there any more.
    """
    root = code_folder(record)
    if root is None:
        return sys.path
    if not Path(root).is_dir():
        raise ConfigError(
            f"execution {record.id} runs code from {root}, which is gone",
            hint=f"put it back, or {gone}",
        )
    return [root, *sys.path]


def particulars(record: ExecutionRecord, given: Mapping[str, Any]) -> Particulars:
    """What an execution was started with, where the command line says nothing else."""
    was: Particulars = {
        "project": record.project,
        "domain": record.domain,
        "priority": record.options.priority,
        "max_parallelism": record.max_parallelism,
        "storage": storage_url(record),
        "import_root": code_folder(record) or "",
    }
    said = options.particulars(given)
    said["labels"] = {**users_labels(record), **said.get("labels", {})}
    return {**was, **said}


def start_again(
    record: ExecutionRecord,
    bundle: Bundle,
    inputs: bytes,
    how: Particulars,
    given: Mapping[str, Any],
    *,
    gone: str,
) -> int:
    """Start an execution like one on record, and drive it to its end; returns the exit status.

    Args:
        record: of the other one.
        bundle: of both.
        inputs: the input record.
        how: see `particulars`.
        given: the command's options.
        gone: see `import_roots`.
    """
    home = home_of(given)
    return drive(
        lambda engine: engine.submit(Program(bundle, {}), record.entity, inputs, **how),
        bundle,
        record.entity,
        given,
        home=home,
        storage=home.storage(storage_url(record)),
        roots=import_roots(record, gone),
    )
