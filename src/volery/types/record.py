"""Records: objects with named fields.

Only objects of exactly the declared class are taken: one of a subclass would lose what the subclass
adds. An object is made again through ``__init__``, so that the checks of its class see what comes
from outside; then every field is set to the value that came, whatever ``__init__`` made of it. A
field that is missing in stored data takes its default; a field that the class does not have is
refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import filterfalse
from typing import Any

from volery.errors import TypeMismatch, suggest
from volery.ir.types import Field, RecordType, is_hidden
from volery.ir.values import Wire
from volery.types.codec import Codec, within
from volery.types.exact import is_dict
from volery.types.hints import class_name
from volery.types.mismatch import at, mismatch, preview, step

Make = Callable[[dict[str, Any]], Any]
"""Makes an object with given values of fields; raises what its class raises."""


class RecordCodec:
    """Objects of one class with named fields; the wire form is a map.

    Args:
        cls: the class.
        fields: name and codec of each, and whether it has to be given.
        make: makes an object.
        parts: the values of the fields of an object, those without default at least; unless it is
            given, all are attributes.
    """

    __slots__ = ("_cls", "_codecs", "_make", "_parts", "_required", "constraints", "type")

    _way_out = "give the field a default"

    def __init__(
        self,
        cls: type,
        fields: Iterable[tuple[str, Codec, bool]],
        make: Make,
        parts: Callable[[Any], Mapping[str, Any]] | None = None,
    ) -> None:
        listed = tuple(fields)
        self.type = RecordType(
            class_name(cls),
            tuple(Field(name, codec.type, required) for name, codec, required in listed),
        )
        self.constraints = tuple(
            each for name, codec, _ in listed for each in within(f".{name}", codec)
        )
        self._cls = cls
        self._make = make
        self._codecs = {name: codec for name, codec, _ in listed}
        self._required = [name for name, _, required in listed if required]
        self._parts = parts or self._attributes

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is not self._cls:
            raise mismatch(self._cls.__qualname__, value, path, hint=self._hint(value))
        try:
            parts = self._parts(value)
        except AttributeError as error:
            raise mismatch(self._cls.__qualname__, value, path, hint=str(error)) from error
        return {
            name: self._codecs[name].to_wire(part, f"{path}.{name}") for name, part in parts.items()
        }

    def from_wire(self, wire: Wire, path: str) -> Any:
        if not is_dict(wire):
            raise mismatch(self._cls.__qualname__, wire, path)
        self.check_names(wire, path)
        fields = {
            name: self._codecs[name].from_wire(each, f"{path}.{name}")
            for name, each in wire.items()
        }
        try:
            return self._make(fields)
        except Exception as error:
            hint = f"{self._cls.__qualname__}(...) raised {type(error).__name__}: {error}"
            raise mismatch(self._cls.__qualname__, wire, path, hint=hint) from error

    def check_names(self, names: Collection[Any], path: str) -> None:
        """Refuse fields that the class does not have, and the lack of those that it needs."""
        cls = self._cls.__qualname__
        for name in names:
            if name not in self._codecs:
                here = step(path, name)
                hint = suggest(str(name), filterfalse(is_hidden, self._codecs))
                message = f"{cls} has no field {preview(name)}{at(here)}"
                raise TypeMismatch(message, hint=hint, path=here)
        for name in self._required:
            if name not in names:
                here, hint = step(path, name), f"give it, or {self._way_out}"
                message = f"{cls} needs field {name}, which is missing{at(here)}"
                raise TypeMismatch(message, hint=hint, path=here)

    def _attributes(self, value: Any) -> dict[str, Any]:
        return {name: getattr(value, name) for name in self._codecs}

    def _hint(self, value: Any) -> str | None:
        if isinstance(value, self._cls):
            return (
                "an object of a subclass would lose what the subclass adds: pass the class itself"
            )
        if isinstance(value, dict):
            return f"pass {self._cls.__qualname__}(**...) of it"
        return None


def through_init(
    cls: type,
    parameters: Mapping[str, str],
    set_field: Callable[[Any, str, Any], None] = object.__setattr__,
) -> Make:
    """Makes objects through ``__init__`` whose fields have exactly the given values.

    Args:
        cls: the class.
        parameters: the parameter of ``__init__`` for each field that has one.
        set_field: sets a field, also where the class is frozen.
    """

    def make(fields: dict[str, Any]) -> Any:
        made = cls(**{parameters[name]: fields[name] for name in fields if name in parameters})
        for name, value in fields.items():
            set_field(made, name, value)
        return made

    return make
