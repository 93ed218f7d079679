"""Recovery on edited code: which nodes still count is shown, and the others run again."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
import msgspec

from volery.cli.again import import_roots
from volery.cli.document import storage_url
from volery.cli.drive import drive
from volery.cli.named import home_of
from volery.cli.output import agreed, print_json, say, styled, table
from volery.cli.users import users_code
from volery.data.current import using
from volery.errors import CallError
from volery.ir.assign import refusal
from volery.ir.interface import Interface
from volery.ir.types import show
from volery.ir.values import join_record, split_record
from volery.sdk import discover
from volery.sdk.compile import compile_entity
from volery.sdk.fingerprint import fingerprinted
from volery.services import records
from volery.services.verdicts import Verdict, verdicts

if TYPE_CHECKING:
    from volery.ir.specs import Bundle
    from volery.sdk.entity import Entity
    from volery.services.orchestrator import Particulars
    from volery.store.base import ExecutionRecord

_COLOURS = {"reuse": "green", "rerun": "blue", "incompatible": "yellow"}


def edited_code(
    record: ExecutionRecord, bundle: Bundle, file: str | None, name: str | None
) -> tuple[Entity, str]:
    """The entity that an execution ran, as the code is now, and the folder of its modules.

    Args:
        record: of the execution.
        bundle: of the execution.
        file: where the code is; None: where it was.
        name: of the entity in it; None: as it was.

    Raises:
        VoleryError: there is no such code, or it does not import.
    """
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


def recover_edited(
    record: ExecutionRecord,
    code: tuple[Entity, str],
    inputs: bytes,
    how: Particulars,
    given: Mapping[str, Any],
) -> int:
    """Show the plan, have it approved, and drive the new execution; returns the exit status.

    Args:
        record: of the execution that is recovered.
        code: see `edited_code`.
        inputs: its input record.
        how: what the new execution is started with.
        given: the command's options.
    """
    entity, root = code
    home = home_of(given)
    storage = home.storage(storage_url(record))
    with users_code(), using(storage):
        program = fingerprinted(compile_entity(entity))
        with records.opened(home) as store:
            was = records.interface_of(records.bundle_of(store, record), record.entity)
            fitting = _fitting(entity.interface, was, record, inputs)
            plan = verdicts(store, record, program.bundle, entity.ref, fitting)
    if given["plan"] and given["output"] == "json":
        print_json([msgspec.to_builtins(each) for each in plan])
        return 0
    say(_shown(plan))
    if given["plan"]:
        return 0
    if not (given["yes"] or agreed("go on?")):
        raise click.Abort
    how["code"] = True
    how["import_root"] = root
    return drive(
        lambda engine: engine.submit(program, entity.ref, fitting, **how),
        program.bundle,
        entity.ref,
        given,
        home=home,
        storage=storage,
    )


def _module_of(record: ExecutionRecord, bundle: Bundle) -> str:
    """The module that an execution's entity is in; of a launch plan, that of its workflow."""
    name = record.entity.name
    if record.entity.kind == "launch_plan":
        name = next(spec.workflow for spec in bundle.launch_plans if spec.name == name)
    return name.rpartition(".")[0]


def _fitting(interface: Interface, was: Interface, record: ExecutionRecord, inputs: bytes) -> bytes:
    """The inputs of an execution that its code as it is now has as well; the rest has defaults.

    Raises CallError: one has to be given that was not, or is of another type now.
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
    kept = [each for each in interface.inputs if each.name in given]
    for each in kept:
        before = was.input(each.name)
        if before is not None and (why := refusal(before.type, each.type)):
            raise CallError(
                f"input {each.name} does not fit any more what execution {record.id} was given:"
                f" {why}",
                hint="leave its type as it was, or run it anew with volery run",
            )
    return join_record({each.name: given[each.name] for each in kept})


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
