"""Plain ``dict`` and ``list``: what JSON can say, its structure unknown.

So are ``dict[str, Any]`` and ``list[Any]``, and pydantic's ``JsonValue``. Inside there are None,
bool, int, float, str, lists and dicts with keys that are str or int, each of exactly that type:
whatever else a program may put there would come out as something else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set as AbstractSet
from enum import Enum
from itertools import chain
from operator import methodcaller
from typing import Any, Final, Literal, get_origin

from volery.ir.types import JsonType, show
from volery.ir.values import BIG_INT, Ext, Wire
from volery.types.builtin.primitive import PRIMITIVES, Primitive
from volery.types.codec import Codec
from volery.types.exact import is_dict, is_list
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch, step

_DEEPEST: Final = 200
"""Levels of lists and dicts, at most: few enough for the stack of every reader."""

_LEAVES: Final[dict[Any, Primitive]] = {
    each: PRIMITIVES[each] for each in (type(None), bool, int, float, str)
}
_KEYS: Final = frozenset({str, int})
_VALUES: Final = methodcaller("values")

Leaf = Callable[[Any, str], Any]


class JsonCodec:
    """JSON of one shape."""

    __slots__ = ("_python", "type")

    def __init__(self, shape: Literal["any", "list", "dict"]) -> None:
        self.type = JsonType(shape)
        self._python: type = {"any": object, "list": list, "dict": dict}[shape]

    def plain(self, values: Collection[Any]) -> bool:
        """Whether all these values are their own wire form (see `volery.types.plain`)."""
        return all(map(self._has_shape, values)) and _are_plain(values)

    def to_wire(self, value: Any, path: str) -> Wire:
        if not self._has_shape(value):
            raise mismatch(show(self.type), value, path, hint=self._hint(value))
        return value if _are_plain((value,)) else _copy(value, path, _leaf_to_wire, 0)

    def from_wire(self, wire: Wire, path: str) -> Any:
        if not self._has_shape(wire):
            raise mismatch(show(self.type), wire, path)
        return wire if _are_plain((wire,)) else _copy(wire, path, _leaf_from_wire, 0)

    def _has_shape(self, value: Any) -> bool:
        return self._python is object or type(value) is self._python

    def _hint(self, value: Any) -> str | None:
        alike = isinstance(value, _ALIKE.get(self._python, ()))
        return f"pass {self._python.__name__}(...) of it" if alike else None


def _are_plain(values: Collection[Any]) -> bool:
    """Whether values are JSON that stands for itself; False where that has yet to be seen.

    Walks level by level, so that many rows are looked at as one.

    Raises RecursionError, of which `volery.types.packing` makes a TypeMismatch.
    """
    for _ in range(_DEEPEST + 1):
        below: list[Any] = []
        for kind, some in _by_type(values):
            if kind is list:
                below.extend(chain.from_iterable(_distinct(some)))
            elif kind is dict:
                dicts = _distinct(some)
                if not _are_plain_keys(dicts):
                    return False
                below.extend(chain.from_iterable(map(_VALUES, dicts)))
            elif kind not in _LEAVES or not _LEAVES[kind].plain(some):
                return False
        if not below:
            return True
        values = below
    raise RecursionError


def _by_type(values: Collection[Any]) -> Iterator[tuple[type, Collection[Any]]]:
    kinds = set(map(type, values))
    if len(kinds) == 1:
        yield kinds.pop(), values
        return
    for kind in kinds:
        yield kind, [each for each in values if type(each) is kind]


def _distinct(values: Iterable[Any]) -> Collection[Any]:
    """Each object once: what contains itself twice would double at every level."""
    return {id(each): each for each in values}.values()


def _are_plain_keys(dicts: Collection[Any]) -> bool:
    if not _KEYS.issuperset(map(type, chain.from_iterable(dicts))):
        return False
    return _are_plain(set(chain.from_iterable(dicts)))


def _copy(value: Any, path: str, leaf: Leaf, depth: int) -> Any:
    """JSON with its leaves translated. Raises TypeMismatch with the path of what is no JSON."""
    if depth > _DEEPEST:
        raise RecursionError
    if is_list(value):
        return [_copy(each, f"{path}[{at}]", leaf, depth + 1) for at, each in enumerate(value)]
    if is_dict(value):
        for key in value:
            if type(key) not in _KEYS or not _are_plain((key,)):
                expected = "a key that is text or an int of 64 bits"
                raise mismatch(expected, key, step(path, key), hint=_KEY_HINT)
        return {key: _copy(each, step(path, key), leaf, depth + 1) for key, each in value.items()}
    return leaf(value, path)


def _leaf(value: Any) -> Primitive | None:
    return _LEAVES.get(type(value))


def _leaf_to_wire(value: Any, path: str) -> Wire:
    leaf = _leaf(value)
    if leaf is None:
        raise mismatch("JSON", value, path, hint=_hint(value))
    return leaf.to_wire(value, path)


def _leaf_from_wire(wire: Wire, path: str) -> Any:
    if type(wire) is Ext and wire.code == BIG_INT:
        return _LEAVES[int].from_wire(wire, path)
    leaf = _leaf(wire)
    if leaf is None:
        raise mismatch("JSON", wire, path)
    return leaf.from_wire(wire, path)


_KEY_HINT: Final = "declare what it is: dict[date, float], for example"


def _hint(value: Any) -> str:
    """What to do about an object that is no JSON."""
    if isinstance(value, Enum):
        return "pass its .value, or declare the enum"
    if hasattr(value, "tolist"):
        return "pass its .tolist()"
    for python, alike in _ALIKE.items():
        if isinstance(value, alike):
            return f"pass {python.__name__}(...) of it, or declare what it is"
    return "declare what it is, as a field of a dataclass or a TypedDict"


_ALIKE: Final[dict[type, tuple[type, ...]]] = {
    dict: (Mapping,), list: (list, tuple, AbstractSet), int: (int,), float: (float,), str: (str,),
}  # fmt: skip
"""What can be made of objects of which other classes."""


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    python: Any = get_origin(annotation) or annotation
    if not isinstance(python, type):
        return JsonCodec("any")
    return JsonCodec("dict" if issubclass(python, Mapping) else "list")
