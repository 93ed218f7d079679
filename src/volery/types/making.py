"""Makes the codec of one annotation, with those of its parts.

Every class is made once, however often and deep it is mentioned. Classes that contain each other
make a group: inside it they stand for each other by name (`RecursiveType`), outside each is a
record that defines the others. Groups are found as Tarjan finds strongly connected components.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from volery.errors import UnsupportedType
from volery.ir.interface import Constraint
from volery.ir.types import LiteralType, RecordType, RecursiveType, named
from volery.ir.values import Wire
from volery.types.codec import Codec, constraints_of
from volery.types.hints import class_name


class CodecFor(Protocol):
    """How a factory gets the codecs of the parts of its annotation."""

    def __call__(
        self, annotation: Any, step: str = "", *, otherwise: Factory | None = None
    ) -> Codec:
        """The codec of a part.

        Args:
            annotation: the part.
            step: how errors write the way to it, such as ``.price`` or ``[]``.
            otherwise: makes the codec of what no family handles, in the part and in the parts of
                it that are no classes of their own.
        """
        ...


Factory: TypeAlias = "Callable[[Any, CodecFor], Codec]"


class Making:
    """The codecs of an annotation and its parts, while they are made.

    Args:
        factory_of: finds the family of an annotation.
        otherwise: makes the codec of what no family handles, where the family of what it stands in
            has nothing of its own for that.
    """

    def __init__(
        self, factory_of: Callable[[Any], Factory], otherwise: Factory | None = None
    ) -> None:
        self._factory_of = factory_of
        self._otherwise = otherwise
        self._made: dict[type, Codec] = {}
        self._open: dict[type, _Reference] = {}  # classes under way, or whose group is, in order
        self._oldest = 0  # place in `_open` of the oldest class that the present one contains

    def codec(self, annotation: Any, path: str, otherwise: Factory | None = None) -> Codec:
        """The codec of an annotation at a path; `otherwise` as in `CodecFor`.

        Raises:
            UnsupportedType: no family handles it; carries the path of the innermost annotation.
        """
        try:
            factory = self._factory(annotation, otherwise)
            if isinstance(annotation, type) and factory is not otherwise:
                return self._of_class(annotation, path, factory)
            return self._make(factory, annotation, path, otherwise)
        except UnsupportedType as error:
            if error.path is None:
                error.path = path
                error.message += "" if path == "$" else f", at {path}"
            raise

    def _factory(self, annotation: Any, otherwise: Factory | None) -> Factory:
        try:
            return self._factory_of(annotation)
        except UnsupportedType:
            fallback = otherwise or self._otherwise
            if fallback is None:
                raise
            return fallback

    def _make(
        self, factory: Factory, annotation: Any, path: str, inherited: Factory | None = None
    ) -> Codec:
        def codec_for(
            annotation: Any, step: str = "", *, otherwise: Factory | None = inherited
        ) -> Codec:
            return self.codec(annotation, path + step, otherwise)

        return factory(annotation, codec_for)

    def _of_class(self, cls: type, path: str, factory: Factory) -> Codec:
        if cls in self._made:
            return self._made[cls]
        if cls in self._open:
            self._oldest = min(self._oldest, list(self._open).index(cls))
            return self._open[cls]
        place, around = len(self._open), self._oldest
        reference = self._open[cls] = _Reference(RecursiveType(class_name(cls)))
        self._oldest = place
        reference.codec = self._make(factory, cls, path)
        oldest, self._oldest = self._oldest, min(self._oldest, around)
        if oldest < place:  # it belongs to the group of a class that is still under way
            return reference
        group = {each: self._open.pop(each).codec for each in list(self._open)[place:]}
        self._made |= group if len(group) == 1 else _whole(group)
        return self._made[cls]


class _Reference:
    """A codec that was made, or is yet to be, under the type that stands for it."""

    __slots__ = ("codec", "type")

    codec: Codec

    def __init__(self, kind: LiteralType) -> None:
        self.type = kind

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """Those of a class that is still being made are left to it: recursion ends here."""
        return constraints_of(self.codec) if hasattr(self, "codec") else ()

    def to_wire(self, value: Any, path: str) -> Wire:
        return self.codec.to_wire(value, path)

    def from_wire(self, wire: Wire, path: str) -> Any:
        return self.codec.from_wire(wire, path)


def _whole(group: Mapping[type, Codec]) -> dict[type, Codec]:
    """The codecs of classes that contain each other, with types that define the others."""
    records = [each.type for each in group.values() if isinstance(each.type, RecordType)]
    if len({each.name for each in records}) < len(group):
        classes = " and ".join(map(class_name, group))
        raise UnsupportedType(
            f"{classes} contain each other",
            hint="only records (dataclasses, models, TypedDicts, ...) with different names may",
        )
    first, *others = records
    types = named(RecordType(first.name, first.fields, tuple(others)))
    whole: dict[type, Codec] = {}
    for cls, codec in group.items():
        whole[cls] = reference = _Reference(types[class_name(cls)])
        reference.codec = codec
    return whole
