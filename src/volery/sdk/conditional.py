"""``conditional``: which way a workflow goes depends on values.

    conditional("size").if_(n > 9).then(big(n=n)).elif_(n > 0).then(small(n=n)).else_().fail("none")

Python evaluates such a chain from left to right: ``if_`` runs before the argument of its ``then``.
So ``if_`` opens a scope for its arm, in which that argument leaves its nodes, and ``then`` closes
it. Every arm is a graph of its own that sees only what its branch captures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from volery.errors import DefinitionError, PromiseError, TypeMismatch
from volery.ir.bindings import Cast, Constant
from volery.ir.typed_graph import agreed
from volery.ir.types import LiteralType
from volery.sdk import source
from volery.sdk.condition import Condition, operands, refused
from volery.sdk.create_node import NodeHandle
from volery.sdk.expression import Expression, Flow, codec_of, flow
from volery.sdk.opaque import TRUTH, NoAttribute, Opaque, misuse
from volery.sdk.options import text
from volery.sdk.promise import Origin, Promise, Void, part_of, promised
from volery.sdk.trace import Draft, Recording, Scope, recording
from volery.types.mismatch import preview
from volery.types.packing import pack_constant


class Taken:
    """An arm of a branch that is being recorded.

    Attributes:
        condition: when it is taken; None for else.
        outputs, types: what it gives back, by name.
        failure: the message, for an arm that fails instead.
    """

    def __init__(self, condition: Condition | None, scope: Scope) -> None:
        self.condition = condition
        self.scope = scope
        self.outputs: dict[str, Expression] = {}
        self.types: dict[str, LiteralType] = {}
        self.failure: str | None = None


class Branch:
    """The target of the node that a conditional records.

    Attributes:
        captures: what the arms and conditions use of the scopes around, by the name of its input.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.arms: list[Taken] = []
        self.captures: dict[str, Origin] = {}

    def types(self) -> dict[str, LiteralType]:
        """Types of the outputs that all arms have which do not fail, in the order of the first."""
        arms = [arm.types for arm in self.arms if arm.failure is None]
        if not arms:
            return {}
        names = [name for name in arms[0] if all(name in types for types in arms)]
        return {name: agreed(each[name] for each in arms) or arms[0][name] for name in names}

    def absence(self) -> str:
        """Why there are no outputs that all arms have."""
        arms = [arm.types for arm in self.arms if arm.failure is None]
        if not arms:
            return "always fails"
        given = " or ".join(f"({', '.join(types)})" if types else "nothing" for types in arms)
        return f"gives {given}, depending on the arm: no output that all arms have"


def conditional(name: str) -> Conditional:
    """Begin a choice: ``conditional("name").if_(...).then(...).else_().then(...)``.

    Args:
        name: for people.

    Raises:
        DefinitionError: no workflow is being compiled.
    """
    current = recording()
    if current is None:
        raise DefinitionError(
            f"conditional({name!r}) stands outside of a workflow ({source.show(source.here())})",
            hint="in a task and elsewhere use Python's own if",
        )
    return Conditional(text(name, "name", f"conditional ({source.show(source.here())})"), current)


class Continued:
    """Something that goes on with certain methods, and says so when it is to go on otherwise."""

    _next = ""

    if not TYPE_CHECKING:  # so that type checkers find misspelt methods

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            place = source.show(source.here())
            told = f"a conditional has no .{name} here ({place})"
            raise NoAttribute(PromiseError(told, hint=self._next))


class Conditional(Continued):
    """A conditional without arms."""

    _next = "begin with .if_(condition)"

    def __init__(self, name: str, recording: Recording) -> None:
        self._name = name
        self._recording = recording

    def if_(self, condition: Condition | bool) -> Case:  # noqa: FBT001 - see below
        """Open the first arm.

        Args:
            condition: a comparison of promises, which type checkers take for a bool.
        """
        taken = _required(condition, f"conditional({self._name!r}).if_", self._recording.scope)
        branch = Branch(self._name)
        draft = self._recording.draft(branch, f"conditional {self._name}")
        return Case(self._recording, draft, branch, taken)


class Case(Continued):
    """An open arm: `then` or `fail` closes it."""

    _next = "an arm is open: say what it gives, .then(value), or .fail(message)"

    def __init__(
        self, recording: Recording, draft: Draft, branch: Branch, condition: Condition | None
    ) -> None:
        self._recording = recording
        self._draft = draft
        self._branch = branch
        name = f"arm {len(branch.arms) + 1} of conditional {branch.name}"
        self._arm = Taken(condition, Scope(name, draft.scope, branch.captures))
        branch.arms.append(self._arm)
        recording.open(self._arm.scope)

    def then(self, value: Any) -> Chain:
        """What the conditional gives when this arm is taken."""
        self._give(value)
        return Chain(self._recording, self._draft, self._branch)

    def fail(self, message: str) -> Chain:
        """Let the workflow fail when this arm is taken."""
        self._fail(message)
        return Chain(self._recording, self._draft, self._branch)

    def _give(self, value: Any) -> None:
        self._recording.close(self._arm.scope)
        for name, each in _given(value).items():
            self._arm.outputs[name], self._arm.types[name] = self._output(each)

    def _output(self, value: Any) -> tuple[Expression, LiteralType]:
        if isinstance(value, Promise):
            use = _flow(value, self._arm.scope)
            return use, use.target
        codec = codec_of(value)
        if codec is None:
            raise PromiseError(
                f"{self._draft}: {_shown(value)} cannot be what an arm gives "
                f"({source.show(source.here())})",
                hint="call it: .then(f(...))"
                if callable(value) and not isinstance(value, Opaque)
                else "give a promise or a scalar; for anything else call a task that returns it",
            )
        constant = Constant(pack_constant(codec, value))
        return Cast(constant, codec.type, codec.type), codec.type  # a constant says no type itself

    def _fail(self, message: str) -> None:
        self._recording.close(self._arm.scope)
        self._arm.failure = text(message, "fail", str(self._draft))


class LastCase(Case):
    """The open else arm: closing it ends the conditional."""

    def then(self, value: Any) -> Any:
        """What the conditional gives when no condition holds; returns what it gives at all."""
        self._give(value)
        return self._result()

    def fail(self, message: str) -> Any:
        """Let the workflow fail when no condition holds; returns what the conditional gives."""
        self._fail(message)
        return self._result()

    def _result(self) -> Any:
        types = self._branch.types()
        if not types:
            return Void(self._draft, self._branch.absence())
        return promised(self._draft, types, {}, named=list(types) != ["o0"])


class Chain(Void):
    """A conditional that has arms but no else: without one it gives nothing."""

    __slots__ = ("_branch", "_recording")

    _draft: Draft

    def __init__(self, recording: Recording, draft: Draft, branch: Branch) -> None:
        super().__init__(draft, "has no else: end it with .else_().then(...) or .fail(...)")
        self._recording = recording
        self._branch = branch

    def elif_(self, condition: Condition | bool) -> Case:  # noqa: FBT001 - as in if_
        """Open another arm, as `Conditional.if_` opens the first."""
        call = f"conditional({self._branch.name!r}).elif_"
        taken = _required(condition, call, self._draft.scope)
        self._require_open()
        return Case(self._recording, self._draft, self._branch, taken)

    def else_(self) -> LastCase:
        """Open the arm for when no condition holds."""
        self._require_open()
        return LastCase(self._recording, self._draft, self._branch, None)

    def _require_open(self) -> None:
        if self._branch.arms[-1].condition is None:
            raise misuse(self, "continued", "it has its else already")


def _required(condition: object, call: str, scope: Scope) -> Condition:
    """The condition; what is none is refused, each with its own way out."""
    match condition:
        case Condition():
            for each in operands(condition):
                _flow(each, scope)
            return condition
        case Promise():
            hint = "write .is_true() for a bool, or compare it"
        case bool():
            hint = "Python has evaluated it already: compare a promise, with ==, < or .is_none()"
        case None:
            hint = "give it a comparison of a promise"
        case _:
            hint = TRUTH
    return refused(f"{call}({_shown(condition)})", "it takes a condition", hint)


def _flow(promise: Promise, scope: Scope) -> Flow:
    try:
        return flow(promise, part_of(promise).type, scope)
    except TypeMismatch as error:
        place = source.show(source.here())
        raise PromiseError(f"{error.message} ({place})", hint=error.hint) from None


def _shown(value: object) -> str:
    return repr(value) if isinstance(value, Opaque) else preview(value)


def _given(value: Any) -> dict[str, Any]:
    """What an arm gives, by output name."""
    match value:
        case None | Void():
            return {}
        case NodeHandle(outputs=outputs):
            return dict(outputs)
        case tuple():
            parts = cast("tuple[Any, ...]", value)
            names = getattr(parts, "_fields", None) or [f"o{i}" for i in range(len(parts))]
            return dict(zip(names, parts, strict=True))
        case _:
            return {"o0": value}
