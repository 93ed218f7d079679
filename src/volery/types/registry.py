"""Which codec handles an annotation.

An ordered list of families, each a predicate and a factory; the first whose predicate holds makes
the codec, once per annotation. Families of users and plugins stand in front of the builtin ones.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, cast, get_args

from volery.errors import UnsupportedType
from volery.types.builtin import BUILTIN
from volery.types.codec import Codec
from volery.types.making import Factory, Making
from volery.types.mismatch import preview
from volery.types.unsupported import unsupported

Predicate = Callable[[Any], bool]

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
        try:
            codec = _cache.setdefault(key, Making(_factory_of).codec(annotation, "$"))
        except RecursionError:
            raise UnsupportedType(
                f"{preview(annotation)} is nested too deeply",
                hint="a type that contains itself has to be a dataclass or NamedTuple",
            ) from None
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
    annotation that cannot be hashed (its metadata cannot) is told by its text and its parts.
    """
    if isinstance(annotation, type):
        return annotation
    try:
        hash(annotation)
    except TypeError:
        return repr(annotation), *map(_key, get_args(annotation))
    return annotation, repr(annotation)
