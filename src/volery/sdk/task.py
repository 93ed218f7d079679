"""Tasks: functions whose inputs and outputs are checked, and which can be nodes of workflows."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial, update_wrapper
from inspect import iscoroutine, unwrap
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    Unpack,
    cast,
    overload,
)

from volery.data.workplace import working_at
from volery.errors import CallError, DefinitionError
from volery.ir.policy import Policy
from volery.ir.ref import EntityKind, Source
from volery.sdk import options, source
from volery.sdk.calling import call_async
from volery.sdk.context import Context, environment
from volery.sdk.declaration import Declaration
from volery.sdk.entity import Compiled, Entity
from volery.sdk.interface import Signature
from volery.sdk.options import PolicyOptions, TaskOptions
from volery.sdk.trace import recording

if TYPE_CHECKING:
    from volery.ir.placement import ContainerCommand
    from volery.ir.specs import Loader, SecretRef, TaskMode
    from volery.sdk.report import Reporting
    from volery.sdk.retry import Retry

P = ParamSpec("P")
R = TypeVar("R")

_ADJUSTING = frozenset(PolicyOptions.__annotations__)
_PLAIN = Policy()


class Declared(Protocol):
    """What a task says of itself: see `Declaration`."""

    name: str
    source: Source
    place: str

    @property
    def description(self) -> str: ...
    @property
    def resolved(self) -> bool: ...
    @property
    def signature(self) -> Signature: ...


class Task(Entity, Generic[P, R]):
    """A task of any kind.

    Attributes:
        carried: its kind: how it is carried out.
        name: of a function: full name of its module, a dot, its own name.
        mode: ``dynamic``: its function gives a graph; ``eager``: it awaits what it calls.
        policy: how its attempts are carried out.
        retry: after which exceptions it is tried again; None: after all.
        secrets: what it asks for.
        reporting: what it says of its decks; None: nothing.
        deprecated: what to use instead; empty where it is not deprecated.
        stand_in: called in place of the function, in tests.
    """

    kind: ClassVar[EntityKind] = "task"
    carried: ClassVar[str]

    retry: Retry | None = None
    secrets: tuple[SecretRef, ...] = ()
    reporting: Reporting | None = None
    stand_in: Callable[..., Any] | None = None

    def __init__(self, declaration: Declared, mode: TaskMode, given: TaskOptions) -> None:
        self.name = declaration.name
        self.mode: TaskMode = mode
        self.source = declaration.source
        self._declaration = declaration
        place = declaration.place
        described = given.get("docs")
        if described is None:
            described = declaration.description
        self.description = options.text(described, "docs", place)
        self.deprecated = options.text(given.get("deprecated", ""), "deprecated", place)
        if given.get("secret_requests"):
            from volery.sdk.secret import requested

            self.secrets = requested(given.get("secret_requests"), place)
        if given.get("enable_deck") is not None or given.get("deck_fields") is not None:
            from volery.sdk.report import asked

            self.reporting = asked(given, place)
        self.policy = self._asked(given) if _ADJUSTING & given.keys() else _PLAIN
        if declaration.resolved:
            self._require_workable()

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

    def aio(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R]:
        """The same call in the function of an eager task, where it is awaited."""
        return call_async(self, args, kwargs)

    @property
    def signature(self) -> Signature:
        return self._declaration.signature

    @property
    def function(self) -> Callable[..., Any]:
        """What it does: the function that was decorated."""
        raise NotImplementedError

    @property
    def called(self) -> Callable[..., Any]:
        """What is called when the task runs: its function, as a rule."""
        if self.reporting is not None:
            from volery.sdk.report import reported

            return reported(self, self.reporting)
        return self.stand_in or self.function

    @property
    def consists_of(self) -> Mapping[str, object]:
        """By name what its code comes to, where a change means other outputs."""
        return {self.name: self.function}

    def located(self) -> Loader | str:
        """How another process finds it again, or why it cannot."""
        raise NotImplementedError

    def command(self) -> ContainerCommand | None:
        """What runs in its container, if it is no Python."""
        return None

    def run(self, arguments: Mapping[str, Any]) -> R:
        """Carry out a plain call, as an attempt would: conversions by the types show.

        What a dynamic or eager task calls takes an engine.
        """
        if self.mode:
            return super().run(arguments)
        signature = self.signature
        record = signature.pack_inputs(arguments)
        context = Context(task_id=self.name)
        with (
            context,
            working_at(context),
            environment(self.policy.environment),
            self._provided(context),
        ):
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
        returned = self.called(**arguments)
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

    def retryable(self, exception: BaseException) -> bool:
        """Whether another attempt may follow when the function has raised an exception."""
        return self.retry is None or self.retry.follows(exception)

    def compiled(self) -> Compiled:
        from volery.ir.specs import Loader, TaskSpec

        self._require_workable()
        command = self.command()
        loader = None if command else self.located()
        spec = TaskSpec(
            name=self.name,
            interface=self.interface,
            kind=self.carried,
            loader=loader if isinstance(loader, Loader) else None,
            unreachable=loader if isinstance(loader, str) else "",
            policy=self.policy,
            description=self.description,
            source=self.source,
            mode=self.mode,
            secrets=self.secrets,
            command=command,
        )
        return Compiled(spec)

    def _provided(self, context: Context) -> AbstractContextManager[None]:
        """The secrets of a plain call, from where this machine has them."""
        if not self.secrets:
            return nullcontext()
        from volery.config import settings
        from volery.sdk.secret import provided
        from volery.sdk.vault import Vault, folders_of

        return provided(context, Vault(folders_of(settings())).values(self.secrets))

    def _asked(self, given: TaskOptions) -> Policy:
        """The policy that options ask for; what of them is no data is kept here."""
        from volery.sdk.policy import settings
        from volery.sdk.retry import Retry

        retries = given.get("retries")
        if isinstance(retries, Retry) and retries.filters:
            self.retry = retries
        fields = settings(given, self._declaration.place)
        fields.pop("uncached", None)  # of a task, it is what it is anyway
        return Policy(**fields)

    def _require_workable(self) -> None:
        """Refuse a policy that cannot work with the function's inputs."""
        if self.policy == _PLAIN:
            return
        from volery.sdk.policy import flaws

        for message, hint in flaws(self, self.policy):
            raise DefinitionError(f"{self._declaration.place}: {message}", hint=hint)

    def _warn(self) -> None:
        import warnings

        warnings.warn(f"task {self.name} is deprecated: {self.deprecated}", DeprecationWarning, 3)


class FunctionTask(Task[P, R]):
    """A function as a task. Made by the decorators `task`, `dynamic` and `eager`."""

    carried = "python"

    def __init__(self, declaration: Declaration, mode: TaskMode, given: TaskOptions) -> None:
        update_wrapper(self, declaration.decorated)
        self._function = declaration.decorated
        super().__init__(declaration, mode, given)

    @property
    def function(self) -> Callable[..., Any]:
        return self._function

    def located(self) -> Loader | str:
        return _locate(self)


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
def task(**options: Unpack[TaskOptions]) -> Decorator: ...
def task(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make a function a task.

    Args:
        function: the function, where the decorator stands without options.
        options: see `TaskOptions`.

    Raises:
        DefinitionError: an option, the signature or a default cannot be used.
    """
    decorate = partial(declare, given=options, mode="")
    return decorate if function is None else decorate(function)


def declare(function: object, given: Mapping[str, Any], mode: TaskMode) -> Task[..., Any]:
    """Make a function a task.

    Raises:
        DefinitionError: an option, the signature or a default cannot be used.
    """
    pickled = given.get("pickle_untyped", False)
    declaration = Declaration(function, mode or "task", pickle_untyped=pickled is True)
    options.refuse("task", given, declaration.place)
    options.flag(pickled, "pickle_untyped", declaration.place)
    return FunctionTask(declaration, mode, cast("TaskOptions", given))


def _locate(task: FunctionTask[..., Any]) -> Loader | str:
    """How another process finds a task again, or why it cannot."""
    from volery.ir.specs import Loader

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
