"""Syntax: what a piece of code says, and which names it takes from outside.

Comments, formatting, docstrings, annotations of functions and the version of Python make no
difference.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from itertools import filterfalse
from typing import Any, NamedTuple, cast

Chain = tuple[str, ...]
"""A name and the attributes that are taken of it: ``helpers.scale`` is ``("helpers", "scale")``."""

Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_DEEPEST = 50_000
"""Calls in each other while code is read."""

_SILENT = frozenset({"ctx", "type_comment", "kind", "type_params", "type_ignores"})
"""Fields that repeat what stands elsewhere, tell how it was written, or are for type checkers."""


class Imported(NamedTuple):
    """What an import gives to a name: a module, or (`attribute` is not empty) something in one.

    `level` counts the dots before the module, as in ``from .. import x``. An `attribute` of ``*``
    is everything, and then `name` is empty.
    """

    name: str
    module: str
    attribute: str = ""
    level: int = 0


class Syntax(NamedTuple):
    """What a piece of code says.

    Attributes:
        text: equal if and only if it says the same.
        names: those that it does not define itself.
        imports: what it imports itself, by name.
    """

    text: str
    names: Collection[Chain]
    imports: Mapping[str, Imported]


def read(node: ast.AST, is_ours: Callable[[Chain], bool] = lambda _: False) -> Syntax:
    """Read a piece of code. Decorators that `is_ours` says yes to do not count."""
    reader = _Reader(is_ours)
    with _deep():
        reader.visit(node)
    return Syntax("".join(reader.text), reader.scope.loads, reader.imports)


@contextmanager
def _deep() -> Generator[None]:
    """Let functions of Python call each other more deeply: each ``elif`` lies in the one before."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def chain(node: ast.AST) -> Chain | None:
    """A name with its attributes; None for any other expression."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return (node.id, *reversed(attributes)) if isinstance(node, ast.Name) else None


class _Scope:
    """Names in a function, a class or a comprehension.

    Attributes:
        loads: what is read and may come from outside.
        stores: what is its own.
        outer: names that are imported, or declared global or nonlocal.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.loads: set[Chain] = set()
        self.stores: set[str] = set()
        self.outer: set[str] = set()


class _Reader(ast.NodeVisitor):
    """Writes down a tree, and which names it uses."""

    def __init__(self, is_ours: Callable[[Chain], bool]) -> None:
        self.text: list[str] = []
        self.imports: dict[str, Imported] = {}
        self.scope = _Scope("module")
        self._is_ours = is_ours

    def generic_visit(self, node: ast.AST) -> None:
        self._write(node, node._fields)

    def _write(self, node: ast.AST, fields: Collection[str]) -> None:
        self.text.append(f"{type(node).__name__}(")
        for field in fields:
            value = getattr(node, field, None)
            if value is None or value == [] or field in _SILENT:
                continue
            self.text.append(f"{field}=")
            self._put(value)
        self.text.append(")")

    def _put(self, value: Any) -> None:
        if isinstance(value, ast.AST):
            self.visit(value)
        elif isinstance(value, list):
            self.text.append("[")
            for each in filterfalse(_is_remark, cast("list[Any]", value)):
                self._put(each)
                self.text.append(",")
            self.text.append("]")
        else:
            self.text.append(repr(value))

    # -- what does not count ------------------------------------------------------------------

    def visit_Constant(self, node: ast.Constant) -> None:
        self.text.append(f"#{node.value!r}")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Python 3.12 puts an empty text behind some formats."""
        self.text.append("JoinedStr")
        self._put([each for each in node.values if getattr(each, "value", None) != ""])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """In a class an annotation is part of what it does, as in dataclasses."""
        if self.scope.kind == "class":
            self.generic_visit(node)
        else:
            self._write(node, ("target", "value"))

    def visit_arg(self, node: ast.arg) -> None:
        self.scope.stores.add(node.arg)
        self.text.append(node.arg)

    # -- names --------------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.scope.loads.add((node.id,))
        else:
            self.scope.stores.add(node.id)
        self.text.append(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        found = chain(node)
        if found is None:
            self.generic_visit(node)
        else:
            self.scope.loads.add(found)
            self.text.append(".".join(found))

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.outer.update(node.names)
        self.scope.loads.update((name,) for name in node.names)
        self.generic_visit(node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.outer.update(node.names)
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._own(node, node.name)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self._own(node, node.name)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self._own(node, node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self._own(node, node.rest)

    def _own(self, node: ast.AST, name: str | None) -> None:
        if name is not None:
            self.scope.stores.add(name)
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self._import(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._import(node)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        found = imported(node)
        self.imports.update((each.name, each) for each in found)
        self.scope.outer.update(each.name for each in found)
        self.generic_visit(node)

    # -- scopes -------------------------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._head(node)
        self._inside("function", node.args, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.text.append("Lambda")
        self._inside("function", node.args, node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._head(node)
        self._put([node.bases, node.keywords])
        self._inside("class", None, node.body)

    def _head(self, node: Named) -> None:
        self.scope.stores.add(node.name)
        self.text.append(f"{type(node).__name__} {node.name}")
        self._put([each for each in node.decorator_list if not self._decorates(each)])

    def _decorates(self, node: ast.expr) -> bool:
        """Whether a decorator is one of ours, with options or without."""
        found = chain(node.func if isinstance(node, ast.Call) else node)
        return found is not None and self._is_ours(found)

    def _inside(self, kind: str, args: ast.arguments | None, body: object) -> None:
        """Read a scope. Defaults of parameters are read outside of it."""
        if args is not None:
            self._put([args.defaults, args.kw_defaults])
        outside, self.scope = self.scope, _Scope(kind)
        if args is not None:
            self._write(args, ("posonlyargs", "args", "vararg", "kwonlyargs", "kwarg"))
        self._put(body)
        self._leave(outside)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        self.visit(node.generators[0].iter)  # outside: the first x of `[x for x in x]` is another
        outside, self.scope = self.scope, _Scope("function")
        self.generic_visit(node)
        self._leave(outside)

    def _leave(self, outside: _Scope) -> None:
        """Go back to the scope outside, which has to have what was not defined inside."""
        inside, self.scope = self.scope, outside
        # Functions in a class do not see its names, and it sees those outside before its own.
        own: set[str] = set() if inside.kind == "class" else inside.stores - inside.outer
        outside.loads.update(each for each in inside.loads if each[0] not in own)


def _is_remark(node: object) -> bool:
    """Whether a statement is a text, which does nothing: most are docstrings."""
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def imported(node: ast.Import | ast.ImportFrom) -> list[Imported]:
    """What an import statement binds."""
    if isinstance(node, ast.Import):
        return [
            Imported(each.asname or each.name, each.name)
            if each.asname
            else Imported(each.name.partition(".")[0], each.name.partition(".")[0])
            for each in node.names
        ]
    return [
        Imported(
            "" if each.name == "*" else each.asname or each.name,
            node.module or "",
            each.name,
            node.level,
        )
        for each in node.names
    ]
