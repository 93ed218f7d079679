"""Which codec handles an annotation.

An ordered list of families, each a predicate and a factory; the first whose predicate holds makes
the codec, once per annotation. Families of users and plugins stand in front of the builtin ones.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, Final, cast, get_args

from volery.errors import UnsupportedType
from volery.types.builtin import BUILTIN
from volery.types.codec import Codec
from volery.types.making import CodecFor, Factory, Making
from volery.types.marks import is_opaque
from volery.types.mismatch import preview
from volery.types.unsupported import unsupported

Predicate = Callable[[Any], bool]

_PICKLE: Final = "volery.types.builtin.pickle"

_registered: list[tuple[Predicate, Factory]] = []
_cache: dict[object, Codec] = {}


def codec_for(annotation: Any, *, pickle_untyped: bool = False) -> Codec:
    """The codec of an annotation: the same object for equal annotations.

    The caller has resolved string annotations.

    Args:
        annotation: what to handle.
        pickle_untyped: pickle every part that no family handles, ``Any`` among them.

    Raises:
        UnsupportedType: no family handles the annotation or a part of it; the error names the part,
            its path and the way out.
    """
    key = _key(annotation), pickle_untyped
    codec = _cache.get(key)
    if codec is None:
        making = Making(_factory_of, _pickled if pickle_untyped else None)
        try:
            codec = _cache.setdefault(key, making.codec(annotation, "$"))
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
    factory = _found(annotation)
    if factory is None:
        raise _refused(annotation)
    return factory


def _pickled(annotation: Any, codec_for: CodecFor) -> Codec:
    if not is_opaque(annotation):
        raise _refused(annotation)
    return _made_by(_PICKLE)(annotation, codec_for)


def _found(annotation: Any) -> Factory | None:
    """The family of an annotation; plugins are asked for theirs when nobody else has one."""
    factory = _among_registered(annotation)
    if factory is not None:
        return factory
    for predicate, module in BUILTIN:
        if predicate(annotation):
            return _made_by(module)
    from volery.registry import load_plugins

    load_plugins()
    return _among_registered(annotation)


def _among_registered(annotation: Any) -> Factory | None:
    return next((factory for holds, factory in _registered if holds(annotation)), None)


def _refused(annotation: Any) -> UnsupportedType:
    from volery.registry import failures

    error = unsupported(annotation)
    for plugin, reason in failures().items():
        error.message += f"; plugin {plugin} cannot be loaded: {reason}"
    return error


def _made_by(module: str) -> Factory:
    return cast("Factory", importlib.import_module(module).codec)


def _key(annotation: Any) -> object:
    """What tells annotations apart.

    Python takes ``Literal["a", "b"]`` and ``Literal["b", "a"]`` for equal; their types are not. An
    annotation that cannot be hashed (its metadata cannot) is told by its text and its parts; so are
    columns, for two classes may have one name.
    """
    if isinstance(annotation, type):
        return annotation
    if isinstance(annotation, Mapping):
        columns = cast("Mapping[str, Any]", annotation)
        return tuple((name, _key(each)) for name, each in columns.items())
    try:
        hash(annotation)
    except TypeError:
        return repr(annotation), *map(_key, get_args(annotation))
    return annotation, repr(annotation)
