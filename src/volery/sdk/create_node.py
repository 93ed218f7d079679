"""``create_node``: a node as an object, where a call would give its promises."""

from __future__ import annotations

from typing import Any

from volery.errors import DefinitionError, suggest
from volery.sdk.entity import Entity
from volery.sdk.map import MapTask
from volery.sdk.promise import Outputs, Promise, Step, draft_of, names_of, part_of
from volery.sdk.trace import recording


class NodeHandle(Step):
    """A node that was recorded.

    Attributes:
        outputs: promises by output name. Each is an attribute, too: ``node.o0``.
    """

    __slots__ = ("_draft", "outputs")

    outputs: dict[str, Promise]

    def __init__(self, result: Step) -> None:
        self._draft = draft_of(result)
        match result:
            case Outputs():
                self.outputs = dict(zip(names_of(result), result, strict=True))
            case Promise():
                self.outputs = {part_of(result).origin.name: result}
            case _:
                self.outputs = {}

    def __getattr__(self, name: str) -> Promise:
        if name.startswith("_") or name not in self.outputs:
            raise AttributeError(f"{self!r} has no output {name}; {suggest(name, self.outputs)}")
        return self.outputs[name]

    def __repr__(self) -> str:
        return f"<node {self._draft}>"


def create_node(entity: Entity | MapTask, *args: Any, **inputs: Any) -> NodeHandle:
    """Record a node in the workflow that is being compiled.

    Args:
        entity: a task, a workflow, a launch plan or a map.
        args: refused: inputs are given by keyword.
        inputs: values and promises.

    Raises:
        DefinitionError: no workflow is being compiled, or `entity` cannot be a node.
        CallError: an argument is positional.
    """
    if not isinstance(entity, Entity | MapTask):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DefinitionError(
            f"create_node takes a task, a workflow, a launch plan or a map, got {entity!r}"
        )
    if recording() is None:
        raise DefinitionError(
            f"create_node({entity!r}) stands outside of a workflow", hint="call the entity itself"
        )
    return NodeHandle(entity(*args, **inputs))
