"""``create_node``: a node as an object, where a call would give its promises."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from volery.errors import DefinitionError, NotFound, PromiseError
from volery.sdk import source
from volery.sdk.entity import Entity
from volery.sdk.map import MapTask
from volery.sdk.opaque import NoAttribute, misuse
from volery.sdk.promise import Outputs, Promise, Promises, Step, draft_of, names_of, part_of
from volery.sdk.trace import recording


class NodeHandle(Step):
    """A node that was recorded.

    Attributes:
        outputs: promises by output name. Each is an attribute, too: ``node.o0``.
    """

    __slots__ = ("_draft", "outputs")

    outputs: Promises

    def __init__(self, result: Step) -> None:
        self._draft = draft_of(result)
        self.outputs = Promises("output", f"{self!r}")
        match result:
            case Outputs():
                self.outputs.update(zip(names_of(result), result, strict=True))
            case Promise():
                self.outputs[part_of(result).origin.name] = result
            case _:
                pass

    def __getattr__(self, name: str) -> Promise:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.outputs[name]
        except NotFound as error:
            raise NoAttribute(error) from None

    def __repr__(self) -> str:
        return f"<node {self._draft}>"

    def _refusal(self, does: str, instead: str) -> PromiseError:
        del instead
        names = " or ".join(f"node.{name}" for name in self.outputs)
        return misuse(self, does, f"take an output of it: {names}" if names else "it has no output")


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
            "create_node takes a task, a workflow, a launch plan or a map, "
            f"got {entity!r} ({source.show(source.here())})",
            hint="put @task above a function" if isinstance(entity, FunctionType) else None,
        )
    if recording() is None:
        raise DefinitionError(
            f"create_node({entity!r}) stands outside of a workflow ({source.show(source.here())})",
            hint="call the entity itself",
        )
    return NodeHandle(entity(*args, **inputs))
