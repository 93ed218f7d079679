"""`volery executions resume`: what was interrupted is finished."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.errors import INTERRUPTED, tell
from volery.cli.named import ExecutionName, home_of
from volery.cli.output import print_json, say
from volery.engine.model import Phase
from volery.errors import ConfigError

if TYPE_CHECKING:
    from volery.services.engine import Engine
    from volery.services.home import Home
    from volery.store.base import ExecutionRecord, Store


HELP = """Finish what was interrupted: NAME, or all executions that nobody drives any more.

What has succeeded is not run again; the rest runs your code as it is now. Attempts that were under
way are repeated. What a living process drives is left alone.

\b
  volery executions resume          whatever this home has unfinished
  volery executions resume NAME     one of them
"""


@click.command(
    "resume",
    help=HELP,
    params=[
        click.Argument(["name"], type=ExecutionName(), required=False),
        options.storage(),
        *options.driving(),
    ],
    short_help="Finish what was interrupted.",
)
def resume(name: str | None, **given: Any) -> int:
    """See `HELP`."""
    from volery.services import records

    if there.is_meant(given):
        raise ConfigError(
            "a server finishes what was interrupted by itself",
            hint="for what a home has unfinished, name it: volery executions resume --home FOLDER",
        )
    if given["storage"] is not None and not name:
        raise ConfigError(
            "--storage: it says where the data of one execution is, and none is named",
            hint="volery executions resume NAME --storage URL",
        )
    home = home_of(given)
    with records.opened(home) as store:
        if name:
            found = [records.top_of(store, _unfinished(store, name))]
        else:
            unfinished = records.newest(store, sys.maxsize, (Phase.RUNNING,))
            found = [each for each in unfinished if records.is_interrupted(home, store, each)]
    if not found:
        say("nothing to resume")
    status = 0
    documents: list[dict[str, Any]] = []
    for record in found:
        try:
            status = max(status, _drive_on(home, record, given, documents.append))
        except Exception as error:  # whatever is wrong with one, the others can be finished
            if name:
                raise
            status = max(status, tell(error))
        if status == INTERRUPTED:
            break
    if given["output"] == "json":
        print_json(documents[0] if name else documents)
    return status


def _unfinished(store: Store, name: str) -> ExecutionRecord:
    """An execution that has not ended. Raises NotFound, ConfigError."""
    from volery.services import records

    record = records.find(store, name)
    if record.phase.terminal:
        raise ConfigError(f"execution {record.id} has ended: it is {record.phase}")
    return record


def _drive_on(
    home: Home,
    record: ExecutionRecord,
    given: dict[str, Any],
    document: Callable[[dict[str, Any]], None],
) -> int:
    from volery.cli.again import import_roots
    from volery.cli.drive import drive
    from volery.services import records, shown

    recorded = home.storage(records.storage_url(record))
    storage = options.storage_to_drive(record.id, recorded, home, given)
    with records.opened(home) as store:
        bundle = records.bundle_of(store, record)
    give_up = f"give up: volery executions abort {record.id}{options.home_flag(given)}"

    def take_over(engine: Engine) -> str:
        engine.take_over(record.id)
        return record.id

    return drive(
        take_over,
        bundle,
        record.entity,
        given,
        home=home,
        storage=storage,
        document=document,
        roots=import_roots(shown.execution(record, driven=False), give_up),
    )
