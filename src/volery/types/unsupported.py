"""What to do about annotations that no family handles."""

from __future__ import annotations

from typing import Any, Final, ForwardRef, TypeVar, get_origin

from volery.errors import UnsupportedType
from volery.types.hints import is_alias
from volery.types.mismatch import preview

_KNOWN: Final = {
    "list": "say what it holds: list[int]",
    "Sequence": "say what it holds: Sequence[int]",
    "MutableSequence": "say what it holds: list[int]",
    "dict": "say what it holds: dict[str, int], or declare a dataclass",
    "Mapping": "say what it holds: Mapping[str, int]",
    "MutableMapping": "say what it holds: dict[str, int]",
    "tuple": "say what it holds: tuple[int, str], or tuple[int, ...] for any length",
    "Any": "declare the type that comes, a union of those that may come, or a dataclass",
    "object": "declare the type that comes, a union of those that may come, or a dataclass",
    "Union": "say of what: int | str",
    "Optional": "say of what: int | None",
    "Literal": "say which values: Literal['a', 'b']",
    "set": "pass a list, and make a set of it in the task",
    "frozenset": "pass a list, and make a set of it in the task",
    "Iterable": "declare list[...]: the values have to be there to travel",
    "Iterator": "declare list[...]: the values have to be there to travel",
    "Generator": "declare list[...]: the values have to be there to travel",
    "Collection": "declare list[...]: the values have to be there to travel",
    "Decimal": "pass a str, and make a Decimal of it in the task",
    "complex": "pass the two floats: tuple[float, float]",
    "bytearray": "declare bytes",
    "Path": "pass a str, and make a Path of it in the task",
    "UUID": "pass a str, and make a UUID of it in the task",
    "Callable": "pass data; call tasks for what is to be done",
}
"""Hints, by the name of an annotation or of its origin in the standard library."""

_MODULES: Final = ("builtins", "typing", "collections.abc", "decimal", "pathlib", "uuid")
"""Where these come from; Python 3.13 has Path in ``pathlib._local``."""


_GENERIC: Final = "declare a dataclass (NamedTuple, enum), or pass the parts that the task needs"


def unsupported(annotation: Any) -> UnsupportedType:
    """The error for an annotation that no family handles."""
    return UnsupportedType(f"no codec handles {_shown(annotation)}", hint=_hint(annotation))


def _shown(annotation: Any) -> str:
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation.__qualname__
    return preview(annotation)


def _hint(annotation: Any) -> str:
    if isinstance(annotation, str | ForwardRef):
        return "it is text: resolve it with typing.get_type_hints, or write the type itself"
    if isinstance(annotation, TypeVar):
        return "tasks are not generic: declare the type that comes"
    subject = get_origin(annotation) or annotation
    if is_alias(subject):
        return "write out what it stands for: a type statement with parameters is not resolved"
    if hasattr(subject, "__dataclass_fields__"):
        return f"declare a class without type parameters in place of {subject.__qualname__}"
    name = getattr(subject, "__name__", None) or getattr(subject, "_name", "")
    module: str = getattr(subject, "__module__", "")
    known = _KNOWN.get(name) if module.removesuffix("._local") in _MODULES else None
    if known is None and not callable(subject):
        return "it is a value, not a type"
    return known or _GENERIC
