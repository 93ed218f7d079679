"""`volery executions signal`: an answer for a gate that waits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.document import storage_url
from volery.cli.gates import how_to_signal
from volery.cli.named import ExecutionName, home_of, open_one
from volery.cli.output import print_json, say
from volery.data.current import using
from volery.errors import CallError, ConfigError, NotFound, VoleryError, suggest
from volery.ir.types import BOOL

if TYPE_CHECKING:
    from volery.services.gates import Gate, Gates
    from volery.store.base import ExecutionRecord, NodeRecord, Store


@click.command(
    "signal",
    short_help="Answer a gate that waits.",
    params=[
        click.Argument(["name"], type=ExecutionName()),
        click.Argument(["gate"]),
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
    r"""Answer a gate that waits: GATE of the execution NAME.

    GATE is the name that the workflow gives it, or its path, where several have one name; volery
    executions get NAME shows those that wait. VALUE is written as an input of volery run is.

    \b
      volery executions signal NAME ship --yes       approve
      volery executions signal NAME threshold 0.75   give a value
    """
    if there.is_meant(given):
        from volery.cli import executions_there

        executions_there.signal(name, gate, value, given, approved=approved)
        return
    from volery.services import records
    from volery.services.context import Contexts
    from volery.services.gates import Gates
    from volery.services.values import Values

    home = home_of(given)
    with records.opened(home, to_write=True) as store:
        record = open_one(store, name)
        with using(home.storage(storage_url(record))):
            gates = Gates(store, Contexts(store), Values(store))
            found = _find(gates, store, record, gate)
            packed = _read(found, value, approved, options.home_flag(given))
            if store.signal(found.execution, found.path, packed, time.time()) != "taken":
                raise _answered(found.label, record)
        interrupted = records.is_interrupted(home, store, records.top_of(store, record))
    if given["output"] == "json":
        print_json({"execution": found.execution, "path": found.path, "gate": found.name})
    say(f"gate {found.label} of {found.execution} has its answer")
    if interrupted:
        say(f"nobody drives it: volery executions resume {record.root}{options.home_flag(given)}")


def _find(gates: Gates, store: Store, record: ExecutionRecord, name: str) -> Gate:
    """The gate of this name or path that waits. Raises NotFound, ConfigError."""
    waiting = list(gates.waiting(record))
    found = [each for each in waiting if each.path == name]
    found = found or [each for each in waiting if each.name == name]
    match found:
        case [gate]:
            return gate
        case [_, *_]:
            paths = ", ".join(f"{each.path} of {each.execution}" for each in found)
            raise ConfigError(f"{len(found)} gates {name} wait", hint=f"name one by path: {paths}")
        case _:
            pass
    for node in store.nodes(record.id):
        gate = gates.at(record.id, node.path) if node.kind == "gate" else None
        if gate is not None and name in {gate.name, gate.path}:
            raise _answered(name, record) if node.signalled else _not_waiting(name, record, node)
    hint = suggest(name, [each.key for each in waiting]) if waiting else "no gate of it does"
    raise NotFound(f"no gate {name} of execution {record.id} waits", hint=hint)


def _not_waiting(name: str, record: ExecutionRecord, node: NodeRecord) -> ConfigError:
    return ConfigError(f"gate {name} of execution {record.id} does not wait: it is {node.phase}")


def _answered(name: str, record: ExecutionRecord) -> ConfigError:
    return ConfigError(f"gate {name} of execution {record.id} does not wait: it has its answer")


def _read(gate: Gate, text: str | None, approved: bool | None, home_flag: str) -> bytes:  # noqa: FBT001
    """The packed answer. Raises CallError."""
    how = how_to_signal(gate, home_flag)
    if (text is None) == (approved is None):
        said = "no answer was given" if text is None else "two answers were given"
        raise CallError(f"{said}: {gate.question()}", hint=how)
    if approved is not None and gate.answer != BOOL:
        raise CallError(f"gate {gate.name} takes a value, not --yes or --no", hint=how)
    try:
        return gate.pack(approved) if approved is not None else gate.read(text or "")
    except VoleryError as error:
        raise CallError(f"gate {gate.name}: {error}") from None
