"""Names: what stands behind a name in a piece of the user's code, and in which module it began."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any, NamedTuple, cast

from volery.sdk.module_syntax import ModuleSyntax, syntax_of
from volery.sdk.syntax import Chain, Imported

_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep  # noqa: PTH120 - as in `source`
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}", "<frozen ")
_OURS = "volery"


class Place(NamedTuple):
    """A name in a module; without a module, one that stands inside of something."""

    module: ModuleType | None
    name: str


class Resolved(NamedTuple):
    """A value and where it was found."""

    value: object
    place: Place


def is_of_project(module: str, file: str) -> bool:
    """Whether a module belongs to the user's code, and neither to us, Python nor a library."""
    if module.partition(".")[0] == _OURS or any(each in file for each in _INSTALLED):
        return False
    return not file.startswith(_STANDARD_LIBRARY)


def is_project(module: ModuleType) -> bool:
    """The same of a module that is loaded."""
    file = getattr(module, "__file__", None)
    return file is not None and is_of_project(module.__name__, file)


def syntax_of_module(module: ModuleType) -> ModuleSyntax | None:
    """The syntax of a loaded module."""
    file = getattr(module, "__file__", None)
    return None if file is None else syntax_of(module, file)


class Namespace:
    """The names that a piece of code sees.

    Args:
        names: of its module.
        closure: of the functions around it.
        label: what it is called, for names of its closure.
    """

    def __init__(
        self,
        names: Mapping[str, Any],
        closure: Mapping[str, object],
        label: str,
    ) -> None:
        self._names = names
        self._closure = closure
        self._label = label

    def resolve(self, names: Chain, imports: Mapping[str, Imported]) -> Resolved | None:
        """What a name with its attributes leads to, as far as modules of the project lead.

        `imports` are those of the code itself. None: nothing of the project.
        """
        found = self._imported(imports[names[0]]) if names[0] in imports else self._first(names[0])
        for attribute in names[1:]:
            if found is None or not isinstance(found.value, ModuleType):
                break
            module = found.value
            if not is_project(module):
                return None
            value = _attribute(module, attribute)
            if value is _NOTHING:
                break  # looked up in another way: the module itself counts
            found = Resolved(value, Place(module, attribute))
        return found

    def leads_to_ours(self, names: Chain) -> bool:
        """Whether a name leads to something of Volery's, such as a decorator."""
        found = self._first(names[0])
        value: Any = None if found is None else found.value
        for attribute in names[1:]:
            value = getattr(value, attribute, None) if isinstance(value, ModuleType) else None
        while isinstance(value, functools.partial):
            value = cast("Any", value).func
        return str(getattr(value, "__module__", "")).partition(".")[0] == _OURS

    def _first(self, name: str) -> Resolved | None:
        if name in self._closure:
            return Resolved(self._closure[name], Place(None, f"{self._label}.{name}"))
        if name in self._names and not name.startswith("__"):
            module = sys.modules.get(self._names["__name__"])
            return Resolved(self._names[name], Place(module, name))
        return None

    def _imported(self, each: Imported) -> Resolved | None:
        name = absolute(each, self._names)
        module = _loaded(name)
        if module is None:
            return None
        if not each.attribute:
            return Resolved(module, Place(module, ""))
        value = _attribute(module, each.attribute)
        return None if value is _NOTHING else Resolved(value, Place(module, each.attribute))


def origin(place: Place) -> Place:
    """Where a name was first defined, behind all the imports that handed it on."""
    seen: set[Place] = set()
    while place.module is not None and place not in seen:
        seen.add(place)
        syntax = syntax_of_module(place.module)
        if syntax is None:
            break
        following = _handed_on(place, place.module, syntax)
        if following is None:
            break
        place = following
    return place


def _handed_on(place: Place, module: ModuleType, syntax: ModuleSyntax) -> Place | None:
    """The place that a module has a name from; None: it is its own."""
    if place.name in syntax.statements:
        return None
    stars = [each for each in syntax.stars if place.name not in syntax.imports]
    for each in (*filter(None, [syntax.imports.get(place.name)]), *stars):
        before = sys.modules.get(absolute(each, vars(module)))
        name = place.name if each.attribute == "*" else each.attribute
        if before is not None and name and hasattr(before, name):
            return Place(before, name)
    return None


def absolute(each: Imported, names: Mapping[str, Any]) -> str:
    """The full name of the module that an import leads to; `names` are those around it."""
    if not each.level:
        return each.module
    package = str(names.get("__package__") or names["__name__"].rpartition(".")[0])
    for _ in range(each.level - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{each.module}" if each.module else package


_NOTHING = object()


def _attribute(module: ModuleType, name: str) -> object:
    """An attribute of a module of the project, or a module in it that nobody imported yet."""
    found = getattr(module, name, _NOTHING)
    if found is _NOTHING and hasattr(module, "__path__"):
        return _loaded(f"{module.__name__}.{name}") or _NOTHING
    return found


def _loaded(name: str) -> ModuleType | None:
    """A module of the project, which is imported where the task would do so later."""
    if name in sys.modules:
        return sys.modules[name]
    try:
        top = importlib.util.find_spec(name.partition(".")[0])
        if top is None or not is_of_project(name, top.origin or ""):
            return None
        return importlib.import_module(name)
    except Exception:  # noqa: BLE001 - the task will meet it, and say so
        return None
