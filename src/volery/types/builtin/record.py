"""Dataclasses: records of all their fields.

Only objects of exactly the declared class are taken: one of a subclass would lose what the subclass
adds. An object is made again through ``__init__``, so that ``__post_init__`` checks what comes from
outside; then every field is set to the value that came, whatever ``__post_init__`` made of it. A
field that is missing in stored data takes its default; a field that the class does not have is
refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Set as AbstractSet
from typing import Any

from volery.errors import TypeMismatch, UnsupportedType, suggest
from volery.ir.types import Field, RecordType
from volery.ir.values import Wire
from volery.types.codec import Codec
from volery.types.exact import is_dict
from volery.types.hints import hints_of
from volery.types.making import CodecFor
from volery.types.mismatch import at, mismatch, preview, step


class RecordCodec:
    """Objects of one class with named fields; the wire form is a map.

    Args:
        cls: the class.
        fields: name and codec of each, and whether it has to be given.
        make: makes an object with given values of fields.
    """

    __slots__ = ("_cls", "_codecs", "_make", "_required", "type")

    def __init__(
        self, cls: type, fields: Iterable[tuple[str, Codec, bool]], make: Callable[..., Any]
    ) -> None:
        listed = tuple(fields)
        self.type = RecordType(
            f"{cls.__module__}.{cls.__qualname__}",
            tuple(Field(name, codec.type, required) for name, codec, required in listed),
        )
        self._cls = cls
        self._make = make
        self._codecs = {name: codec for name, codec, _ in listed}
        self._required = {name for name, _, required in listed if required}

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is not self._cls:
            raise mismatch(self._cls.__qualname__, value, path, hint=self._hint(value))
        try:
            parts = {name: getattr(value, name) for name in self._codecs}
        except AttributeError as error:
            raise mismatch(self._cls.__qualname__, value, path, hint=str(error)) from error
        return {
            name: self._codecs[name].to_wire(part, f"{path}.{name}") for name, part in parts.items()
        }

    def from_wire(self, wire: Wire, path: str) -> Any:
        if not is_dict(wire):
            raise mismatch(self._cls.__qualname__, wire, path)
        self._check_names(wire.keys(), path)
        fields = {
            name: self._codecs[name].from_wire(each, f"{path}.{name}")
            for name, each in wire.items()
        }
        try:
            return self._make(**fields)
        except Exception as error:
            hint = f"{self._cls.__qualname__}(...) raised {type(error).__name__}: {error}"
            raise mismatch(self._cls.__qualname__, wire, path, hint=hint) from error

    def _check_names(self, names: AbstractSet[Any], path: str) -> None:
        for name in names - self._codecs.keys():
            raise TypeMismatch(
                f"{self._cls.__qualname__} has no field {preview(name)}{at(path)}",
                hint=suggest(str(name), self._codecs),
                path=step(path, name),
            )
        for name in self._required - names:
            raise TypeMismatch(
                f"{self._cls.__qualname__} needs field {name}, which is missing{at(path)}",
                hint="give it, or give the field a default",
                path=step(path, name),
            )

    def _hint(self, value: Any) -> str | None:
        if isinstance(value, self._cls):
            return (
                "an object of a subclass would lose what the subclass adds: pass the class itself"
            )
        if isinstance(value, dict):
            return f"pass {self._cls.__qualname__}(**...) of it"
        return None


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    hints = hints_of(annotation)
    for name, hint in hints.items():
        if isinstance(hint, dataclasses.InitVar) and not hasattr(annotation, name):
            raise UnsupportedType(
                f"{annotation.__qualname__} takes {name} as an InitVar, which is not kept",
                hint="give it a default, or make it a field",
            )
    return RecordCodec(
        annotation,
        [
            (field.name, codec_for(hints[field.name], f".{field.name}"), _is_required(field))
            for field in dataclasses.fields(annotation)
        ],
        _maker(annotation),
    )


def _is_required(field: dataclasses.Field[Any]) -> bool:
    """Whether a field has to be given; ``__post_init__`` sets one that ``__init__`` lacks."""
    return field.init and field.default is field.default_factory is dataclasses.MISSING


def _maker(cls: type) -> Callable[..., Any]:
    """Makes objects of a dataclass whose fields have exactly the given values."""
    late = [field.name for field in dataclasses.fields(cls) if not field.init]

    def make(**fields: Any) -> Any:
        made = cls(**{name: fields[name] for name in fields if name not in late})
        for name, value in fields.items():
            object.__setattr__(made, name, value)  # also where the class is frozen
        return made

    return make
