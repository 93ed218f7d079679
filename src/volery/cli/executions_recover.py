"""`volery executions recover`: what failed runs again, what succeeded does not."""

from __future__ import annotations

from typing import Any

import click

from volery.cli import options, there
from volery.cli.named import ExecutionName
from volery.errors import CallError

HELP = """Run again what failed in NAME, and nothing that succeeded.

A new execution begins, with the inputs of NAME. Whatever succeeded there counts, in maps element by
element, cached or not.

With FILE or --edited it runs the code as it is now. A node counts then if its code and its inputs
are what they were. Which nodes that are is shown first.

\b
  volery executions recover NAME               the same code
  volery executions recover NAME --edited      the code of NAME as it is now
  volery executions recover NAME new_flow.py   the code of a file
"""


@click.command(
    "recover",
    help=HELP,
    short_help="Run again what failed, and nothing that succeeded.",
    params=[
        click.Argument(["execution"], type=ExecutionName(), metavar="NAME"),
        click.Argument(["file"], type=click.Path(), required=False),
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
    """See `HELP`."""
    if file is not None or edited:
        from volery.cli.edited import recover_edited

        return recover_edited(execution, file, entity, given)
    if given["plan"]:
        raise CallError("--plan: it is about edited code", hint="add --edited, or name a FILE")
    return (_recover_there if there.is_meant(given) else _recover_here)(execution, given)


def _recover_there(name: str, given: dict[str, Any]) -> int:
    from volery.cli.follow import follow

    said = there.said(given)
    chosen = said.pop("name")
    if any(said.values()):
        raise CallError(
            "of an execution that is recovered on a server, only --name can be chosen",
            hint=f"all else is as it was in {name}; or relaunch it",
        )
    with there.backend(given) as backend:
        return follow(backend, backend.recover(name, chosen), given)


def _recover_here(name: str, given: dict[str, Any]) -> int:
    from volery.cli.again import particulars, start_again
    from volery.engine.model import Phase
    from volery.ir.codec import read_bundle
    from volery.services.recovery import check_recoverable

    with there.backend(given, reading=True) as backend:
        old = backend.execution(name)
        check_recoverable(old.id, Phase(old.phase))
        bundle = read_bundle(backend.bundle(old.bundle))
        inputs = backend.inputs(old.id).record
    how = particulars(old, given)
    how["recovers"] = old.id
    gone = f"name it: volery executions recover {old.id} FILE{options.home_flag(given)}"
    return start_again(old, bundle, inputs, how, given, gone=gone)
