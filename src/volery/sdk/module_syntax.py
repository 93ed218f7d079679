"""The syntax of modules: where in a file something is defined, imported or given its value."""

from __future__ import annotations

import ast
import linecache
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from types import ModuleType

from volery.sdk.syntax import Imported, Named, imported

Definition = Named | ast.Lambda

LAMBDA = "<lambda>"
LOCALS = "<locals>"
"""As they stand in qualified names."""


class ModuleSyntax:
    """The syntax of a module's file."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        self.statements: dict[str, list[ast.stmt]] = defaultdict(list)
        self.imports: dict[str, Imported] = {}
        self.stars: list[Imported] = []
        for node in _statements(self.tree):
            match node:
                case ast.Import() | ast.ImportFrom():
                    for each in imported(node):
                        self._import(each)
                case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                    for name in _targets(node):
                        self.statements[name].append(node)
                case _:
                    pass

    def _import(self, each: Imported) -> None:
        if each.attribute == "*":
            self.stars.append(each)
        else:
            self.imports[each.name] = each

    def definitions(self, qualname: str, line: int | None = None) -> list[Definition]:
        """The definitions with a qualified name; only that which begins at a line, if one does."""
        found: list[ast.AST] = [self.tree]
        for name in qualname.split("."):
            if name != LOCALS:
                found = [inner for outer in found for inner in _called(outer, name)]
        definitions = [each for each in found if isinstance(each, Definition)]
        return [each for each in definitions if _first_line(each) == line] or definitions


def syntax_of(module: ModuleType | None, file: str) -> ModuleSyntax | None:
    """The syntax of a module's file; None where it cannot be had."""
    linecache.checkcache(file)
    lines = linecache.getlines(file, None if module is None else module.__dict__)
    return _parsed("".join(lines)) if lines else None


@lru_cache(maxsize=512)
def _parsed(text: str) -> ModuleSyntax | None:
    try:
        return ModuleSyntax(text)
    except (SyntaxError, ValueError, RecursionError):  # it was edited since it was imported
        return None


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements of a scope, also those inside of ``if`` and its like."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield each
            if not isinstance(each, Definition):
                yield from _statements(each)


def _called(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """The definitions of a name in a scope; all lambdas have one name."""
    if name == LAMBDA:
        yield from (each for each in ast.walk(scope) if isinstance(each, ast.Lambda))
        return
    for each in _statements(scope):
        if isinstance(each, Named) and each.name == name:
            yield each


def _first_line(node: Definition) -> int:
    """The line that a code object says it begins at: that of the first decorator."""
    decorators = () if isinstance(node, ast.Lambda) else node.decorator_list
    return min((each.lineno for each in decorators), default=node.lineno)


def _targets(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        for each in ast.walk(target):
            if isinstance(each, ast.Name):
                yield each.id
