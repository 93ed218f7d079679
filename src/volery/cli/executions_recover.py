"""`volery executions recover`: what failed runs again, what succeeded does not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from volery.cli import options
from volery.cli.document import storage_url
from volery.cli.named import ExecutionName, home_of
from volery.cli.output import print_json, say, styled, table
from volery.cli.users import users_code
from volery.data.current import using
from volery.errors import CallError, ConfigError
from volery.ids import ROOT
from volery.ir.interface import Interface
from volery.ir.types import show
from volery.ir.values import join_record, split_record

if TYPE_CHECKING:
    from volery.ir.specs import Bundle
    from volery.sdk.entity import Entity
    from volery.services.engine import Engine
    from volery.services.home import Home
    from volery.services.verdicts import Verdict
    from volery.store.base import ExecutionRecord

_COLOURS = {"reuse": "green", "rerun": "blue", "incompatible": "yellow"}


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
    from volery.services import records, recovery

    home = home_of(given)
    with records.opened(home) as store:
        record = records.find(store, execution)
        recovery.check(record)
        bundle = records.bundle_of(store, record)
        inputs = store.scope_inputs(record.id, ROOT)
    if file is None and not edited:
        if given["plan"]:
            raise CallError("--plan: it is about edited code", hint="add --edited, or name a FILE")
        return _recover(home, record, bundle, inputs, given)
    return _recover_on(_edited(record, bundle, file, entity), home, record, inputs, given)


def _recover(
    home: Home, record: ExecutionRecord, bundle: Bundle, inputs: bytes, given: dict[str, Any]
) -> int:
    from volery.cli.again import drive, import_roots, particulars
    from volery.sdk.program import Program

    how = particulars(record, given)
    how["recovers"] = record.id
    flag = options.home_flag(given)

    def submit(engine: Engine) -> str:
        return engine.submit(Program(bundle, {}), record.entity, inputs, **how)

    return drive(
        submit,
        bundle,
        record.entity,
        given,
        home=home,
        storage=home.storage(storage_url(record)),
        roots=import_roots(record, f"name it: volery executions recover {record.id} FILE{flag}"),
    )


def _recover_on(
    code: tuple[Entity, str],
    home: Home,
    record: ExecutionRecord,
    inputs: bytes,
    given: dict[str, Any],
) -> int:
    from volery.cli.again import drive, particulars
    from volery.sdk.compile import compile_entity
    from volery.sdk.fingerprint import fingerprinted
    from volery.services import records
    from volery.services.verdicts import verdicts

    entity, root = code
    storage = home.storage(storage_url(record))
    with users_code(), using(storage):
        program = fingerprinted(compile_entity(entity))
        fitting = _fitting(entity.interface, record, inputs)
        with records.opened(home) as store:
            plan = verdicts(store, record, program.bundle, entity.ref, fitting)
    if given["plan"] and given["output"] == "json":
        print_json([msgspec.to_builtins(each) for each in plan])
        return 0
    say(_shown(plan))
    if given["plan"]:
        return 0
    _agree(given)
    how = particulars(record, given)
    how["recovers"] = record.id
    how["code"] = True
    how["import_root"] = root

    def submit(engine: Engine) -> str:
        return engine.submit(program, entity.ref, fitting, **how)

    return drive(
        submit, program.bundle, entity.ref, given, home=home, storage=storage, roots=sys.path
    )


def _edited(
    record: ExecutionRecord, bundle: Bundle, file: str | None, name: str | None
) -> tuple[Entity, str]:
    """The entity that an execution ran, as the code is now, and the folder of its modules."""
    from volery.cli.again import import_roots
    from volery.sdk import discover

    own = record.entity.name
    with users_code():
        if file is not None:
            module = discover.load(file)
        else:
            sys.path[:] = import_roots(record, "name the file of the code")
            module = discover.load(_module_of(record, bundle))
        if name is None:
            names = {each.name: each for each in discover.entities(module).values()}
            name = own if own in names else own.rpartition(".")[2]
        return discover.find(module, name), discover.root_of(module)


def _module_of(record: ExecutionRecord, bundle: Bundle) -> str:
    """The module that an execution's entity is in; of a launch plan, that of its workflow."""
    name = record.entity.name
    if record.entity.kind == "launch_plan":
        name = next(spec.workflow for spec in bundle.launch_plans if spec.name == name)
    return name.rpartition(".")[0]


def _fitting(interface: Interface, record: ExecutionRecord, inputs: bytes) -> bytes:
    """The inputs of an execution that its code as it is now has as well; the rest has defaults.

    Raises CallError: one has to be given that was not.
    """
    given = split_record(inputs)
    missing = [
        f"{each.name}: {show(each.type)}"
        for each in interface.inputs
        if each.name not in given and each.default is None
    ]
    if missing:
        raise CallError(
            f"the code has inputs that execution {record.id} was not given: {', '.join(missing)}",
            hint="give them defaults, or run it anew with volery run",
        )
    names = [each.name for each in interface.inputs if each.name in given]
    return join_record({name: given[name] for name in names})


def _shown(plan: list[Verdict]) -> str:
    """The plan as people read it, and what it comes to."""
    rows = [
        (
            each.path,
            each.label.partition(" ")[2],
            styled(each.verdict, sys.stderr, fg=_COLOURS[each.verdict]),
            each.why,
        )
        for each in plan
    ]
    counts = {word: sum(each.verdict == word for each in plan) for word in _COLOURS}
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return "\n".join([table([("NODE", "", "VERDICT", "WHY"), *rows]), told or "nothing ran before"])


def _agree(given: dict[str, Any]) -> None:
    """Have the plan approved. Raises ConfigError where nobody can be asked, Abort for a no."""
    if given["yes"]:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConfigError("nobody is here to approve the plan", hint="--yes goes on without asking")
    click.confirm("go on?", abort=True, err=True)
