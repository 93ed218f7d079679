"""`volery executions signal`: an answer for a gate that waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.gates import how_to_signal
from volery.cli.named import ExecutionName, GateName
from volery.cli.output import print_json, say
from volery.errors import CallError, ConfigError, VoleryError
from volery.ir.types import BOOL

if TYPE_CHECKING:
    from volery.wire.backend import Backend
    from volery.wire.executions import Gate


HELP = """Answer a gate that waits: GATE of the execution NAME.

GATE is the name that the workflow gives it, or its path, where several have one name; volery
executions get NAME shows those that wait. VALUE is written as an input of volery run is.

\b
  volery executions signal NAME ship --yes       approve
  volery executions signal NAME threshold 0.75   give a value
"""


@click.command(
    "signal",
    help=HELP,
    short_help="Answer a gate that waits.",
    params=[
        click.Argument(["name"], type=ExecutionName()),
        click.Argument(["gate"], type=GateName()),
        click.Argument(["value"], required=False),
        click.Option(
            ["--yes/--no", "approved"], default=None, help="Approve, or refuse; for true and false."
        ),
        there.server(),
        options.home(),
        options.output(),
    ],
)
def signal(name: str, gate: str, value: str | None, *, approved: bool | None, **given: Any) -> None:
    """See `HELP`."""
    from volery.wire.executions import Signal

    with there.backend(given) as backend:
        execution = backend.execution(name)
        if execution.ended is not None:
            raise ConfigError(f"execution {name} has ended: it is {execution.phase}")
        found = _waiting(backend, name, gate)
        if found is None:  # whoever has the execution knows why
            backend.signal(name, Signal(gate, approved if value is None else value))
            return
        with there.storage(backend, given, execution):
            answer = _answer(found, value, approved, there.flag(given))
        backend.signal(found.execution, Signal(found.path, answer))
    if given["output"] == "json":
        print_json({"execution": found.execution, "path": found.path, "gate": found.name})
    say(f"gate {gate} of {found.execution} has its answer")
    if not execution.driven and not there.is_meant(given):
        say(f"nobody drives it: volery executions resume {execution.root}{there.flag(given)}")


def _waiting(backend: Backend, execution: str, name: str) -> Gate | None:
    """The gate of this name or path; None: there is none, or more than one."""
    gates = backend.gates(execution)
    found = [each for each in gates if each.path == name]
    found = found or [each for each in gates if each.name == name]
    return found[0] if len(found) == 1 else None


def _answer(gate: Gate, text: str | None, approved: bool | None, flag: str) -> Any:  # noqa: FBT001
    """The answer as JSON by its type. Raises CallError."""
    from volery.services.gates import answer_of

    how = how_to_signal(gate, flag)
    if (text is None) == (approved is None):
        said = "no answer was given" if text is None else "two answers were given"
        raise CallError(f"{said}: {gate.question}", hint=how)
    if approved is not None and gate.answer != BOOL:
        raise CallError(f"gate {gate.name} takes a value, not --yes or --no", hint=how)
    try:
        return approved if text is None else answer_of(gate.answer, text)
    except VoleryError as error:
        raise CallError(f"gate {gate.name}: {error}") from None
