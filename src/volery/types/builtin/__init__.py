"""The builtin families, in the order in which they are asked.

Each is a module with a factory called `codec`, imported when an annotation needs it first.
A predicate must not import what its family is about.
"""

from __future__ import annotations

import types
from collections.abc import (
    Callable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    MutableMapping,
    MutableSequence,
    MutableSet,
    Sequence,
    Set as AbstractSet,
)
from enum import Enum
from typing import Any, Final, Literal, Union, get_args, get_origin

from volery.types.frames.classes import is_frame
from volery.types.hints import is_alias
from volery.types.marks import HashMethod, Pickle, Untyped, is_marked, said_in

_PRIMITIVES: Final = frozenset({type(None), bool, int, float, str, bytes})
_PATHS: Final = (
    "Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath", "PureWindowsPath",
)  # fmt: skip


def _is_primitive(annotation: Any) -> bool:
    return annotation is None or (isinstance(annotation, type) and annotation in _PRIMITIVES)


def _is_one_of(module: str, *names: str) -> Callable[[Any], bool]:
    """Whether an annotation is one of these classes itself; Python 3.13 has ``pathlib._local``."""

    def holds(annotation: Any) -> bool:
        return (
            isinstance(annotation, type)
            and annotation.__qualname__ in names
            and annotation.__module__.removesuffix("._local") == module
        )

    return holds


def _is_enum(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Enum)


def _is_named_tuple(annotation: Any) -> bool:
    return (
        isinstance(annotation, type)
        and hasattr(annotation, "_fields")
        and issubclass(annotation, tuple)
    )


def _has_attribute(name: str) -> Callable[[Any], bool]:
    """Whether an annotation is a class with an attribute by which its kind is known."""
    return lambda annotation: isinstance(annotation, type) and hasattr(annotation, name)


def _is_json(annotation: Any) -> bool:
    """Whether an annotation is a plain list or dict, or says no more than one."""
    if getattr(annotation, "__module__", "") == "pydantic.types":
        return getattr(annotation, "__name__", "") == "JsonValue"
    kind, parts = get_origin(annotation) or annotation, get_args(annotation)
    if kind in (list, Sequence, MutableSequence):
        return parts in ((), (Any,))
    return kind in (dict, Mapping, MutableMapping) and parts in ((), (str, Any))


def _has_origin(*origins: object) -> Callable[[Any], bool]:
    """Whether an annotation is one of these with something in brackets."""

    def holds(annotation: Any) -> bool:
        return (
            get_origin(annotation) in origins
            and hasattr(annotation, "__args__")
            and not getattr(annotation, "__unpacked__", False)
        )

    return holds


def _has_mark(marker: type) -> Callable[[Any], bool]:
    """Whether a marker, or an object of it, stands in the metadata of an annotation."""
    return lambda annotation: is_marked(annotation, marker)


def _has_constraints(annotation: Any) -> bool:
    """Whether the metadata of an annotation says what its values keep to."""
    return bool(said_in(getattr(annotation, "__metadata__", ())))


def _is_class(module: str, name: str) -> Callable[[Any], bool]:
    """Whether an annotation is a class, of a library that may be missing, or a child of it."""

    def holds(annotation: Any) -> bool:
        return isinstance(annotation, type) and any(
            each.__module__ == module and each.__qualname__ == name for each in annotation.__mro__
        )

    return holds


def _is_frame(annotation: Any) -> bool:
    return is_frame(get_args(annotation)[0] if _is_annotated(annotation) else annotation)


def _is_structured_dataset(annotation: Any) -> bool:
    cls = get_args(annotation)[0] if _is_annotated(annotation) else annotation
    return getattr(cls, "__qualname__", "") == "StructuredDataset" and (
        cls.__module__ == "volery.types.structured_dataset"
    )


def _is_annotated(annotation: Any) -> bool:
    return hasattr(annotation, "__metadata__")


def _is_numpy_array(annotation: Any) -> bool:
    cls = get_origin(annotation) or annotation
    return isinstance(cls, type) and (cls.__module__, cls.__qualname__) == ("numpy", "ndarray")


def _is_file_like(*names: tuple[str, str]) -> Callable[[Any], bool]:
    """Whether an annotation is one of these classes, by module and name, perhaps with metadata."""

    def holds(annotation: Any) -> bool:
        bare = annotation.__origin__ if hasattr(annotation, "__metadata__") else annotation
        cls = get_origin(bare) or bare
        return isinstance(cls, type) and (cls.__module__, cls.__qualname__) in names

    return holds


_is_file = _is_file_like(
    ("volery.types.file", "File"), ("os", "PathLike"), ("typing", "TextIO"), ("typing", "BinaryIO")
)
_is_directory = _is_file_like(("volery.types.directory", "Directory"))

_HERE: Final = "volery.types.builtin."

BUILTIN: Final[tuple[tuple[Callable[[Any], bool], str], ...]] = (
    (_is_primitive, _HERE + "primitive"),
    (_is_one_of("datetime", "datetime", "date", "time", "timedelta"), _HERE + "temporal"),
    (_is_one_of("builtins", "complex"), _HERE + "complex"),
    (_is_one_of("decimal", "Decimal"), _HERE + "decimal"),
    (_is_one_of("uuid", "UUID"), _HERE + "uuid"),
    (_is_one_of("pathlib", *_PATHS), _HERE + "path"),
    (_is_enum, _HERE + "enum"),
    (_has_origin(Literal), _HERE + "choice"),
    (_has_mark(HashMethod), _HERE + "hashed"),
    (_has_constraints, _HERE + "constrained"),
    (_has_mark(Pickle), _HERE + "pickle"),
    (_has_mark(Untyped), _HERE + "untyped"),
    (_is_json, _HERE + "json"),
    (_is_file, _HERE + "file"),
    (_is_directory, _HERE + "directory"),
    (_is_frame, _HERE + "frame"),
    (_is_structured_dataset, _HERE + "structured_dataset"),
    (is_alias, _HERE + "alias"),
    (_has_origin(Union, types.UnionType), _HERE + "union"),
    (_has_origin(list, Sequence, MutableSequence), _HERE + "sequence"),
    (_has_origin(Iterator, Iterable, Generator), _HERE + "stream"),
    (_has_origin(dict, Mapping, MutableMapping), _HERE + "mapping"),
    (_has_origin(set, frozenset, AbstractSet, MutableSet), _HERE + "sets"),
    (_has_origin(tuple), _HERE + "tuples"),
    (_is_numpy_array, _HERE + "numpy_array"),
    (_is_class("torch", "Tensor"), _HERE + "torch"),
    (_is_class("torch.nn.modules.module", "Module"), _HERE + "torch"),
    (_is_class("volery.types.torch_checkpoint", "TorchCheckpoint"), _HERE + "torch"),
    (_is_class("sklearn.base", "BaseEstimator"), _HERE + "sklearn"),
    (_is_class("PIL.Image", "Image"), _HERE + "image"),
    (_has_attribute("__required_keys__"), _HERE + "typed_dict"),
    (_has_attribute("__dataclass_fields__"), _HERE + "dataclass"),
    (_is_named_tuple, _HERE + "named_tuple"),
    (_has_attribute("__struct_fields__"), _HERE + "msgspec_struct"),
    (_has_attribute("__attrs_attrs__"), _HERE + "attrs"),
    (_is_class("pydantic.main", "BaseModel"), _HERE + "pydantic"),
    (_is_class("numpy", "generic"), _HERE + "numpy_scalar"),
)
"""Predicate and module of each family."""
