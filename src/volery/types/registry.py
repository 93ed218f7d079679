"""Which codec handles an annotation.

An ordered list of families, each a predicate and a factory; the first whose predicate holds makes
the codec, once per annotation. Families of users and plugins stand in front of the builtin ones.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from volery.errors import UnsupportedType
from volery.ir.types import RecursiveType
from volery.ir.values import Wire
from volery.types.builtin import BUILTIN
from volery.types.codec import Codec
from volery.types.unsupported import unsupported


class CodecFor(Protocol):
    """How a factory gets the codecs of the parts of its annotation."""

    def __call__(self, annotation: Any, step: str = "") -> Codec:
        """The codec of a part.

        Args:
            annotation: the part.
            step: how errors write the way to it, such as ``.price`` or ``[]``.
        """
        ...


Predicate = Callable[[Any], bool]
Factory = Callable[[Any, CodecFor], Codec]

_registered: list[tuple[Predicate, Factory]] = []
_cache: dict[object, Codec] = {}


def codec_for(annotation: Any) -> Codec:
    """The codec of an annotation: the same object for equal annotations.

    The caller has resolved string annotations.

    Raises:
        UnsupportedType: no family handles the annotation or a part of it; the error names the part,
            its path and the way out.
    """
    key = _key(annotation)
    codec = _cache.get(key)
    if codec is None:
        codec = _cache.setdefault(key, _build(annotation, "$", {}))
    return codec


def register(predicate: Predicate, factory: Factory) -> None:
    """Put a family in front of all others.

    Codecs that were made before stay valid, but `codec_for` makes new ones from now on.

    Args:
        predicate: whether the family handles an annotation. It sees ``Annotated[...]`` whole.
        factory: makes the codec of an annotation; its second argument gives the codecs of parts.
    """
    _registered.insert(0, (predicate, factory))
    _cache.clear()


class _Recursion:
    """The codec of a class inside itself: passes on to the codec that is being made."""

    __slots__ = ("codec", "type")

    codec: Codec

    def __init__(self, cls: type) -> None:
        self.type = RecursiveType(f"{cls.__module__}.{cls.__qualname__}")

    def to_wire(self, value: Any, path: str) -> Wire:
        return self.codec.to_wire(value, path)

    def from_wire(self, wire: Wire, path: str) -> Any:
        return self.codec.from_wire(wire, path)


def _build(annotation: Any, path: str, enclosing: Mapping[type, _Recursion]) -> Codec:
    """Make a codec.

    Codecs of parts are not cached: inside a recursive class they are not what they are outside.
    """
    try:
        if not isinstance(annotation, type):
            return _factory_of(annotation)(annotation, _Parts(path, enclosing))
        if annotation in enclosing:
            return enclosing[annotation]
        recursion = _Recursion(annotation)
        parts = _Parts(path, {**enclosing, annotation: recursion})
        recursion.codec = _factory_of(annotation)(annotation, parts)
    except UnsupportedType as error:
        raise _located(error, path) from None
    return recursion.codec


def _located(error: UnsupportedType, path: str) -> UnsupportedType:
    """The error with the path of the innermost annotation that it is about."""
    if error.path is None:
        error.path = path
        error.message += "" if path == "$" else f", at {path}"
    return error


class _Parts:
    """The `CodecFor` of one annotation."""

    __slots__ = ("_enclosing", "_path")

    def __init__(self, path: str, enclosing: Mapping[type, _Recursion]) -> None:
        self._path = path
        self._enclosing = enclosing

    def __call__(self, annotation: Any, step: str = "") -> Codec:
        return _build(annotation, self._path + step, self._enclosing)


def _factory_of(annotation: Any) -> Factory:
    for predicate, factory in _registered:
        if predicate(annotation):
            return factory
    for predicate, module in BUILTIN:
        if predicate(annotation):
            return cast("Factory", importlib.import_module(module).codec)
    raise unsupported(annotation)


def _key(annotation: Any) -> object:
    """What tells annotations apart.

    Python takes ``Literal["a", "b"]`` and ``Literal["b", "a"]`` for equal; their types are not. An
    annotation that cannot be hashed (its metadata cannot) is told by its text alone.
    """
    if isinstance(annotation, type):
        return annotation
    try:
        hash(annotation)
    except TypeError:
        return repr(annotation)
    return annotation, repr(annotation)
