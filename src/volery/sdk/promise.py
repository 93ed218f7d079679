"""Promises: placeholders for values, in the body of a workflow.

To a type checker a call of a task gives what the task returns. While a workflow is compiled it
gives a promise of that. Whatever a promise cannot do raises an error that says what to do instead.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, NoReturn, Self, TypeVar

from volery.errors import NotFound, PromiseError
from volery.ir.bindings import Path
from volery.ir.predicates import Operator
from volery.ir.scope import follow
from volery.ir.types import LiteralType, RecordType, UnionType, show
from volery.sdk import source

if TYPE_CHECKING:
    from volery.sdk.condition import Condition
    from volery.sdk.trace import Draft, Scope

    S = TypeVar("S", bound="Step")

IN_A_TASK = "it is known only when the workflow runs: do this inside a task"


def misuse(what: object, does: str, instead: str = IN_A_TASK) -> PromiseError:
    """The error for a promise that is used as if it were a value, with the line that does it."""
    return PromiseError(f"{what!r} cannot be {does} ({source.show(source.here())})", hint=instead)


def refuses(does: str, instead: str = IN_A_TASK) -> Any:
    """A method that raises the error for its use."""

    def method(self: object, *_: object) -> NoReturn:
        raise misuse(self, does, instead)

    return method


TRUTH = (
    "for a choice use conditional(...); join conditions with & and |, each in parentheses; "
    "for `not` write the opposite comparison"
)


class Step:
    """Something that a node gave back: it can be put in order, and its node can be adjusted."""

    __slots__ = ()

    _draft: Draft | None

    def runs_before(self, other: Step) -> None:
        """Let a node end before another begins, without data flowing."""
        before = _node_of(self)
        after = _node_of(other)
        if before.scope is not after.scope:
            raise PromiseError(
                f"{before} and {after} cannot be put in order, for they stand in different "
                f"graphs: {before.scope.name} and {after.scope.name}",
                hint="put the whole conditional in order: its result takes part in >>",
            )
        after.after.append(before)

    def __rshift__(self, other: S) -> S:
        self.runs_before(other)
        return other

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
            raise misuse(self, f"asked for .{name}")
        return self._step(name, f".{name}")

    def __getitem__(self, key: Any) -> Promise:
        if type(key) not in (int, str):
            raise misuse(self, f"indexed with {key!r}", "use a number or a key, or do it in a task")
        return self._step(key, f"[{key!r}]")

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

    # -- what only values can do -----------------------------------------------------------

    __bool__ = refuses("tested for truth", TRUTH)
    __and__ = __rand__ = __or__ = __ror__ = refuses(
        "used as a condition", "compare it, or use is_true(): p.is_true() & (q > 1)"
    )
    __iter__ = refuses("iterated over", "map_task runs a task for every element; or loop in a task")
    __len__ = refuses("measured with len()")
    __contains__ = refuses("searched with `in`")
    __format__ = refuses("put into a text", "build the text in a task; print(p) shows what p is")
    __hash__ = refuses("a key of a dict or a member of a set", "use it as a value")
    __await__ = refuses("awaited", "workflows are not async: pass the promise on as it is")
    __call__ = refuses("called")
    __setitem__ = __delitem__ = refuses("changed")
    __enter__ = __exit__ = refuses("used in a with statement")
    __float__ = __int__ = __complex__ = __index__ = __round__ = __trunc__ = refuses("converted")
    __bytes__ = refuses("converted")
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = refuses("used in arithmetic")
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = refuses("used in arithmetic")
    __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = refuses("used in arithmetic")
    __neg__ = __pos__ = __abs__ = __invert__ = refuses("used in arithmetic")


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
        return f"Void({self})"

    def __str__(self) -> str:
        return f"{self._draft} {self._reason}"

    def __getattr__(self, name: str) -> Promise:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self._nothing()

    def _nothing(self, *_: object) -> PromiseError:
        return PromiseError(f"{self}, so there is no value to use ({source.show(source.here())})")

    def _refuse(self, *_: object) -> NoReturn:
        raise self._nothing()

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __bool__ = __iter__ = __len__ = __getitem__ = __and__ = __or__ = _refuse
    __hash__ = object.__hash__


class Outputs(tuple[Promise, ...], Step):  # noqa: SLOT001 - a tuple cannot have any
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
        raise misuse(self, f"asked for .{name}", f"its outputs are {', '.join(self._fields)}")

    def __repr__(self) -> str:
        return f"Outputs({', '.join(map(repr, self))})"


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

draft_of: Callable[[Step], Draft | None] = operator.attrgetter("_draft")
"""The node that gave something back; None for the promise of an input."""


def _node_of(step: object) -> Draft:
    draft = draft_of(step) if isinstance(step, Step) else None
    if draft is None:
        raise misuse(step, "put in order or adjusted", "only what a call gave back has a node")
    return draft
