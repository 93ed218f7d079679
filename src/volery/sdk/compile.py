"""From an entity to a program: its IR and that of everything it refers to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from volery.errors import DefinitionError
from volery.ir.ref import Ref
from volery.ir.specs import Bundle, LaunchPlanSpec, TaskSpec, WorkflowSpec
from volery.sdk.entity import Compiled, Entity
from volery.sdk.program import Program
from volery.sdk.source import show
from volery.sdk.task import Task

_Found = dict[Ref, tuple[Entity, Compiled]]

stand_ins: dict[Entity, Entity] = {}
"""What is compiled in place of an entity, in tests; under the same name, with the same types."""


def compile_entity(entity: Entity) -> Program:
    """Compile an entity. The same program comes back every time.

    In a session, such as a notebook, it is compiled anew: names may stand for something else.

    Raises:
        DefinitionError: it or something that it refers to is declared wrongly.
        CompileError: the graph of a workflow has problems.
    """
    if entity.program is not None and not stand_ins:
        return entity.program
    found: _Found = {}
    _collect(entity, found, ())
    program = _program(found)
    if not stand_ins and all(each.lasting for each, _ in found.values()):
        entity.program = program
    return program


def compile_together(
    entities: Iterable[Entity], refused: Callable[[Entity, BaseException], None]
) -> Program:
    """Compile entities, with everything that they refer to, into one program.

    Args:
        entities: they may refer to each other.
        refused: is told what does not compile, and why; the program lacks it.
    """
    found: _Found = {}
    for each in entities:
        try:
            _collect(each, found, ())
        except (Exception, SystemExit) as error:  # noqa: BLE001 - bodies are the user's code
            refused(each, error)
    return _program(found)


def _program(found: _Found) -> Program:
    specs = sorted((compiled.spec for _, compiled in found.values()), key=attrgetter("name"))
    bundle = Bundle(
        tasks=tuple(each for each in specs if isinstance(each, TaskSpec)),
        workflows=tuple(each for each in specs if isinstance(each, WorkflowSpec)),
        launch_plans=tuple(each for each in specs if isinstance(each, LaunchPlanSpec)),
    )
    tasks: dict[str, Task[..., Any]] = {
        each.name: each for each, _ in found.values() if isinstance(each, Task)
    }
    return Program(bundle, tasks)


def _collect(entity: Entity, found: _Found, trail: tuple[Entity, ...]) -> None:
    """Find everything that an entity refers to; `trail` leads to it."""
    if entity in trail:
        circle = " -> ".join(each.name for each in (*trail[trail.index(entity) :], entity))
        raise DefinitionError(
            f"{entity.signature.owner} ({show(entity.source)}) contains itself: {circle}",
            hint="a graph has to end somewhere: repeat work in a task instead",
        )
    if entity.ref in found:
        known, _ = found[entity.ref]
        if known is not entity:
            raise DefinitionError(
                f"two different entities are both {entity.signature.owner}: "
                f"the one of {show(known.source)} and that of {show(entity.source)}",
                hint="give one of them another name; in a notebook, where one replaces the other, "
                "run again what uses the older one",
            )
        return
    compiled = stand_ins.get(entity, entity).compiled()
    for each in compiled.entities.values():
        _collect(each, found, (*trail, entity))
    found[entity.ref] = entity, compiled
