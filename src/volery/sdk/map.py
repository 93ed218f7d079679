"""``map_task``: one entity applied to every element of lists, as a single node."""

from __future__ import annotations

import functools
from collections.abc import Collection, Coroutine, Mapping, Sized
from types import FunctionType
from typing import Any, Optional, cast

import msgspec

from volery.errors import CallError, DefinitionError
from volery.ir.nodes import MapTarget
from volery.sdk import options
from volery.sdk.calling import call_async
from volery.sdk.entity import Entity
from volery.sdk.interface import Port, Signature, port
from volery.sdk.source import here, show
from volery.sdk.trace import Recording
from volery.sdk.workflow import OneNode

_EVEN = "bind what is the same for all elements with functools.partial"


def map_task(
    target: Entity | MapTask | functools.partial[Any],
    concurrency: int | None = None,
    min_successes: int | None = None,
    min_success_ratio: float = 1.0,
    **others: object,
) -> MapTask:
    """An entity that is to be called for every element of lists.

    Args:
        target: a task, a workflow, a launch plan, or another map, whose lists are then elements of
            lists; a `functools.partial` of one binds inputs that are the same for all elements, by
            keyword.
        concurrency: how many elements may be under way at once; None or 0: any number.
        min_successes: how many elements have to succeed; those that failed give None.
        min_success_ratio: the same as a part of all elements, from 0 to 1.
        others: refused: unknown, or not available yet.

    Raises:
        DefinitionError: the target or an option cannot be used.
    """
    at = f"map_task ({show(here())})"
    mapped, bound = _unbound(target, at)
    entity = mapped.entity if isinstance(mapped, MapTask) else mapped
    place = f"{at} of {entity.name}"
    options.refuse("map_task", others, place)
    if concurrency is not None:
        concurrency = options.count(concurrency, "concurrency", place) or None
    if min_successes is not None:
        options.count(min_successes, "min_successes", place)
    ratio = options.ratio(min_success_ratio, "min_success_ratio", place)
    return MapTask(mapped, bound, Terms(concurrency, ratio, min_successes))


class Terms(msgspec.Struct, frozen=True):
    """How the elements of a map are carried out: see `MapTarget`."""

    concurrency: int | None
    min_success_ratio: float
    min_successes: int | None


class MapTask:
    """What `map_task` gives. Called with a list for each input that is not bound.

    Attributes:
        mapped: what is applied to every element: an entity, or another map.
        entity: what is applied in the end.
        bound: values that are the same for all elements, by input.
    """

    def __init__(self, mapped: Entity | MapTask, bound: Mapping[str, Any], terms: Terms) -> None:
        self.mapped = mapped
        self.entity: Entity = mapped.entity if isinstance(mapped, MapTask) else mapped
        self.bound = bound
        self._terms = terms

    def __repr__(self) -> str:
        return f"<map of {self.mapped!r}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run on the engine in this process; inside of a workflow: record a node.

        Raises:
            CallError: an argument is positional, missing or unknown, or lists differ in length.
        """
        return self._called(args, kwargs).call(args, kwargs)

    def aio(self, *args: Any, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        """The same call in the function of an eager task, where it is awaited."""
        return call_async(self._called(args, kwargs), args, kwargs)

    def _called(self, args: Sized, kwargs: Collection[str]) -> Entity:
        """What a call with these arguments is a call of."""
        inputs = self.entity.signature.inputs
        free = [name for name in inputs if name not in self.bound]
        given = {*free[: len(args)], *kwargs}
        # An input with a default that is not given is no list: every element gets the default.
        over = tuple(name for name in free if name in given or inputs[name].default is None)
        applied = self.applied(over)
        return _Bound(applied, self.bound) if self.bound else applied

    def applied(self, over: tuple[str, ...]) -> Applied:
        """The map over these inputs, as an entity that another map can be of."""
        mapped = self.mapped
        return _once(
            mapped.applied(over) if isinstance(mapped, MapTask) else mapped, over, self._terms
        )


class Applied(OneNode):
    """An entity applied to every element of lists, as a workflow.

    Args:
        mapped: what is applied.
        over: names of the inputs that are lists.
        terms: how elements are carried out.
    """

    def __init__(self, mapped: Entity, over: tuple[str, ...], terms: Terms) -> None:
        inner = mapped.signature
        lenient = terms.min_success_ratio < 1 or terms.min_successes is not None
        self.name = f"map of {mapped.name} over {', '.join(over)}{_told(terms)}"
        self.source = mapped.source
        self.lasting = mapped.lasting
        self._mapped = mapped
        self._over = over
        self._terms = terms
        self._signature = Signature(
            f"map of {inner.owner}",
            {name: _listed(each) if name in over else each for name, each in inner.inputs.items()},
            {name: _listed(each, lenient=lenient) for name, each in inner.outputs.items()},
            inner.named,
        )

    @property
    def signature(self) -> Signature:
        return self._signature

    @property
    def label(self) -> str:
        return f"map_task({self._mapped.label})"

    def check(self, arguments: Mapping[str, Any]) -> None:
        super().check(arguments)
        reason = self._uneven(arguments)
        if reason is not None:
            raise CallError(reason, hint=_EVEN)

    def leave(self, recording: Recording, arguments: Mapping[str, Any]) -> Any:
        reason = self._uneven(arguments)
        if reason is not None:
            recording.problem(reason, _EVEN)
        mapped = self._mapped
        recording.refer(mapped)
        target = MapTarget(mapped.ref, self._over, **msgspec.structs.asdict(self._terms))
        return recording.add(target, f"map of {mapped.label}", mapped, self._signature, arguments)

    def _uneven(self, arguments: Mapping[str, Any]) -> str | None:
        """What is wrong with the lengths of lists, as far as they are known."""
        lengths = {
            name: len(cast("Sized", value))
            for name, value in arguments.items()
            if name in self._over and isinstance(value, list)
        }
        if len(set(lengths.values())) <= 1:
            return None
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        return f"{self._signature.owner} takes lists of one length: {told}"


_once = functools.cache(Applied)
"""The same workflow for the same map, so that two of one name are one."""


class _Bound(OneNode):
    """A call of a map some inputs of which have their values already."""

    def __init__(self, applied: Applied, bound: Mapping[str, Any]) -> None:
        whole = applied.signature
        free = {name: each for name, each in whole.inputs.items() if name not in bound}
        fixed = dict.fromkeys(bound, "leave it out here, or in the partial")
        self.name = applied.name
        self.source = here()
        self._applied = applied
        self._bound = bound
        self._signature = Signature(whole.owner, free, whole.outputs, whole.named, fixed)

    @property
    def signature(self) -> Signature:
        return self._signature

    @property
    def label(self) -> str:
        return self._applied.label

    def check(self, arguments: Mapping[str, Any]) -> None:
        super().check(arguments)
        self._applied.check({**arguments, **self._bound})

    def leave(self, recording: Recording, arguments: Mapping[str, Any]) -> Any:
        for name in filter(self._bound.__contains__, arguments):
            recording.problem(*self._signature.stranger(name))
        return self._applied.leave(recording, {**arguments, **self._bound})


def _told(terms: Terms) -> str:
    """What of the terms is not as usual, for a name that tells maps apart."""
    usual = Terms(None, 1.0, None)
    told = [
        f"{name}={value:g}"
        for name, value in msgspec.structs.asdict(terms).items()
        if value is not None and value != getattr(usual, name)
    ]
    return f" ({', '.join(told)})" if told else ""


def _unbound(target: object, at: str) -> tuple[Entity | MapTask, Mapping[str, Any]]:
    """What is mapped, and what partials of it bind; `at` is the place for errors."""
    mapped = target
    bound: dict[str, Any] = {}
    while isinstance(mapped, functools.partial):
        if mapped.args:
            raise DefinitionError(
                f"{at}: the partial binds {len(mapped.args)} values by position",
                hint="bind them by keyword: functools.partial(task, name=value)",
            )
        bound = {**mapped.keywords, **bound}
        mapped = cast("object", mapped.func)
    if not isinstance(mapped, Entity | MapTask):
        raise DefinitionError(
            f"{at} takes a task, a workflow, a launch plan, a map or a partial of one, "
            f"got {mapped!r}",
            hint="put @task above a function" if isinstance(mapped, FunctionType) else None,
        )
    signature = (mapped.entity if isinstance(mapped, MapTask) else mapped).signature
    for name in bound:
        if name not in signature.inputs:
            message, hint = signature.stranger(name)
            raise DefinitionError(f"{at}: the partial binds {name}; {message}", hint=hint)
    return mapped, {**(mapped.bound if isinstance(mapped, MapTask) else {}), **bound}


def _listed(each: Port, *, lenient: bool = False) -> Port:
    """The port for all elements; where they are allowed to fail, they may be None."""
    element = Optional[each.annotation] if lenient else each.annotation  # noqa: UP045 - of a value
    return port(each.name, list[element], description=each.description)
