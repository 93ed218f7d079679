"""What annotations mean: text and names resolved."""

from __future__ import annotations

import re
from typing import Any, Final, NewType, TypeVar, get_args, get_origin, get_type_hints

from volery.errors import UnsupportedType


def is_alias(annotation: Any) -> bool:
    """Whether an annotation stands for another.

    `Annotated`, `Final`, `NewType` and the name in a ``type`` statement do.
    """
    return (
        hasattr(annotation, "__metadata__")
        or get_origin(annotation) is Final
        or isinstance(annotation, NewType)
        or _is_statement(annotation)
        or _is_statement(get_origin(annotation))
    )


def behind(alias: Any) -> Any:
    """The annotation that an alias stands for; it may be an alias, too.

    Raises:
        UnsupportedType: it cannot be resolved.
    """
    if hasattr(alias, "__metadata__") or get_origin(alias) is Final:
        return get_args(alias)[0]
    if isinstance(alias, NewType):
        return alias.__supertype__
    statement = alias if _is_statement(alias) else get_origin(alias)
    try:
        value = statement.__value__
    except NameError as error:
        raise UnsupportedType(
            f"type {alias}: {error}", hint="import it outside `if TYPE_CHECKING`"
        ) from None
    return _filled(value, dict(zip(statement.__type_params__, get_args(alias), strict=False)))


def _is_statement(annotation: Any) -> bool:
    """Whether an annotation is the name in a ``type`` statement."""
    return type(annotation).__name__ == "TypeAliasType"  # also the one of typing_extensions


def _filled(value: Any, given: dict[Any, Any]) -> Any:
    """What a ``type`` statement says, with types in place of its parameters."""
    if isinstance(value, TypeVar):
        return given.get(value, value)
    parameters = getattr(value, "__parameters__", ())
    return value[tuple(given.get(each, each) for each in parameters)] if parameters else value


def meaning(annotation: Any) -> Any:
    """What an annotation stands for in the end: itself, unless it is an alias."""
    while is_alias(annotation):
        annotation = behind(annotation)
    return annotation


def class_name(cls: type) -> str:
    """The full name of a class: what a literal type says of it."""
    return f"{cls.__module__}.{cls.__qualname__}"


def hints_of(cls: type) -> dict[str, Any]:
    """The annotations of a class and its bases, with strings resolved and metadata kept.

    Raises:
        UnsupportedType: one of them cannot be resolved; the error names the class and the field.
    """
    try:
        return get_type_hints(cls, include_extras=True)
    except NameError:
        return _hints_with_itself(cls)
    except (AttributeError, SyntaxError, TypeError) as error:
        raise UnsupportedType(
            f"an annotation of {cls.__qualname__} cannot be resolved: {error}",
            hint="write types themselves, or text that is a valid type where the class is defined",
        ) from None


def _hints_with_itself(cls: type) -> dict[str, Any]:
    """The same for a class made inside a function, where Python does not find its own name."""
    try:
        return get_type_hints(cls, localns={cls.__name__: cls}, include_extras=True)
    except NameError as error:
        raise UnsupportedType(
            f"{cls.__qualname__}.{_field_with(cls, error.name)}: {error.name} is not defined where "
            "the class is",
            hint="import it outside `if TYPE_CHECKING`, and define it at the top of a module",
        ) from None


def _field_with(cls: type, name: str | None) -> str:
    """The field whose annotation mentions a name."""
    annotated = (item for base in cls.__mro__ for item in _annotations(base).items())
    word = re.compile(rf"\b{name}\b")
    return next((field for field, text in annotated if word.search(str(text))), "?")


def _annotations(cls: type) -> dict[str, Any]:
    return vars(cls).get("__annotations__", {})
