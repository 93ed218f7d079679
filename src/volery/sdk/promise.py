"""Promises: placeholders for values, in the body of a workflow.

To a type checker a call of a task gives what the task returns. While a workflow is compiled it
gives a promise of that. Whatever a promise cannot do raises an error that says what to do instead.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, NoReturn, Self, TypeVar, cast

from volery.errors import NotFound, PromiseError, suggest
from volery.ir.bindings import Path
from volery.ir.parts import follow
from volery.ir.predicates import Operator
from volery.ir.types import EnumType, LiteralType, MapType, RecordType, UnionType, show
from volery.sdk import source
from volery.sdk.opaque import NoAttribute, Opaque, misuse
from volery.types.hints import class_name

if TYPE_CHECKING:
    from volery.sdk.condition import Condition
    from volery.sdk.trace import Draft, Scope

    S = TypeVar("S", bound="Step")


class Step(Opaque):
    """Something that a node gave back: it can be put in order, and its node can be adjusted."""

    __slots__ = ()

    _draft: Draft | None

    def runs_before(self, other: Step) -> None:
        """Let a node end before another begins, without data flowing."""
        before = _node_of(self)
        after = _node_of(other)
        if before.scope is not after.scope:
            raise PromiseError(
                f"{before} and {after} cannot be put in order, for they stand in different graphs: "
                f"{before.scope.name} and {after.scope.name} ({source.show(source.here())})",
                hint="put the whole conditional in order: its result takes part in >>",
            )
        after.after.append(before)

    def __rshift__(self, other: S) -> S:
        self.runs_before(other)
        return other

    def __rrshift__(self, other: object) -> NoReturn:
        raise _without_node(other)

    def with_overrides(self, **overrides: Any) -> Self:
        """Adjust the node. See `volery.sdk.overrides` for what can be given."""
        from volery.sdk.overrides import override

        override(_node_of(self), overrides)
        return self


class Origin(NamedTuple):
    """Where a value comes from.

    Attributes:
        scope: the graph that it belongs to.
        draft: the node that makes it; None for an input of the graph.
        name: of the node's output, or of the input.
        annotation: its Python type; None where it is not known.
    """

    scope: Scope
    draft: Draft | None
    name: str
    annotation: Any = None


class Part(NamedTuple):
    """What a promise stands for: a value, or what `path` leads to in it; `type` is the part's."""

    origin: Origin
    type: LiteralType
    path: Path = ()


class Promise(Step):
    """A placeholder for one value, or for a part of one.

    All names that are not methods here are those of the value's fields, so the rest of the SDK
    reads what a promise stands for with `part_of`.
    """

    __slots__ = ("_draft", "_part")

    def __init__(self, part: Part) -> None:
        self._part = part
        self._draft = part.origin.draft

    def __repr__(self) -> str:
        origin, kind, path = self._part
        start = f"{origin.draft.id}.{origin.name}" if origin.draft else origin.name
        steps = [f".{each}" if isinstance(each, str) else f"[{each}]" for each in path]
        return f"Promise({start}{''.join(steps)}: {show(kind)})"

    # -- parts -----------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Promise:
        if name.startswith("__"):
            raise AttributeError(name)  # a protocol of Python asks, not the user
        if not isinstance(self._part.type, RecordType | UnionType):
            raise NoAttribute(misuse(self, f"asked for .{name}"))
        try:
            return self._step(name, f".{name}")
        except PromiseError as error:
            raise NoAttribute(error) from None

    def __getitem__(self, key: Any) -> Promise:
        step = key.name if _is_member(key, self._part.type) else key
        if type(step) not in (int, str):
            raise misuse(self, f"indexed with {key!r}", "use a number or a key, or do it in a task")
        return self._step(step, f"[{key!r}]")

    def _step(self, step: str | int, written: str) -> Promise:
        origin, kind, path = self._part
        try:
            kind = follow(kind, (step,))
        except NotFound as error:
            place = source.show(source.here())
            raise PromiseError(
                f"{self!r}{written}: {error.message} ({place})", hint=error.hint
            ) from None
        return Promise(Part(origin, kind, (*path, step)))

    # -- conditions ------------------------------------------------------------------------

    def is_true(self) -> Condition:
        """Whether a bool is True."""
        return self.is_(True)

    def is_false(self) -> Condition:
        """Whether a bool is False."""
        return self.is_(False)

    def is_(self, value: bool) -> Condition:  # noqa: FBT001 - Flyte's name and form
        """Whether a bool is this one."""
        return self._compare("==", value)

    def is_none(self) -> Condition:
        """Whether an optional value is absent."""
        from volery.sdk.condition import absent

        return absent(self)

    def _compare(self, operator: Operator, other: Any) -> Condition:
        from volery.sdk.condition import compare

        return compare(self, operator, other)

    def __eq__(self, other: object) -> Any:
        return self._compare("==", other)

    def __ne__(self, other: object) -> Any:
        return self._compare("!=", other)

    def __lt__(self, other: object) -> Condition:
        return self._compare("<", other)

    def __le__(self, other: object) -> Condition:
        return self._compare("<=", other)

    def __gt__(self, other: object) -> Condition:
        return self._compare(">", other)

    def __ge__(self, other: object) -> Condition:
        return self._compare(">=", other)

    __hash__ = Step.__hash__


def _is_member(key: Any, kind: LiteralType) -> bool:
    """Whether a key is a member of the enum that the keys of a dict are of."""
    return (
        isinstance(key, Enum)
        and isinstance(kind, MapType)
        and isinstance(kind.key, EnumType)
        and kind.key.name == class_name(type(key))
    )


class Promises(dict[str, Promise]):
    """Promises by name.

    Args:
        role: ``input`` or ``output``.
        owner: what has them.
    """

    def __init__(self, role: str, owner: str) -> None:
        super().__init__()
        self._role = role
        self._owner = owner

    def __missing__(self, name: str) -> NoReturn:
        place = source.show(source.here())
        raise NotFound(
            f"{self._owner} has no {self._role} {name} ({place})", hint=suggest(name, self)
        )


class Void(Step):
    """What a node without outputs gives: it can be put in order, and nothing else.

    Args:
        reason: why there is no value.
    """

    __slots__ = ("_draft", "_reason")

    def __init__(self, draft: Draft, reason: str) -> None:
        self._draft = draft
        self._reason = reason

    def __repr__(self) -> str:
        return f"Void({self._why()})"

    def _why(self) -> str:
        return f"{self._draft} {self._reason}"

    def __getattr__(self, name: str) -> Promise:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoAttribute(self._refusal(f"asked for .{name}"))

    def _refusal(self, does: str, instead: str = "") -> PromiseError:
        del does, instead  # whatever it is, the reason is the same
        place = source.show(source.here())
        return PromiseError(f"{self._why()}, so there is no value to use ({place})")


class Outputs(Step, tuple[Promise, ...]):  # noqa: SLOT001 - a tuple cannot have any
    """Promises of several outputs: to be unpacked, or taken by position or name."""

    _draft: Draft | None
    _fields: ClassVar[tuple[str, ...]]

    def __new__(cls, draft: Draft, promises: Iterable[Promise]) -> Self:
        self = super().__new__(cls, promises)
        self._draft = draft
        return self

    def __getattr__(self, name: str) -> Promise:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoAttribute(self._refusal(f"asked for .{name}", ""))

    def __iter__(self) -> Iterator[Promise]:
        return tuple[Promise, ...].__iter__(self)

    def __len__(self) -> int:
        return len(self._fields)

    def __getitem__(self, index: Any) -> Any:
        try:
            values: Any = tuple(self)
            return values[index]
        except (IndexError, TypeError):
            raise self._refusal(f"indexed with {index!r}", "") from None

    def __repr__(self) -> str:
        return f"Outputs({', '.join(map(repr, self))})"

    def _refusal(self, does: str, instead: str) -> PromiseError:
        del instead
        return misuse(self, does, f"take one of its outputs: {', '.join(self._fields)}")


@functools.cache
def _outputs_class(names: tuple[str, ...]) -> type[Outputs]:
    """The class for outputs of these names, which come before the methods of a tuple."""
    members: dict[str, Any] = {
        name: property(operator.itemgetter(index)) for index, name in enumerate(names)
    }
    return type("Outputs", (Outputs,), {**members, "_fields": names})


names_of: Callable[[Outputs], tuple[str, ...]] = operator.attrgetter("_fields")
"""The names of several outputs."""


def promised(
    draft: Draft,
    types: Mapping[str, LiteralType],
    annotations: Mapping[str, Any],
    *,
    named: bool,
) -> Any:
    """What a call gives while a workflow is compiled.

    Args:
        draft: the node that it recorded.
        types: of its outputs.
        annotations: their Python types, where they are known.
        named: whether even a single output comes in a tuple, because the user declared one.
    """
    promises = {
        name: Promise(Part(Origin(draft.scope, draft, name, annotations.get(name)), kind))
        for name, kind in types.items()
    }
    if not promises:
        return Void(draft, "returns nothing")
    if named or len(promises) > 1:
        return _outputs_class(tuple(promises))(draft, promises.values())
    return next(iter(promises.values()))


part_of: Callable[[Promise], Part] = operator.attrgetter("_part")
"""What a promise stands for."""


reason_of: Callable[[Void], str] = operator.methodcaller("_why")
"""Why there is no value."""

draft_of: Callable[[Step], Draft | None] = operator.attrgetter("_draft")
"""The node that gave something back; None for the promise of an input."""


def _node_of(step: object) -> Draft:
    draft = draft_of(step) if isinstance(step, Step) else None
    if draft is None:
        raise _without_node(step)
    if draft.scope.outermost().ended:
        raise misuse(
            step, "put in order or adjusted any more", "its workflow has been compiled already"
        )
    return draft


def _without_node(what: object) -> PromiseError:
    """The error for what has no node, where one is needed."""
    hint = "only what a call gives has a node"
    if isinstance(what, Promise):
        hint = f"it is an input of the workflow: {hint}"
    elif isinstance(what, (list, tuple)):
        hint = "write the order of each: a >> b, and in another line a >> c"
    elif callable(what):
        hint = f"call it first: {hint}"
    return misuse(cast("object", what), "put in order or adjusted", hint)
