"""Reach: the functions, classes, modules and constants of the project that code uses by name."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple, cast, get_args

import msgspec

from volery.ids import digest
from volery.ir.codec import canonical
from volery.sdk.constants import Constants
from volery.sdk.entity import Entity
from volery.sdk.module_syntax import LAMBDA, LOCALS, syntax_of
from volery.sdk.namespace import (
    Namespace,
    Place,
    is_of_project,
    is_project,
    origin,
    syntax_of_module,
)
from volery.sdk.source import full_module
from volery.sdk.syntax import Syntax, read
from volery.sdk.task import Task

Key = Hashable
Look = Callable[[], tuple[str, set[Key]]]
"""Gives the text of a thing, and what it uses."""

_UNIMPORTANT = frozenset({"source", "description"})
"""Fields of a spec that do not say what it does."""


class Found(NamedTuple):
    """A thing that code uses.

    Attributes:
        name: what it is, for people, such as ``function flows.stats.mean``.
        digest: of what it says or is.
        reaches: what it uses itself.
    """

    name: str
    digest: str
    reaches: set[Key]


class Reach:
    """Looks at things, each of them once.

    Attributes:
        found: everything that was looked at.
    """

    def __init__(self) -> None:
        self.found: dict[Key, Found] = {}
        self._names: dict[Key, str] = {}
        self._ahead: list[tuple[Key, Look]] = []
        self._kept: list[object] = []

    def of_task(self, task: Task[..., Any]) -> set[Key]:
        """What a task begins with; all that this reaches is in `found` then.

        The classes of its inputs are among it: their methods may be used without being named.
        """
        hints = (each.annotation for each in task.signature.inputs.values())
        begin = {*self._parts(task), *self._classes(hints)}
        while self._ahead:
            key, look = self._ahead.pop()
            text, reaches = look()
            self.found[key] = Found(self._names[key], _digest(text), reaches)
        return begin - {None}

    def _parts(self, task: Task[..., Any]) -> list[Key | None]:
        parts = task.consists_of.items()
        return [self._thing(value, Place(None, name)) for name, value in parts]

    def _classes(self, hints: Iterable[Any]) -> Iterator[Key]:
        """The classes in annotations."""
        for hint in hints:
            if isinstance(hint, type):
                yield self._definition(hint)
            yield from self._classes(get_args(hint))

    def _thing(self, value: object, place: Place) -> Key | None:
        """What a name stands for; None: nothing that counts."""
        key = self._definition(value)
        if key is None and not isinstance(
            value, FunctionType | BuiltinFunctionType | type | ModuleType
        ):
            return self._constant(value, place)
        return key

    def _later(self, key: Key, value: object, name: str, look: Look) -> Key:
        """Note a thing, to look at it when its turn comes. A value that is kept keeps its id."""
        self._names[key] = name
        self._kept.append(value)
        self._ahead.append((key, look))
        return key

    # -- definitions --------------------------------------------------------------------------

    def _definition(self, value: object) -> Key | None:
        """An entity, function, class or module of the project; None for anything else."""
        key = ("definition", id(value))
        if key in self._names:
            return key
        match value:
            case Entity():
                return self._entity(key, value)
            case FunctionType():
                return self._function(key, value)
            case type() if (module := sys.modules.get(value.__module__)) and is_project(module):
                return self._class(key, value, module)
            case ModuleType() if is_project(value):
                return self._module(key, value)
            case functools._lru_cache_wrapper():  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
                return self._definition(cast("Any", value).__wrapped__)
            case _:
                return None

    def _entity(self, key: Key, entity: Entity) -> Key | None:
        if isinstance(entity, Task):
            task = cast("Task[..., Any]", entity)
            parts = self._parts(task)
            if len(parts) == 1:
                return parts[0]
            return self._later(key, task, f"task {task.name}", lambda: ("", self._keys(parts)))
        function: object = getattr(entity, "function", None)
        if function is not None:
            return self._thing(function, Place(None, entity.name))

        def look() -> tuple[str, set[Key]]:
            compiled = entity.compiled()
            text = repr(_important(msgspec.json.decode(canonical(compiled.spec))))
            return text, self._keys(map(self._definition, compiled.entities.values()))

        return self._later(key, entity, f"{entity.ref.kind.replace('_', ' ')} {entity.name}", look)

    def _function(self, key: Key, function: FunctionType) -> Key | None:
        code = function.__code__
        module: str = function.__globals__.get("__name__", "")
        if not is_of_project(module, code.co_filename):
            wrapped: object = getattr(function, "__wrapped__", None)
            return None if wrapped is None else self._definition(wrapped)
        label = f"{full_module(module, code.co_filename)}.{code.co_qualname}"

        def look() -> tuple[str, set[Key]]:
            namespace = Namespace(function.__globals__, _closure(function), label)
            syntax = syntax_of(sys.modules.get(module), code.co_filename)
            nodes = syntax.definitions(code.co_qualname, code.co_firstlineno) if syntax else []
            read = self._read(nodes, namespace) if nodes else self._said(_compiled(code), namespace)
            return self._with_defaults(function, *read)

        return self._later(key, function, f"function {label}", look)

    def _with_defaults(
        self, function: FunctionType, text: str, reaches: set[Key]
    ) -> tuple[str, set[Key]]:
        """Defaults of an inner function come from the one around it, not only from its text."""
        reaches |= self._keys([self._definition(getattr(function, "__wrapped__", None))])
        if LOCALS not in function.__code__.co_qualname:
            return text, reaches
        defaults, more, _ = self._value((function.__defaults__, function.__kwdefaults__))
        return text + defaults, reaches | more

    def _class(self, key: Key, kind: type, module: ModuleType) -> Key:
        label = f"{_module_name(module)}.{kind.__qualname__}"

        def look() -> tuple[str, set[Key]]:
            syntax = syntax_of_module(module)
            if syntax is None:
                return "", set()
            nodes = syntax.definitions(kind.__qualname__)
            return self._read(
                nodes or syntax.statements[kind.__qualname__],
                Namespace(vars(module), {}, label),
            )

        return self._later(key, kind, f"class {label}", look)

    def _module(self, key: Key, module: ModuleType) -> Key:
        """A module that is used as a whole, and not for a name in it."""
        label = _module_name(module)

        def look() -> tuple[str, set[Key]]:
            syntax = syntax_of_module(module)
            nodes = [] if syntax is None else [syntax.tree]
            return self._read(nodes, Namespace(vars(module), {}, label))

        return self._later(key, module, f"module {label}", look)

    # -- code -----------------------------------------------------------------------------------

    def _read(self, nodes: Iterable[ast.AST], namespace: Namespace) -> tuple[str, set[Key]]:
        """Text and reach of pieces of code."""
        said = [self._said(read(each, namespace.leads_to_ours), namespace) for each in nodes]
        return "".join(text for text, _ in said), {key for _, keys in said for key in keys}

    def _said(self, syntax: Syntax, namespace: Namespace) -> tuple[str, set[Key]]:
        found = (namespace.resolve(each, syntax.imports) for each in syntax.names)
        return syntax.text, self._keys(self._thing(*each) for each in found if each is not None)

    @staticmethod
    def _keys(keys: Iterable[Key | None]) -> set[Key]:
        return {key for key in keys if key is not None}

    # -- constants ------------------------------------------------------------------------------

    def _constant(self, value: object, place: Place) -> Key | None:
        module, name = place = origin(place)
        if module is None:  # something inside of a function: there may be many of that name
            key, label = ("constant", name, id(value)), name
        elif is_project(module):
            key, label = ("constant", module.__name__, name), f"{_module_name(module)}.{name}"
        else:
            return None
        if key in self._names:
            return key

        def look() -> tuple[str, set[Key]]:
            text, reaches, complete = self._value(value)
            syntax = None if complete or module is None else syntax_of_module(module)
            if syntax is None:
                return text, reaches
            space = Namespace(vars(cast("ModuleType", module)), {}, label)
            written, more = self._read(syntax.statements[name], space)
            return text + written, reaches | more

        return self._later(key, value, f"constant {label}", look)

    def _value(self, value: object) -> tuple[str, set[Key], bool]:
        """Digest of a value, what it reaches, and whether the digest says all about it."""
        reaches: set[Key] = set()

        def definition(each: object) -> str | None:
            key = self._definition(each)
            if key is None:
                return None
            reaches.add(key)
            return self._names[key]

        constants = Constants(definition)
        text = constants.digest(value)
        ambiguous = any(LAMBDA in self._names[key] or LOCALS in self._names[key] for key in reaches)
        return text, reaches, not (constants.opaque or ambiguous)


def _module_name(module: ModuleType) -> str:
    return full_module(module.__name__, module.__file__ or "")


def _closure(function: FunctionType) -> dict[str, object]:
    """The variables of the functions around a function."""
    found: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # it has no value yet
            continue
    return found


def _compiled(code: CodeType) -> Syntax:
    """What code says that no file has; it is told apart by each version of Python."""
    inner = [_compiled(each) for each in code.co_consts if isinstance(each, CodeType)]
    plain = [each for each in code.co_consts if not isinstance(each, CodeType)]
    constants = Constants(lambda _: None).digest(plain)
    text = " ".join([code.co_code.hex(), constants, *code.co_names, *(each.text for each in inner)])
    names = {(name,) for name in code.co_names}.union(*(each.names for each in inner))
    return Syntax(text, names, {})


def _important(tree: Any) -> Any:
    """A spec as JSON, without what does not say what it does."""
    match tree:
        case dict():
            entries = cast("dict[str, Any]", tree).items()
            return {name: _important(each) for name, each in entries if name not in _UNIMPORTANT}
        case list():
            return list(map(_important, cast("list[Any]", tree)))
        case _:
            return tree


def _digest(text: str) -> str:
    return digest(text.encode(errors="surrogatepass"))
