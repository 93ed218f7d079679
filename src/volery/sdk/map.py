"""``map_task``: one entity applied to every element of lists, as a single node."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sized
from types import FunctionType
from typing import Any, Optional, cast

from volery.errors import CallError, DefinitionError
from volery.ir.nodes import MapTarget
from volery.sdk import options
from volery.sdk.entity import Compiled, Entity
from volery.sdk.interface import Port, Signature, port
from volery.sdk.source import here, show
from volery.sdk.trace import Recording
from volery.sdk.workflow import AnyWorkflow, WorkflowFailurePolicy

_EVEN = "bind what is the same for all elements with functools.partial"


def map_task(
    target: Entity | functools.partial[Any],
    concurrency: int | None = None,
    min_successes: int | None = None,
    min_success_ratio: float = 1.0,
    **others: object,
) -> MapTask:
    """An entity that is to be called for every element of lists.

    Args:
        target: a task, workflow or launch plan; a `functools.partial` of one binds inputs that
            are the same for all elements, by keyword.
        concurrency: how many elements may be under way at once; None or 0: any number.
        min_successes: how many elements have to succeed; those that failed give None.
        min_success_ratio: the same as a part of all elements, from 0 to 1.
        others: refused: unknown, or not available yet.

    Raises:
        DefinitionError: the target or an option cannot be used.
    """
    at = f"map_task ({show(here())})"
    entity, bound = _unbound(target, at)
    place = f"{at} of {entity.name}"
    options.refuse("map_task", others, place)
    if concurrency is not None:
        concurrency = options.count(concurrency, "concurrency", place) or None
    if min_successes is not None:
        options.count(min_successes, "min_successes", place)
    ratio = options.ratio(min_success_ratio, "min_success_ratio", place)
    return MapTask(entity, bound, concurrency, min_successes, ratio)


class MapTask:
    """What `map_task` gives. Called with a list for each input that is not bound."""

    def __init__(
        self,
        entity: Entity,
        bound: Mapping[str, Any],
        concurrency: int | None,
        min_successes: int | None,
        min_success_ratio: float,
    ) -> None:
        self.entity = entity
        self.bound = bound
        self.concurrency = concurrency
        self.min_successes = min_successes
        self.min_success_ratio = min_success_ratio

    def __repr__(self) -> str:
        return f"<map of {self.entity!r}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run on the engine in this process; inside of a workflow: record a node.

        Raises:
            CallError: an argument is positional, missing or unknown, or lists differ in length.
        """
        free = [name for name in self.entity.signature.inputs if name not in self.bound]
        return _Mapped(self, {*free[: len(args)], *kwargs}).call(args, kwargs)


class _Mapped(AnyWorkflow):
    """One call of a map: a workflow of one node, which inside of another one is just that node."""

    def __init__(self, call: MapTask, given: Collection[str]) -> None:
        inner = call.entity.signature
        free = {name: each for name, each in inner.inputs.items() if name not in call.bound}
        # An input with a default that is not given is no list: every element gets the default.
        over = {
            name: _listed(each)
            for name, each in free.items()
            if name in given or each.default is None
        }
        lenient = call.min_successes is not None or call.min_success_ratio < 1
        outputs = {name: _listed(each, lenient=lenient) for name, each in inner.outputs.items()}
        owner = f"map of {inner.owner}"
        fixed = dict.fromkeys(call.bound, "leave it out here, or in the partial")
        self.name = f"map of {call.entity.name}"
        self.failure_policy = WorkflowFailurePolicy.FAIL_IMMEDIATELY
        self.description = ""
        self.source = here()
        self._map = call
        self._signature = Signature(owner, over, outputs, inner.named, fixed)
        self._node = Signature(owner, {**inner.inputs, **over}, outputs, inner.named)

    @property
    def signature(self) -> Signature:
        return self._signature

    @property
    def label(self) -> str:
        return f"map_task({self._map.entity.label})"

    def check(self, arguments: Mapping[str, Any]) -> None:
        super().check(arguments)
        reason = self._uneven(arguments)
        if reason is not None:
            raise CallError(reason, hint=_EVEN)

    def leave(self, recording: Recording, arguments: Mapping[str, Any]) -> Any:
        reason = self._uneven(arguments)
        if reason is not None:
            recording.problem(reason, _EVEN)
        each = self._map
        for name in filter(each.bound.__contains__, arguments):
            recording.problem(*self._signature.stranger(name))
        recording.refer(each.entity)
        target = MapTarget(
            each.entity.ref,
            tuple(self._signature.inputs),
            each.concurrency,
            each.min_success_ratio,
            each.min_successes,
        )
        label = f"map of {each.entity.label}"
        return recording.add(target, label, self._node, {**arguments, **each.bound})

    def _uneven(self, arguments: Mapping[str, Any]) -> str | None:
        """What is wrong with the lengths of lists, as far as they are known."""
        lengths = {
            name: len(cast("Sized", value))
            for name, value in arguments.items()
            if isinstance(value, list)
        }
        if len(set(lengths.values())) <= 1:
            return None
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        return f"{self._signature.owner} takes lists of one length: {told}"

    def compiled(self) -> Compiled:
        from volery.sdk.build import build

        def body(**promises: Any) -> Any:
            return self.call((), promises)

        return build(self, body, [], self.source)


def _unbound(target: object, at: str) -> tuple[Entity, Mapping[str, Any]]:
    """The entity behind a target, and what a partial binds; `at` is the place for errors."""
    entity = target
    bound: dict[str, Any] = {}
    while isinstance(entity, functools.partial):
        if entity.args:
            raise DefinitionError(
                f"{at}: the partial binds {len(entity.args)} values by position",
                hint="bind them by keyword: functools.partial(task, name=value)",
            )
        bound = {**entity.keywords, **bound}
        entity = entity.func
    if not isinstance(entity, Entity):
        raise DefinitionError(
            f"{at} takes a task, a workflow, a launch plan or a partial of one, got {entity!r}",
            hint="put @task above a function" if isinstance(entity, FunctionType) else None,
        )
    for name in bound:
        if name not in entity.signature.inputs:
            message, hint = entity.signature.stranger(name)
            raise DefinitionError(f"{at}: the partial binds {name}; {message}", hint=hint)
    return entity, bound


def _listed(each: Port, *, lenient: bool = False) -> Port:
    """The port for all elements; where they are allowed to fail, they may be None."""
    element = Optional[each.annotation] if lenient else each.annotation  # noqa: UP045 - of a value
    return port(each.name, list[element], description=each.description)
