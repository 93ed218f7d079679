"""From an entity to a program: its IR and that of everything it refers to."""

from __future__ import annotations

from operator import attrgetter
from typing import Any
from weakref import WeakKeyDictionary

from volery.errors import DefinitionError
from volery.ir.nodes import Ref
from volery.ir.specs import Bundle, LaunchPlanSpec, TaskSpec, WorkflowSpec
from volery.sdk.entity import Entity
from volery.sdk.program import Program
from volery.sdk.task import Task

_programs: WeakKeyDictionary[Entity, Program] = WeakKeyDictionary()


def compile_entity(entity: Entity) -> Program:
    """Compile an entity. The same program comes back every time.

    Raises:
        DefinitionError: it or something that it refers to is declared wrongly.
        CompileError: the graph of a workflow has problems.
    """
    program = _programs.get(entity)
    if program is None:
        program = _programs[entity] = link([entity])
    return program


def link(entities: list[Entity]) -> Program:
    """One program of several entities.

    Raises:
        DefinitionError: as for `compile_entity`; or two different entities have one name.
    """
    found: dict[Ref, Entity] = {}
    for entity in entities:
        _collect(entity, found, ())
    specs = sorted((each.spec for each in found.values()), key=attrgetter("name"))
    bundle = Bundle(
        tasks=tuple(each for each in specs if isinstance(each, TaskSpec)),
        workflows=tuple(each for each in specs if isinstance(each, WorkflowSpec)),
        launch_plans=tuple(each for each in specs if isinstance(each, LaunchPlanSpec)),
    )
    tasks: dict[str, Task[..., Any]] = {
        each.name: each for each in found.values() if isinstance(each, Task)
    }
    return Program(bundle, tasks)


def _collect(entity: Entity, found: dict[Ref, Entity], trail: tuple[Entity, ...]) -> None:
    """Find everything that an entity refers to; `trail` leads to it."""
    if entity in trail:
        circle = " -> ".join(each.name for each in (*trail[trail.index(entity) :], entity))
        raise DefinitionError(
            f"{entity.signature.owner} contains itself: {circle}",
            hint="a graph has to end somewhere: repeat work in a task instead",
        )
    if entity.ref in found:
        if found[entity.ref] is not entity:
            raise DefinitionError(
                f"two different entities are both {entity.signature.owner}",
                hint="give one of them another name",
            )
        return
    for each in entity.uses.values():
        _collect(each, found, (*trail, entity))
    found[entity.ref] = entity
