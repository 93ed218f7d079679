"""What to do about annotations that no family handles."""

from __future__ import annotations

from typing import Any, Final, ForwardRef, TypeVar, get_origin

from volery.errors import UnsupportedType
from volery.types.mismatch import preview

_PICKLED: Final = "Annotated[..., Pickle] or @task(pickle_untyped=True) has it pickled"

_KNOWN: Final = {
    "dict": "say what it holds: dict[str, int]",
    "tuple": "say what it holds: tuple[int, str], or tuple[int, ...] for any length",
    "set": "say what it holds: set[int]",
    "frozenset": "say what it holds: frozenset[int]",
    "Set": "say what it holds: set[int]",
    "MutableSet": "say what it holds: set[int]",
    "Any": f"declare the type that comes, or a union of those that may come; {_PICKLED}",
    "object": f"declare the type that comes, or a union of those that may come; {_PICKLED}",
    "Union": "say of what: int | str",
    "Optional": "say of what: int | None",
    "Literal": "say which values: Literal['a', 'b']",
    "Iterator": "say what it gives: Iterator[int]",
    "Iterable": "say what it gives: Iterable[int]",
    "Generator": "say what it gives: Iterator[int]",
    "Collection": "declare list[...] or Iterator[...]",
    "OrderedDict": "declare dict[...], which keeps the order, too",
    "defaultdict": "declare dict[...]",
    "Counter": "declare dict[..., int]",
    "deque": "declare list[...]",
    "range": "declare list[int]",
    "bytearray": "declare bytes",
    "memoryview": "declare bytes",
    "Callable": "pass data; call tasks for what is to be done",
}
"""Hints, by the name of an annotation or of its origin in the standard library."""

_MODULES: Final = ("builtins", "typing", "collections", "collections.abc")
"""Where these come from."""

_GENERIC: Final = f"declare a dataclass (model, TypedDict, enum) of what the task needs; {_PICKLED}"
_HIDDEN: Final = "a secret must not be written down with a value: have the task ask for it"


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
    if any(hasattr(subject, name) for name in _RECORDS):
        return f"declare a class without type parameters in place of {subject.__qualname__}"
    if hasattr(subject, "get_secret_value"):  # of pydantic
        return _HIDDEN
    if hasattr(subject, "__get_pydantic_core_schema__"):
        return "declare a model of pydantic with a field of this type"
    name = getattr(subject, "__name__", None) or getattr(subject, "_name", "")
    module: str = getattr(subject, "__module__", "")
    known = _KNOWN.get(name) if module in _MODULES else None
    if known is None and not callable(subject):
        return "it is a value, not a type"
    return known or _GENERIC


_RECORDS: Final = (
    "__dataclass_fields__", "__attrs_attrs__", "__struct_fields__", "__required_keys__", "_fields",
)  # fmt: skip
"""Marks of classes with fields; those that are handled are not generic."""
