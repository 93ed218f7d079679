"""Marks: what users write in ``Annotated[...]`` to say how values are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin

from volery.types.hints import meaning


class Pickle:
    """Says that objects are to be pickled: ``Annotated[Model, Pickle]``.

    Any object that cloudpickle takes can be one. Pickles are read by running what they say, so they
    should come from nobody but your own tasks; and they are read by code that has the same classes
    and the same versions of libraries.
    """


class HashMethod:
    """Says by what a value is known: ``Annotated[Frame, HashMethod(version_of)]``.

    Two values are the same one, for caches and lineage, if the function gives the same text for
    both, whatever their bytes are. It is called where a value is made, not where it is read.

    Args:
        function: gives the text of a value. It is not called for None.
    """

    __slots__ = ("function",)

    def __init__(self, function: Callable[[Any], str]) -> None:
        self.function = function

    def __repr__(self) -> str:
        name = getattr(self.function, "__qualname__", repr(self.function))
        return f"HashMethod({name})"


class Untyped:
    """Says that all parts of an annotation that no other codec handles are to be pickled."""


def untyped(annotation: Any) -> Any:
    """An annotation with the mark."""
    return Annotated[annotation, Untyped]


def is_opaque(annotation: Any) -> bool:
    """Whether an annotation can be said of objects that nothing more is known of."""
    return annotation is Any or isinstance(get_origin(annotation) or annotation, type)


def is_marked(annotation: Any, marker: type) -> bool:
    """Whether a marker, or an object of it, stands in the metadata of an annotation."""
    metadata = getattr(annotation, "__metadata__", ())
    return any(each is marker or isinstance(each, marker) for each in metadata)


def parts_of(annotation: Any) -> tuple[Any, ...]:
    """The arguments of what an annotation stands for; those of an untyped one are untyped too."""
    parts = get_args(meaning(annotation))
    return tuple(map(untyped, parts)) if is_marked(annotation, Untyped) else parts
