"""What the body of a workflow says: read from its source, before it runs to be compiled."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from volery.ir.problem import Problem
from volery.ir.ref import Source

_ANY: Final = frozenset[str]()
_SURPRISES: Final[Mapping[str, frozenset[str]]] = {
    "random": _ANY,
    "secrets": _ANY,
    "numpy.random": _ANY,
    "time": frozenset({
        "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep", "time", "time_ns",
    }),
    "datetime": frozenset({"now", "utcnow", "today"}),
    "uuid": frozenset({"uuid1", "uuid4"}),
}  # fmt: skip
"""Modules, and of each the functions that give something else every time; an empty set: all."""


class Body:
    """The source of a workflow's function.

    Args:
        function: the function.
        file: its file as problems name it.
    """

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        self._function = function
        self._file = file

    @functools.cached_property
    def returns(self) -> Source:
        """Where it gives its outputs back: the last ``return``."""
        lines = [node.lineno for node in ast.walk(self._tree) if isinstance(node, ast.Return)]
        return self._source(max(lines, default=1))

    def surprises(self) -> list[Problem]:
        """Calls that the author expects to run every time, where the body runs only once."""
        names = self._names()
        problems: list[Problem] = []
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and _is_surprise(_resolve(node.func, names)):
                message = (
                    f"{ast.unparse(node.func)}() runs once, when the workflow is compiled, and "
                    "never again; move it into a task"
                )
                problems.append(Problem(message=message, consumer=self._source(node.lineno)))
        return problems

    @functools.cached_property
    def _tree(self) -> ast.Module:
        try:
            return ast.parse(textwrap.dedent(inspect.getsource(self._function)))
        except (OSError, SyntaxError):  # typed in, or made by exec: there is nothing to read
            return ast.Module([], [])

    def _source(self, line: int) -> Source:
        return Source(self._file, self._function.__code__.co_firstlineno + line - 1)

    def _names(self) -> dict[str, Any]:
        """What names stand for outside of the function; its own variables are left out."""
        function = self._function
        code = function.__code__
        names = vars(builtins) | function.__globals__
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            names[name] = cell.cell_contents
        return {name: names[name] for name in names.keys() - set(code.co_varnames)}


def _resolve(expression: ast.expr, names: Mapping[str, Any]) -> object:
    """What a dotted name stands for; None where that cannot be seen."""
    match expression:
        case ast.Name(id):
            return names.get(id)
        case ast.Attribute(value, attribute):
            return getattr(_resolve(value, names), attribute, None)
        case _:
            return None


def _is_surprise(function: object) -> bool:
    """Whether what is called is known to give something else every time."""
    module = next(filter(None, _modules(function)), "")
    name = getattr(function, "__name__", "")
    for surprising, functions in _SURPRISES.items():
        if module == surprising or module.startswith(f"{surprising}."):
            return not functions or name in functions
    return False


def _modules(function: object) -> Iterator[str | None]:
    """The module that a function belongs to: that of its object's class, for a bound method."""
    owner = getattr(function, "__self__", None)
    if owner is not None and not inspect.ismodule(owner):
        yield getattr(owner if isinstance(owner, type) else type(owner), "__module__", None)
    yield getattr(function, "__module__", None)
