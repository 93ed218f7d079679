"""Recovery on edited code: which nodes still count is shown, and the others run again."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from volery.cli import there
from volery.cli.again import import_roots, particulars
from volery.cli.drive import drive
from volery.cli.follow import follow
from volery.cli.named import home_of
from volery.cli.output import agreed, print_json, say, styled, table
from volery.cli.users import users_code
from volery.engine.model import Phase
from volery.errors import CallError
from volery.ir.assign import refusal
from volery.ir.codec import canonical, read_bundle
from volery.ir.interface import Interface
from volery.ir.ref import Ref
from volery.ir.types import show
from volery.ir.values import join_record, split_record
from volery.sdk import discover
from volery.sdk.compile import compile_entity
from volery.sdk.fingerprint import fingerprinted
from volery.services.records import interface_of
from volery.services.recovery import check_recoverable
from volery.wire.entities import EntityKey
from volery.wire.executions import EditedCode, NewExecution, Verdict

if TYPE_CHECKING:
    from volery.ir.specs import Bundle
    from volery.sdk.entity import Entity
    from volery.wire.backend import Backend
    from volery.wire.executions import Execution

_COLOURS = {"reuse": "green", "rerun": "blue", "incompatible": "yellow"}


def recover_edited(name: str, file: str | None, of: str | None, given: Mapping[str, Any]) -> int:
    """Show the plan, have it approved, and follow the new execution; returns the exit status.

    Args:
        name: of the execution that is recovered.
        file: where the code is; None: where it was.
        of: the entity in it; None: as it was called.
        given: the command's options.
    """
    with there.backend(given, reading=True) as backend:
        old = backend.execution(name)
        check_recoverable(old.id, Phase(old.phase))
        bundle = read_bundle(backend.bundle(old.bundle))
        entity, root = _code(old, bundle, file, of)
        with there.storage(backend, given, old) as storage:
            with users_code():
                program = fingerprinted(compile_entity(entity))
            was = interface_of(bundle, _ref(old))
            record = _fitting(entity.interface, was, old, backend.inputs(old.id).record)
            code = EditedCode(canonical(program.bundle), entity.ref, record)
            if not _is_agreed(backend.verdicts(old.id, code), given):
                return 0
            if there.is_meant(given):
                return _recover_there(backend, old, entity, record, given)
        how = particulars(old, given)
        how |= {"recovers": old.id, "code": True, "import_root": root}
        return drive(
            lambda engine: engine.submit(program, entity.ref, record, **how),
            program.bundle,
            entity.ref,
            given,
            home=home_of(given),
            storage=storage,
        )


def _recover_there(
    backend: Backend, old: Execution, entity: Entity, record: bytes, given: Mapping[str, Any]
) -> int:
    """Register the code on the server, and run it there."""
    place = {"project": old.entity.project, "domain": old.entity.domain}
    with there.remote({**given, **place}) as remote, users_code():
        version = remote.register(entity).version
    said = there.said(given)
    new = NewExecution(
        EntityKey(entity.kind, entity.name, version, **place),
        record=record,
        recovers=old.id,
        code=True,
        **said | {"labels": old.labels | said["labels"]},
    )
    return follow(backend, backend.execute(new), given)


def _is_agreed(plan: Sequence[Verdict], given: Mapping[str, Any]) -> bool:
    """Show what will run again; False: that was all. Raises Abort: nobody wants it."""
    if given["plan"] and given["output"] == "json":
        print_json([msgspec.to_builtins(each) for each in plan])
        return False
    say(_shown(plan))
    if given["plan"]:
        return False
    if not (given["yes"] or agreed("go on?")):
        raise click.Abort
    return True


def _code(old: Execution, bundle: Bundle, file: str | None, name: str | None) -> tuple[Entity, str]:
    """The entity that an execution ran, as the code is now, and the folder of its modules.

    Raises:
        VoleryError: there is no such code, or it does not import.
    """
    own = old.entity.name
    with users_code():
        if file is not None:
            module = discover.load(file)
        else:
            sys.path[:] = import_roots(old, "name the file of the code")
            module = discover.load(_module_of(old, bundle))
        if name is None:
            names = {each.name: each for each in discover.entities(module).values()}
            name = own if own in names else own.rpartition(".")[2]
        return discover.find(module, name), discover.root_of(module)


def _ref(execution: Execution) -> Ref:
    return Ref(execution.entity.kind, execution.entity.name)


def _module_of(old: Execution, bundle: Bundle) -> str:
    """The module that an execution's entity is in; of a launch plan, that of its workflow."""
    name = old.entity.name
    if old.entity.kind == "launch_plan":
        name = next(spec.workflow for spec in bundle.launch_plans if spec.name == name)
    return name.rpartition(".")[0]


def _fitting(interface: Interface, was: Interface, old: Execution, inputs: bytes) -> bytes:
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
            f"the code has inputs that execution {old.id} was not given: {', '.join(missing)}",
            hint="give them defaults, or run it anew with volery run",
        )
    kept = [each for each in interface.inputs if each.name in given]
    for each in kept:
        before = was.input(each.name)
        if before is not None and (why := refusal(before.type, each.type)):
            raise CallError(
                f"input {each.name} does not fit any more what execution {old.id} was given: {why}",
                hint="leave its type as it was, or run it anew with volery run",
            )
    return join_record({each.name: given[each.name] for each in kept})


def _shown(plan: Sequence[Verdict]) -> str:
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
