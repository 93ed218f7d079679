"""Constants: what the value of a name is, as a digest that is the same in every process."""

from __future__ import annotations

import copyreg
import enum
from collections.abc import Callable, Iterable
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, cast

from volery.ids import digest

_ATOMS = frozenset({type(None), bool, int, float, complex, str, type(...), type(NotImplemented)})
_PROTOCOL = 4
"""Of pickle: the newest that copies the data of arrays instead of handing it out beside."""


class Constants:
    """Digests of values: data by what it is, objects by what pickle would keep of them.

    Args:
        definition: given the name of a function, class or module whose code counts; None for any
            other value.

    Attributes:
        opaque: whether something had to be left out, of which only the type counts.
    """

    def __init__(self, definition: Callable[[object], str | None]) -> None:
        self.opaque = False
        self._definition = definition
        self._known: dict[int, str] = {}
        self._kept: list[object] = []

    def digest(self, value: object) -> str:
        """The digest of a value."""
        try:
            return digest(self._text(value).encode(errors="surrogatepass"))
        except RecursionError:
            return digest(self._left_out(value).encode())

    def _text(self, value: object) -> str:
        kind = type(value)
        if kind in _ATOMS:
            return f"{kind.__name__} {value!r}"
        found = self._known.get(id(value))
        if found is None:
            self._known[id(value)] = "itself"  # until it is known: that is how circles end
            self._kept.append(value)  # so that no other value gets its id
            found = digest(self._whole(value).encode(errors="surrogatepass"))
            self._known[id(value)] = found
        return found

    def _whole(self, value: object) -> str:
        match value:
            case bytes() | bytearray() | memoryview():
                return f"bytes {digest(bytes(cast('bytes', value)))}"
            case enum.Enum():
                return f"member {self._text(type(value))} {value.name}"
            case PurePath():  # pickled in another way by each version of Python
                return f"path {str(value)!r}"
            case type() | FunctionType() | BuiltinFunctionType() | ModuleType():
                return f"definition {self._definition(value) or _name(value)}"
            case _:
                named = self._definition(value)
                return f"definition {named}" if named else self._container(value)

    def _container(self, value: object) -> str:
        kind = type(value)
        if kind is list or kind is tuple:
            return f"{kind.__name__} {self._each(cast('Iterable[object]', value))}"
        if kind is set or kind is frozenset:
            texts = sorted(map(self._text, cast("Iterable[object]", value)))
            return f"{kind.__name__} {texts}"
        if kind is dict:
            return f"dict {self._each(cast('dict[object, object]', value).items())}"
        try:
            return self._object(value)
        except RecursionError:
            raise
        except Exception:  # noqa: BLE001 - whatever is in the way of pickling it
            return self._left_out(value)

    def _each(self, values: Iterable[object]) -> str:
        return ",".join(map(self._text, values))

    def _object(self, value: object) -> str:
        """An object, by how pickle would make it again."""
        reduce = copyreg.dispatch_table.get(type(value))
        reduced: Any = value.__reduce_ex__(_PROTOCOL) if reduce is None else reduce(value)
        if isinstance(reduced, str):
            return f"global {_name(type(value))} {reduced}"
        make, arguments, state, elements, entries = (*reduced, None, None, None, None)[:5]
        parts = [make, arguments, state, list(elements or ()), list(entries or ())]
        return f"object {self._each(parts)}"

    def _left_out(self, value: object) -> str:
        self.opaque = True
        return f"some {self._text(type(value))}"


def _name(value: object) -> str:
    named = value.__name__ if isinstance(value, ModuleType) else _qualified(value)
    return f"{type(value).__name__} {named}"


def _qualified(value: Any) -> str:
    return f"{value.__module__}.{value.__qualname__}"
