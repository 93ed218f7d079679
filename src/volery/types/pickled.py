"""What users write to have objects pickled."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin

from volery.types.hints import meaning


class Pickle:
    """Marks a type whose objects are to be pickled: ``Annotated[Model, Pickle]``.

    Any object that cloudpickle takes can be one. Pickles are read by running what they say, so they
    should come from nobody but your own tasks; and they are read by code that has the same classes
    and the same versions of libraries.
    """


class Untyped:
    """Marks an annotation of whose parts all that no other codec handles are to be pickled."""


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
