"""Tasks: functions whose inputs and outputs are checked, and which can be nodes of workflows."""

from __future__ import annotations

import functools
import operator
import sys
from collections.abc import Callable, Coroutine, Mapping
from inspect import iscoroutine, unwrap
from typing import Any, ClassVar, Generic, ParamSpec, Protocol, TypeVar, cast, overload

from volery.data.workplace import working_at
from volery.errors import CallError
from volery.ir.nodes import EntityKind, Policy
from volery.ir.specs import Loader, TaskSpec
from volery.sdk import options, source
from volery.sdk.context import attempt, environment
from volery.sdk.declaration import Declaration
from volery.sdk.entity import Compiled, Entity
from volery.sdk.interface import Signature
from volery.sdk.trace import recording

P = ParamSpec("P")
R = TypeVar("R")


class Task(Entity, Generic[P, R]):
    """A task. Made by the decorator `task`.

    Attributes:
        function: what was decorated.
        name: full name of its module, a dot, its own name.
        policy: retries and environment variables of its attempts.
        deprecated: what to use instead; empty where it is not deprecated.
    """

    kind: ClassVar[EntityKind] = "task"

    def __init__(
        self, declaration: Declaration, policy: Policy, description: str, deprecated: str
    ) -> None:
        functools.update_wrapper(self, declaration.decorated)
        self.function = declaration.decorated
        self.name = declaration.name
        self.policy = policy
        self.description = description
        self.deprecated = deprecated
        self.source = declaration.source
        self._declaration = declaration

    def __repr__(self) -> str:
        return f"<task {self.name}>"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the function, inputs and output checked; inside of a workflow: record a node.

        Raises:
            CallError: an argument is positional, missing or unknown.
            TypeMismatch: an input or output is not of the declared type.
        """
        if self.deprecated and recording() is not None:
            self._warn()
        return self.call(args, kwargs)

    @property
    def signature(self) -> Signature:
        return self._declaration.signature

    def run(self, arguments: Mapping[str, Any]) -> R:
        """Carry out a plain call, as an attempt would: conversions by the types show."""
        signature = self.signature
        record = signature.pack_inputs(arguments)
        context = attempt("local", self.name, "", 1)
        with context, working_at(context), environment(self.policy.environment):
            inputs = signature.unpack_inputs(record)
            try:
                returned = self.invoke(inputs)
            except Exception as error:
                error.add_note(f"in task {self.name}")
                raise
            outputs = signature.pack_outputs(returned)  # generators run here
        return signature.unpack_outputs(outputs)

    def unpack(self, record: bytes) -> dict[str, Any]:
        """The arguments of the function, from an input record.

        Raises:
            TypeMismatch: the record does not fit the declared inputs.
        """
        return self.signature.unpack_inputs(record)

    def pack(self, returned: Any) -> bytes:
        """The output record of what the function returned.

        Raises:
            TypeMismatch: it does not fit the declared outputs.
        """
        return self.signature.pack_outputs(returned)

    def invoke(self, arguments: Mapping[str, Any]) -> Any:
        """Call the function itself; nothing is checked. Waits for it where it is async.

        Raises:
            CallError: it is async, and an event loop runs in this thread already.
        """
        function = cast("Callable[..., Any]", self.function)
        returned = function(**arguments)
        if not iscoroutine(returned):
            return returned
        import asyncio

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(returned)
        returned.close()
        raise CallError(
            f"task {self.name} is async and needs an event loop of its own, but one is running in "
            "this thread already",
            hint=f"write await asyncio.to_thread({self.label}, ...)",
        )

    def compiled(self) -> Compiled:
        loader = locate(self)
        spec = TaskSpec(
            name=self.name,
            interface=self.interface,
            loader=loader if isinstance(loader, Loader) else None,
            unreachable=loader if isinstance(loader, str) else "",
            policy=self.policy,
            description=self.description,
            source=self.source,
        )
        return Compiled(spec)

    def _warn(self) -> None:
        import warnings

        warnings.warn(f"task {self.name} is deprecated: {self.deprecated}", DeprecationWarning, 3)


class Decorator(Protocol):
    """What ``task(...)`` with options gives: it keeps the function's parameters."""

    @overload
    def __call__(self, function: Callable[P, Coroutine[Any, Any, R]], /) -> Task[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, R], /) -> Task[P, R]: ...


@overload
def task(function: Callable[P, Coroutine[Any, Any, R]], /) -> Task[P, R]: ...
@overload
def task(function: Callable[P, R], /) -> Task[P, R]: ...
@overload
def task(
    *,
    retries: int | None = None,
    environment: Mapping[str, str] | None = None,
    docs: str | None = None,
    deprecated: str = "",
    pickle_untyped: bool = False,
) -> Decorator: ...
def task(
    function: Callable[..., Any] | None = None,
    /,
    *,
    retries: int | None = None,
    environment: Mapping[str, str] | None = None,
    docs: str | None = None,
    deprecated: str = "",
    pickle_untyped: bool = False,
    **others: object,
) -> Any:
    """Make a function a task.

    Args:
        function: the function, where the decorator stands without options.
        retries: further attempts after a failure of the function.
        environment: environment variables that are set while an attempt runs.
        docs: replaces the description in the docstring.
        deprecated: what to use instead; workflows that use the task warn with it.
        pickle_untyped: pickle what no codec handles: ``Any``, classes of which nothing is known,
            parameters and outputs without annotation. Others are handled as always.
        others: refused: unknown, or not available yet.

    Raises:
        DefinitionError: an option, the signature or a default cannot be used.
    """

    def decorate(function: object) -> Task[..., Any]:
        declaration = Declaration(function, "task", pickle_untyped=pickle_untyped)
        place = declaration.place
        options.refuse("task", others, place)
        options.flag(pickle_untyped, "pickle_untyped", place)
        policy = options.policy(retries, environment, place)
        described = declaration.docs.description if docs is None else docs
        description = options.text(described, "docs", place)
        return Task(declaration, policy, description, options.text(deprecated, "deprecated", place))

    return decorate if function is None else decorate(function)


def locate(task: Task[..., Any]) -> Loader | str:
    """How another process finds a task again, or why it cannot."""
    plain = unwrap(task.function)
    short = plain.__qualname__
    if "<locals>" in short:
        outer = short.split(".<locals>", 1)[0]
        return f"it is defined inside of {outer}(); move it to the top level of its module"
    module = sys.modules.get(plain.__module__)
    if module is None or getattr(module, "__file__", None) is None:
        return "it is defined in an interactive session; save it in a file"
    full = source.module_of(plain)
    try:
        if operator.attrgetter(short)(module) is task:
            return Loader(full, short)
    except AttributeError:
        pass
    names = [name for name, value in vars(module).items() if value is task]
    if names:
        return Loader(full, names[0])
    return f"its module {full} has no name for it; keep the task under the function's own name"
