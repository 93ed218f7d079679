"""`volery executions resume` and `abort`: what was interrupted is finished, or given up."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.document import code_folder, storage_url
from volery.cli.errors import INTERRUPTED, tell
from volery.cli.named import ExecutionName, home_of, open_one
from volery.cli.output import phase, say
from volery.engine.model import Phase
from volery.errors import ConfigError

if TYPE_CHECKING:
    from volery.services.engine import Engine
    from volery.services.home import Home
    from volery.store.base import ExecutionRecord


@click.command(
    "resume",
    params=[
        click.Argument(["name"], type=ExecutionName(), required=False),
        options.storage(),
        *options.driving(),
    ],
    short_help="Finish what was interrupted.",
)
def resume(name: str | None, **given: Any) -> int:
    """Finish what was interrupted: NAME, or all executions that nobody drives any more.

    What has succeeded is not run again; the rest runs your code as it is now. Attempts that were
    under way are repeated. What a living process drives is left alone.
    """
    from volery.services import records

    if given["storage"] is not None and not name:
        raise ConfigError(
            "--storage: it says where the data of one execution is, and none is named",
            hint="volery executions resume NAME --storage URL",
        )
    home = home_of(given)
    with records.opened(home) as store:
        if name:
            found = [records.top_of(store, open_one(store, name))]
        else:
            unfinished = records.newest(store, sys.maxsize, (Phase.RUNNING,))
            found = [each for each in unfinished if records.is_interrupted(home, store, each)]
    if not found:
        say("nothing to resume")
    status = 0
    for record in found:
        try:
            status = max(status, _drive_on(home, record, given))
        except Exception as error:  # whatever is wrong with one, the others can be finished
            if name:
                raise
            status = max(status, tell(error))
        if status == INTERRUPTED:
            break
    return status


def _drive_on(home: Home, record: ExecutionRecord, given: dict[str, Any]) -> int:
    from volery.cli.again import import_roots
    from volery.cli.drive import drive
    from volery.services import records

    recorded = home.storage(storage_url(record))
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
        roots=import_roots(record, give_up),
    )


@click.command(
    "abort",
    short_help="Stop an execution.",
    params=[
        click.Argument(["name"], type=ExecutionName()),
        click.Option(["--reason"], default="from the command line", help="Why; it is recorded."),
        there.server(),
        options.home(),
    ],
)
def abort(name: str, reason: str, **given: Any) -> None:
    """Stop an execution, whether a process drives it or not.

    Tasks that run are ended, and what waits never starts, also in executions that launch plans in
    it have started. What has succeeded stays on record. A failure handler still runs; abort again
    to end that, too.
    """
    if there.is_meant(given):
        from volery.cli import executions_there

        executions_there.abort(name, reason, given)
        return
    from volery.services import records
    from volery.services.engine import embedded

    home = home_of(given)
    with records.opened(home, to_write=True) as store:
        record = open_one(store, name)
        store.abort(record.id, reason, time.time())
        driven = not records.is_interrupted(home, store, record)
    if driven:
        say(f"{record.id} was asked to stop; the process that drives it does so")
        return
    # Nobody else is there to do it.
    storage = home.storage(storage_url(record))
    roots = [code_folder(record) or "", *sys.path]  # for a failure handler
    with embedded(home.folder, database=home.url, storage=storage, import_roots=roots) as engine:
        ended = engine.resume(record.id)
    say(f"{ended.id} {phase(ended.phase, sys.stderr)}")
