"""What a function declares: from ``def`` to a `Signature`, or an error that says what to mend."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from types import CodeType, SimpleNamespace
from typing import Any

from volery.errors import DefinitionError, TypeMismatch, UnsupportedType
from volery.ir.types import show
from volery.sdk import source
from volery.sdk.entity import Entity
from volery.sdk.interface import Port, Signature, port
from volery.types.codec import is_streaming
from volery.types.marks import untyped
from volery.types.packing import pack_constant

DecoratorName = typing.Literal["task", "dynamic", "eager", "workflow"]

_Parameter = inspect.Parameter
_KINDS = {
    _Parameter.VAR_POSITIONAL: ("*", "give it one list parameter instead"),
    _Parameter.VAR_KEYWORD: ("**", "name every parameter, or give it one dict parameter"),
    _Parameter.POSITIONAL_ONLY: ("", "calls use keywords: remove the / behind it"),
}


class Declaration:
    """A function as it stands in the user's code.

    Args:
        decorated: what the decorator was given.
        decorator: its name. All but ``workflow`` make tasks.
        pickle_untyped: whether what has no annotation, or none that a codec handles, is pickled.

    Attributes:
        decorated: the callable, which may be the user's own wrapper around `function`.
        name: of the entity: the full name of the module, a dot, the function's own name.
        place: what errors call it.

    Raises:
        DefinitionError: it is no function, or its parameters or outputs cannot be used.
    """

    def __init__(
        self, decorated: object, decorator: DecoratorName, *, pickle_untyped: bool = False
    ) -> None:
        inner = decorated.__func__ if isinstance(decorated, staticmethod) else decorated
        function = inspect.unwrap(inner, stop=_is_entity) if callable(inner) else inner
        if not callable(inner) or not inspect.isfunction(function):
            hint = f"put @{decorator} above a def"
            if _is_entity(function):
                hint = f"take @{decorator} away, or write a function that calls it"
            raise DefinitionError(
                f"@{decorator} takes a function, got {function!r} ({source.show(source.here())})",
                hint=hint,
            )
        self.decorated = inner
        self.function: Callable[..., Any] = function
        short = self.function.__qualname__.rpartition("<locals>.")[2]
        self.name = f"{source.module_of(self.function)}.{short}"
        self.owner = f"{'workflow' if decorator == 'workflow' else 'task'} {self.name}"
        self.source = source.source_of(self.function)
        self.place = f"{self.owner} ({source.show(self.source)})"
        from volery.sdk.docs import parse  # when the first function is declared, not on import

        self.docs = parse(self.function.__doc__)
        self._pickle_untyped = pickle_untyped
        self._parameters = inspect.signature(inner).parameters
        self._check_body(decorator)
        for each in self._parameters.values():
            self._check_shape(each)
        try:
            self._signature = self._resolve(source.user_frame().f_locals)
        except NameError:  # something that is defined further down: look again at first use
            self._signature = None

    @property
    def description(self) -> str:
        """What the docstring says of the whole."""
        return self.docs.description

    @property
    def resolved(self) -> bool:
        """Whether the signature is known already."""
        return self._signature is not None

    @property
    def signature(self) -> Signature:
        """Inputs and outputs.

        Raises:
            DefinitionError: an annotation or default cannot be used.
        """
        if self._signature is None:
            try:
                self._signature = self._resolve({})
            except NameError as error:
                raise self._error(
                    f"an annotation cannot be resolved: {error}",
                    "define or import the name when the module loads, not under TYPE_CHECKING",
                ) from None
        return self._signature

    def _resolve(self, local: Mapping[str, Any]) -> Signature:
        """The signature; `local` are names visible where it is defined, besides its globals."""
        hints = self._hints(local)
        outputs, named = self._outputs(hints.pop("return", inspect.Signature.empty))
        inputs = {
            name: self._input(each, hints.get(name, Any)) for name, each in self._parameters.items()
        }
        if inspect.isgeneratorfunction(self.function):
            self._check_stream(outputs)
        return Signature(self.owner, inputs, outputs, named)

    def _check_stream(self, outputs: Mapping[str, Port]) -> None:
        """What a generator yields has to be the elements of its output."""
        if not any(is_streaming(each.codec) for each in outputs.values()):
            raise self._error(
                "it yields, but does not declare what", "write -> Iterator[...] with the type of it"
            )

    def _check_body(self, decorator: DecoratorName) -> None:
        function = self.function
        awaits = inspect.iscoroutinefunction(function)
        if inspect.isasyncgenfunction(function):
            raise self._error(
                "it yields, and is async", "write def without async, or return a list"
            )
        if inspect.isgeneratorfunction(function) and decorator in ("workflow", "dynamic"):
            raise self._error(
                "it yields, where outputs are returned", "collect the promises in a list, return it"
            )
        if awaits and decorator in ("workflow", "dynamic"):
            what = "workflow" if decorator == "workflow" else "dynamic task"
            raise self._error(
                f"a {what} cannot be async: its body says what depends on what, and never waits",
                "write def without async; tasks may be async, and @eager awaits what it calls",
            )
        if not awaits and decorator == "eager":
            raise self._error(
                "an eager task has to be async: it awaits what it calls",
                "write async def; @dynamic takes a def",
            )

    def _check_shape(self, each: inspect.Parameter) -> None:
        if each.kind in _KINDS:
            stars, hint = _KINDS[each.kind]
            raise self._error(f"parameter {stars}{each.name} cannot be an input", hint)
        if each.annotation is not _Parameter.empty:
            return
        if each.name in ("self", "cls"):
            raise self._error(
                "a method cannot be used, for nobody gives it its object",
                f"remove {each.name} and make it a static method or a function of the module",
            )
        if self._pickle_untyped:
            return
        if self.function.__name__ == "<lambda>":
            raise self._error(
                "a lambda cannot be used, for it cannot say the types of its parameters",
                "write def instead",
            )
        raise self._error(
            f"parameter {each.name} has no annotation", f"say its type, such as {each.name}: int"
        )

    def _hints(self, local: Mapping[str, Any]) -> dict[str, Any]:
        function = self.function
        names = function.__globals__
        raw = inspect.get_annotations(function, globals=names, locals=local, eval_str=True)
        returned = raw.get("return")
        if isinstance(returned, tuple):  # -> (int, str), as Flyte allows
            raw["return"] = tuple[returned]
        holder = SimpleNamespace(__annotations__=raw)  # resolves what is quoted inside: list["X"]
        return typing.get_type_hints(holder, names, dict(local), include_extras=True)

    def _input(self, each: inspect.Parameter, annotation: Any) -> Port:
        role = f"parameter {each.name}"
        made = self._port(each.name, annotation, role, self.docs.inputs.get(each.name, ""))
        if each.default is _Parameter.empty:
            return made
        try:
            default = pack_constant(made.codec, each.default)
        except TypeMismatch as error:
            wanted = show(made.codec.type)
            hint = f"write {each.name}: {wanted} | None = None" if each.default is None else None
            raise self._error(f"default of {role}: {error.message}", hint) from None
        return Port(made.name, made.annotation, made.codec, default, made.description)

    def _outputs(self, hint: Any) -> tuple[dict[str, Port], type[tuple[Any, ...]] | None]:
        """Ports of the outputs, and the NamedTuple class that the user declared for them."""
        if hint is inspect.Signature.empty:
            if not _returns_a_value(self.function.__code__):
                return {}, None
            if not self._pickle_untyped:
                raise self._error("it returns a value of no declared type", "add -> and the type")
            hint = Any
        if hint is type(None):
            return {}, None
        if isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields"):  # pyright: ignore[reportUnknownArgumentType]
            named = typing.cast("type[tuple[Any, ...]]", hint)
            return self._output_ports(typing.get_type_hints(named, include_extras=True)), named
        parts = typing.get_args(hint) if typing.get_origin(hint) is tuple else ()
        if not parts or Ellipsis in parts:
            return self._output_ports({"o0": hint}), None
        if len(parts) == 1:
            raise self._error(
                "a tuple of one is returned, where tuples stand for several outputs",
                "return the value itself",
            )
        return self._output_ports({f"o{index}": part for index, part in enumerate(parts)}), None

    def _output_ports(self, hints: Mapping[str, Any]) -> dict[str, Port]:
        docs = self.docs
        return {
            name: self._port(name, hint, f"output {name}", docs.outputs.get(name, docs.returns))
            for name, hint in hints.items()
        }

    def _port(self, name: str, annotation: Any, role: str, description: str) -> Port:
        marked = untyped(annotation) if self._pickle_untyped else annotation
        try:
            return port(name, marked, description=description)
        except UnsupportedType as error:
            raise UnsupportedType(
                f"{self.place}, {role}: {error.message}", hint=error.hint, path=error.path
            ) from None

    def _error(self, message: str, hint: str | None) -> DefinitionError:
        return DefinitionError(f"{self.place}: {message}", hint=hint)


def _is_entity(function: object) -> bool:
    return isinstance(function, Entity)


def _returns_a_value(code: CodeType) -> bool:
    """Whether some ``return`` of a function gives something other than a literal None."""
    import dis

    before: object = None
    for instruction in dis.get_instructions(code):
        if instruction.opname == "RETURN_CONST" and instruction.argval is not None:
            return True
        if instruction.opname == "RETURN_VALUE" and before != ("LOAD_CONST", None):
            return True
        before = (instruction.opname, instruction.argval)
    return False
