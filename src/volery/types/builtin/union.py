"""``Optional[T]``, ``Union[...]`` and ``X | Y``.

Which variant a value belongs to is decided by trying. Variants of exactly the value's Python type
come first, so an int given for ``int | float`` is the int; of those, exactly one has to take it.

Variants stand in the order of their tags, None last: Python holds ``int | str`` and ``str | int``
for equal, so they have to be one type here too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Annotated, Any, Literal, get_args, get_origin

from volery.errors import TypeMismatch, UnsupportedType, suggest
from volery.ir.types import NONE, UnionType, show, tag
from volery.ir.values import Wire
from volery.types.codec import Codec, constraints_of
from volery.types.exact import is_list
from volery.types.hints import is_alias, meaning
from volery.types.making import CodecFor
from volery.types.mismatch import ConstraintMismatch, mismatch, preview
from volery.types.plain import plainness


class OptionalCodec:
    """None, whose wire form is nil, or what another codec takes."""

    __slots__ = ("_codec", "_plain", "constraints", "type")

    def __init__(self, kind: UnionType, codec: Codec) -> None:
        self.type = kind
        self.constraints = constraints_of(codec)
        self._codec = codec
        self._plain = plainness(codec)

    def plain(self, values: Collection[Any]) -> bool:
        """Whether all these values are their own wire form (see `volery.types.plain`)."""
        return self._plain([value for value in values if value is not None])

    def to_wire(self, value: Any, path: str) -> Wire:
        if value is None:
            return None
        try:
            return self._codec.to_wire(value, path)
        except TypeMismatch as error:
            if error.path != path or isinstance(error, ConstraintMismatch):
                raise
            raise mismatch(show(self.type), value, path, hint=error.hint) from None

    def from_wire(self, wire: Wire, path: str) -> Any:
        return None if wire is None else self._codec.from_wire(wire, path)


class TaggedCodec:
    """One of several types other than None; the wire form is a pair of tag and value."""

    __slots__ = ("_by_python", "_by_tag", "_others", "type")

    def __init__(self, kind: UnionType, variants: Iterable[tuple[Collection[type], Codec]]) -> None:
        self.type = kind
        self._by_tag: dict[str, Codec] = {}
        exact: defaultdict[type, set[str]] = defaultdict(set)
        for python, codec in variants:
            word = tag(codec.type)
            self._by_tag[word] = codec
            for each in python:
                exact[each].add(word)
        self._by_python = {
            each: (words, self._by_tag.keys() - words) for each, words in exact.items()
        }
        self._others = (set[str](), set(self._by_tag))

    def to_wire(self, value: Any, path: str) -> Wire:
        given: object = value
        groups = self._by_python.get(type(given), self._others)
        refusals: list[TypeMismatch] = []
        for words in groups:
            taken: list[list[Wire]] = []
            for word in words:
                try:
                    taken.append([word, self._by_tag[word].to_wire(value, path)])
                except TypeMismatch as error:
                    refusals.append(error)
            if len(taken) == 1:
                return taken[0]
            if taken:
                raise self._ambiguous(value, path, [word for word, _ in taken])
        if len(groups[0]) == 1 and (
            refusals[0].path != path or isinstance(refusals[0], ConstraintMismatch)
        ):
            raise refusals[0]  # it is clear what was meant, and this says what is wrong inside
        raise mismatch(show(self.type), value, path)

    def from_wire(self, wire: Wire, path: str) -> Any:
        if not is_list(wire) or len(wire) != 2 or type(wire[0]) is not str:
            raise mismatch(show(self.type), wire, path)
        word, inner = wire
        if word not in self._by_tag:
            raise mismatch(show(self.type), wire, path, hint=suggest(word, self._by_tag))
        return self._by_tag[word].from_wire(inner, path)

    def _ambiguous(self, value: Any, path: str, tags: list[str]) -> TypeMismatch:
        fitting = " and ".join(sorted(show(self._by_tag[word].type) for word in tags))
        hint = f"{fitting} take it alike: declare only one of them, or wrap them in dataclasses"
        return mismatch(f"one variant of {show(self.type)}", value, path, hint=hint)


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    pairs = list(_variants(annotation, codec_for))
    some = [pair for pair in pairs if pair[1].type != NONE]
    some.sort(key=lambda pair: tag(pair[1].type))
    none = () if len(some) == len(pairs) else (NONE,)
    kind = UnionType((*(codec.type for _, codec in some), *none))
    for word, alike in groupby(some, key=lambda pair: tag(pair[1].type)):
        if len(list(alike)) > 1:
            raise UnsupportedType(
                f"{annotation} has variants that cannot be told apart: "
                f"values of each are stored as {word}",
                hint="leave one of them out, or wrap them in dataclasses",
            )
    inner = TaggedCodec(kind, some) if len(some) > 1 else some[0][1]
    return OptionalCodec(kind, inner) if none else inner


def _variants(annotation: Any, codec_for: CodecFor) -> Iterator[tuple[Collection[type], Codec]]:
    """The variants with the Python types of their objects; an alias of a union gives its own."""
    for part in _parts(annotation):
        codec = codec_for(part)
        if not isinstance(codec.type, UnionType):
            yield _python_types(part), codec
        elif is_alias(part):
            yield from _variants(part, codec_for)
        else:
            raise UnsupportedType(
                f"{preview(part)} is a union by itself", hint="declare it outside of this one"
            )


def _parts(annotation: Any) -> Iterable[Any]:
    """The variants of a union, or of an alias of one; what marks the whole marks each of them."""
    parts = get_args(meaning(annotation))
    metadata = getattr(annotation, "__metadata__", ())
    return [Annotated[part, *metadata] for part in parts] if metadata else parts


def _python_types(annotation: Any) -> Collection[type]:
    """The types whose objects are exactly what an annotation means."""
    annotation = meaning(annotation)
    origin: Any = get_origin(annotation)
    if origin is Literal:
        values: tuple[object, ...] = get_args(annotation)
        return set(map(type, values))
    if hasattr(annotation, "__required_keys__"):
        return {dict}  # the objects of a TypedDict
    return {type(None) if annotation is None else origin or annotation}
