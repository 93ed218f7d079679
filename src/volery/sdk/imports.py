"""Imports: which modules of a project others of it need, as they are loaded here."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from types import ModuleType

from volery.sdk import discover
from volery.sdk.namespace import absolute, syntax_of_module
from volery.sdk.syntax import Imported


def needed(modules: Iterable[ModuleType], root: Path) -> dict[str, str]:
    """These modules, and all below the same import root that they import: the file of each.

    What somebody imports by calling a function is not seen. Names of files begin at the root.
    """
    found: dict[str, str] = {}
    ahead = list(modules)
    while ahead:
        module = ahead.pop()
        name = discover.name_of(module)
        file = getattr(module, "__file__", None)
        if name not in found and file is not None and discover.root_of(module) == str(root):
            found[name] = _file(name, Path(file).name)
            ahead += (sys.modules[each] for each in _names(name, module) if each in sys.modules)
    return found


def _file(name: str, last: str) -> str:
    """The file of a module, whose own name is `last`."""
    *folders, stem = name.split(".")
    return "/".join([*folders, *([stem] if last.startswith("__init__.") else []), last])


def _names(name: str, module: ModuleType) -> Iterator[str]:
    """The names of modules that have to be there for one: packages around it, and imports."""
    yield from _way_to(name)
    syntax = syntax_of_module(module)
    for node in ast.walk(syntax.tree) if syntax else ():
        if isinstance(node, ast.Import):
            for each in node.names:
                yield from _way_to(each.name)
        elif isinstance(node, ast.ImportFrom):
            base = absolute(Imported("", node.module or "", level=node.level), vars(module))
            for each in node.names:
                yield from _way_to(f"{base}.{each.name}")


def _way_to(name: str) -> Iterator[str]:
    """The packages that lead to a module, and then the module."""
    return accumulate(name.split("."), "{}.{}".format)
