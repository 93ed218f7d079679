"""Recording: what happens while the body of a workflow runs, once, to be compiled.

Calls of entities do not run anything then. They leave drafts of nodes in the recording's current
scope, and give back promises. Drafts are the one mutable stage of a graph (overrides and orders
come after the call); `graph` turns them into the IR when the body has ended.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from volery.errors import CompileError, DefinitionError, TypeMismatch
from volery.ir.policy import Policy
from volery.ir.ref import Ref, Source
from volery.ir.values import NIL
from volery.sdk.source import here, show

if TYPE_CHECKING:
    from volery.ir.nodes import EntityTarget, GateTarget, MapTarget
    from volery.ir.problem import Problem
    from volery.sdk.conditional import Branch
    from volery.sdk.entity import Entity
    from volery.sdk.expression import Expression
    from volery.sdk.interface import Port, Signature
    from volery.sdk.promise import Origin

    DraftTarget = EntityTarget | MapTarget | GateTarget | Branch

_current: ContextVar[Recording | None] = ContextVar("volery_recording", default=None)


def recording() -> Recording | None:
    """The recording under way in this context, if there is one."""
    return _current.get()


class Draft:
    """A node that is being recorded.

    Attributes:
        number: its place in the order of creation, over the whole workflow.
        label: what it stands for, as people say it.
        after: drafts of the same scope that have to end first.
        entity: what it stands for, or maps; None: a conditional or a gate.
    """

    __slots__ = (
        "after", "entity", "id", "inputs", "label", "number", "policy", "scope", "source", "target",
    )  # fmt: skip

    def __init__(
        self,
        scope: Scope,
        number: int,
        target: DraftTarget,
        label: str,
        entity: Entity | None = None,
    ) -> None:
        self.scope = scope
        self.number = number
        self.target = target
        self.label = label
        self.entity = entity
        self.id = f"n{number}"
        self.source: Source = here()
        self.inputs: dict[str, Expression] = {}
        self.after: list[Draft] = []
        self.policy = Policy()

    def __str__(self) -> str:
        return f"{self.id} {self.label}"


class Scope:
    """A graph that is being recorded: a workflow's own, or that of an arm inside another scope.

    Attributes:
        name: what errors call it.
        ended: for a workflow's own: it is compiled, so that changes would come too late.
        captures: for an arm: what it uses of the scopes around it, by the name of its input. The
            arms of one branch share them.
    """

    __slots__ = ("captures", "drafts", "ended", "name", "parent")

    def __init__(
        self, name: str, parent: Scope | None = None, captures: dict[str, Origin] | None = None
    ) -> None:
        self.name = name
        self.parent = parent
        self.captures: dict[str, Origin] = {} if captures is None else captures
        self.drafts: list[Draft] = []
        self.ended = False

    def outermost(self) -> Scope:
        """The workflow's own scope, around all others."""
        return self if self.parent is None else self.parent.outermost()

    def sees(self, other: Scope) -> bool:
        """Whether values of another scope can be used in this one."""
        scope: Scope | None = self
        while scope is not None:
            if scope is other:
                return True
            scope = scope.parent
        return False


class Recording:
    """What the body of one workflow has done so far.

    Args:
        name: what errors call the workflow.
        most: so many nodes there may be; None: any number.

    Attributes:
        scope: the innermost open scope; `root` is the workflow's own.
        drafts: all nodes, those of arms among them.
        entities: everything that nodes refer to.
        problems: what is wrong with values that were given to nodes.
    """

    def __init__(self, name: str, most: int | None = None) -> None:
        self.root = self.scope = Scope(name)
        self.entities: dict[Ref, Entity] = {}
        self.problems: list[Problem] = []
        self.drafts: list[Draft] = []
        self._most = most

    @contextlib.contextmanager
    def active(self) -> Generator[None]:
        """Let calls of entities leave nodes here."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def open(self, scope: Scope) -> None:
        """Let nodes go into an arm from now on."""
        self.scope = scope

    def close(self, scope: Scope) -> None:
        """Let nodes go again to where they went before an arm was opened.

        Raises:
            DefinitionError: it is closed already, or an arm inside of it is open.
        """
        if self.scope is not scope or scope.parent is None:
            raise DefinitionError(f"{scope.name} is closed out of turn ({show(here())})")
        self.scope = scope.parent

    def call(self, entity: Entity, arguments: Mapping[str, Any]) -> Any:
        """Record a node for an entity; returns what the call gives: promises."""
        from volery.ir.nodes import target_of

        self.refer(entity)
        return self.add(target_of(entity.ref), entity.label, entity, entity.signature, arguments)

    def refer(self, entity: Entity) -> None:
        """Remember an entity that the graph refers to.

        Raises:
            DefinitionError: it refers to another one of the same name already.
        """
        known = self.entities.setdefault(entity.ref, entity)
        if known is not entity:
            raise DefinitionError(
                f"{self.root.name} uses two that are both {entity.signature.owner}: the one of "
                f"{show(known.source)} and that of {show(entity.source)} ({show(here())})",
                hint="give one of them another name",
            )

    def add(
        self,
        target: DraftTarget,
        label: str,
        entity: Entity,
        signature: Signature,
        arguments: Mapping[str, Any],
    ) -> Any:
        """Record a node; returns promises of its outputs."""
        from volery.ir.bindings import Constant
        from volery.sdk.promise import promised

        draft = self.draft(target, label, entity)
        for name in arguments:
            if name not in signature.inputs:
                self.problem(*signature.stranger(name), draft, name)
        for name, each in signature.inputs.items():
            if name in arguments:
                draft.inputs[name] = self._given(draft, each, arguments[name])
            elif each.default is not None:
                draft.inputs[name] = Constant(each.default)
        types = {name: each.codec.type for name, each in signature.outputs.items()}
        annotations = {name: each.annotation for name, each in signature.outputs.items()}
        return promised(draft, types, annotations, named=signature.named is not None)

    def draft(self, target: DraftTarget, label: str, entity: Entity | None = None) -> Draft:
        """Record a node that has no inputs yet.

        Raises:
            CompileError: there are too many.
        """
        if self._most is not None and len(self.drafts) >= self._most:
            raise too_large(self.root.name, self._most)
        draft = Draft(self.scope, len(self.drafts), target, label, entity)
        self.drafts.append(draft)
        self.scope.drafts.append(draft)
        return draft

    def problem(
        self, message: str, hint: str | None, draft: Draft | None = None, input: str | None = None
    ) -> None:
        """Note that something is wrong with a node, or else with the line that runs now."""
        from volery.ir.problem import Problem

        self.problems.append(
            Problem(
                message=message,
                hint=hint,
                node=str(draft) if draft else None,
                input=input,
                consumer=draft.source if draft else here(),
            )
        )

    def _given(self, draft: Draft, each: Port, value: Any) -> Expression:
        from volery.ir.bindings import Constant
        from volery.sdk.expression import expression

        try:
            return expression(value, each.annotation, each.codec, draft.scope)
        except TypeMismatch as error:
            self.problem(error.message, error.hint, draft, each.name)
            return Constant(NIL)  # stands in, so that the rest can be checked


def too_large(owner: str, most: int) -> CompileError:
    """The error for a graph that has more nodes than it may have."""
    problem = f"{owner} has more than {most} nodes"
    return CompileError(
        problem,
        (problem,),
        hint="use map_task for work that is the same for many values, look for a loop that never "
        "ends, or allow more with the setting dynamic_nodes (VOLERY_DYNAMIC_NODES)",
    )
