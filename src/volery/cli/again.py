"""An execution that is on record: driven on, or started once more with the code that it had."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from volery.cli import options
from volery.cli.document import code_folder, storage_url, users_labels
from volery.cli.drive import Driver, Manner
from volery.errors import ConfigError

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.ir.nodes import Ref
    from volery.ir.specs import Bundle
    from volery.services.engine import Engine
    from volery.services.home import Home
    from volery.services.orchestrator import Particulars
    from volery.store.base import ExecutionRecord


def import_roots(record: ExecutionRecord, instead: str) -> list[str]:
    """Where workers find the modules of an execution.

    `instead`: a command that does without them, suggested where they are gone.

    Raises:
        ConfigError: they are not there any more.
    """
    root = code_folder(record)
    if root is None:
        return sys.path
    if not Path(root).is_dir():
        raise ConfigError(
            f"execution {record.id} runs code from {root}, which is gone",
            hint=f"put it back, or {instead}",
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


def drive(
    start: Callable[[Engine], str],
    bundle: Bundle,
    entity: Ref,
    given: Mapping[str, Any],
    *,
    home: Home,
    storage: Storage,
    roots: Sequence[str],
) -> int:
    """Drive an execution to its end; returns the exit status.

    Args:
        start: makes an engine the owner of the execution, and returns its name.
        bundle: of the execution.
        entity: what of it runs.
        given: the command's options.
        home: where it is recorded.
        storage: where its values are.
        roots: where its modules are.
    """
    from volery.services.engine import embedded

    driver = Driver(bundle, entity, Manner.of(given))
    chosen = options.settings_of(given)
    with embedded(
        home.folder,
        database=home.url,
        storage=storage,
        workers=chosen.workers,
        import_roots=roots,
        on_print=driver.view.printed,
        bounds=options.bounds(chosen),
    ) as engine:
        return driver.drive(engine, start(engine))
