"""`volery executions recover`: what failed runs again, what succeeded does not."""

from __future__ import annotations

from typing import Any

import click

from volery.cli import options, there
from volery.cli.named import ExecutionName, home_of
from volery.errors import CallError
from volery.ids import ROOT


@click.command(
    "recover",
    short_help="Run again what failed, and nothing that succeeded.",
    params=[
        click.Argument(["execution"], type=ExecutionName(), metavar="NAME"),
        click.Argument(["file"], required=False),
        click.Argument(["entity"], required=False),
        click.Option(["--edited"], is_flag=True, help="Run the code as it is now, where it was."),
        click.Option(["--plan"], is_flag=True, help="On edited code: show the plan and stop."),
        click.Option(["--yes"], is_flag=True, help="On edited code: do not ask."),
        *options.starting(),
        there.server(),
        *options.driving(),
    ],
)
def recover(
    execution: str, file: str | None, entity: str | None, *, edited: bool, **given: Any
) -> int:
    r"""Run again what failed in NAME, and nothing that succeeded.

    A new execution begins, with the inputs of NAME. Whatever succeeded there counts, in maps
    element by element, cached or not.

    With FILE or --edited it runs the code as it is now. A node counts then if its code and its
    inputs are what they were. Which nodes that are is shown first.

    \b
      volery executions recover NAME               the same code
      volery executions recover NAME --edited      the code of NAME as it is now
      volery executions recover NAME new_flow.py   the code of a file
    """
    if there.is_meant(given):
        if file is not None or edited:
            raise CallError(
                "on a server, the code of an execution is not edited",
                hint="register the new code, and run that",
            )
        from volery.cli import executions_there

        return executions_there.recover(execution, given)
    from volery.cli.again import particulars, start_again
    from volery.cli.edited import edited_code, recover_edited
    from volery.services import records
    from volery.services.recovery import check_recoverable

    with records.opened(home_of(given)) as store:
        record = records.find(store, execution)
        check_recoverable(record)
        bundle = records.bundle_of(store, record)
        inputs = store.scope_inputs(record.id, ROOT)
    how = particulars(record, given)
    how["recovers"] = record.id
    if file is not None or edited:
        code = edited_code(record, bundle, file, entity)
        return recover_edited(record, code, inputs, how, given)
    if given["plan"]:
        raise CallError("--plan: it is about edited code", hint="add --edited, or name a FILE")
    gone = f"name it: volery executions recover {record.id} FILE{options.home_flag(given)}"
    return start_again(record, bundle, inputs, how, given, gone=gone)
