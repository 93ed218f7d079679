"""Signatures: the interface of an entity together with the codecs of its Python side."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from volery.errors import TypeMismatch, suggest
from volery.ir.interface import Input, Interface, Output
from volery.ir.values import Raw, join_record, split_record
from volery.types.codec import Codec, constraints_of
from volery.types.mismatch import preview
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


class Port(msgspec.Struct, frozen=True):
    """One input or output.

    Attributes:
        annotation: its Python type.
        default: a packed value; None means that there is none.
    """

    name: str
    annotation: Any
    codec: Codec
    default: bytes | None = None
    description: str = ""


def port(name: str, annotation: Any, *, description: str = "") -> Port:
    """A port without default.

    Raises:
        UnsupportedType: no codec handles the annotation.
    """
    return Port(name, annotation, codec_for(annotation), description=description)


class Signature:
    """What goes into an entity and what comes out, as types and as Python objects.

    Args:
        owner: what errors call the entity, such as ``task flows.stats.mean``.
        inputs, outputs: by name, in order.
        named: the NamedTuple class in which outputs are returned, where the user declared one.
        fixed: inputs that have their value already, each with what callers can do about it.
    """

    def __init__(
        self,
        owner: str,
        inputs: Mapping[str, Port],
        outputs: Mapping[str, Port],
        named: type[tuple[Any, ...]] | None = None,
        fixed: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.owner = owner
        self.inputs = inputs
        self.outputs = outputs
        self.named = named
        self.fixed = fixed

    @functools.cached_property
    def interface(self) -> Interface:
        """The part that the IR knows."""
        return Interface(
            tuple(
                Input(
                    each.name,
                    each.codec.type,
                    each.default,
                    each.description,
                    constraints_of(each.codec),
                )
                for each in self.inputs.values()
            ),
            tuple(
                Output(each.name, each.codec.type, each.description)
                for each in self.outputs.values()
            ),
        )

    @functools.cached_property
    def several(self) -> type[tuple[Any, ...]] | None:
        """The class in which outputs are returned; None for no output and for a single value."""
        if self.named is not None or len(self.outputs) < 2:
            return self.named
        return outputs_class(tuple(self.outputs))

    def stranger(self, name: str) -> tuple[str, str]:
        """What to say of an argument that is no input, and what to do about it."""
        if name in self.fixed:
            return f"input {name} is fixed by {self.owner}", self.fixed[name]
        return f"{self.owner} has no input {name}", suggest(name, self.inputs)

    def pack_inputs(self, values: Mapping[str, Any]) -> bytes:
        """The input record of a call, defaults filled in. Unknown names are left out.

        Raises:
            TypeMismatch: a value is not of the declared type.
        """
        record: dict[str, bytes] = {}
        for name, each in self.inputs.items():
            if name in values:
                record[name] = self._pack(each, values[name], f"input {name}")
            elif each.default is not None:
                record[name] = each.default
        return join_record(record)

    def unpack_inputs(self, record: bytes) -> dict[str, Any]:
        """The arguments of a call, from its input record.

        Raises:
            TypeMismatch: the record has other inputs, or values of other types.
        """
        packed = split_record(record)
        if packed.keys() != self.inputs.keys():
            raise TypeMismatch(
                f"{self.owner} has the inputs ({', '.join(self.inputs)}), "
                f"got ({', '.join(packed)})",
                hint="the code is of another version than the graph that calls it",
            )
        return {
            name: self._unpack(each, packed[name], f"input {name}")
            for name, each in self.inputs.items()
        }

    def pack_outputs(self, returned: Any) -> bytes:
        """The output record of what a function returned.

        Raises:
            TypeMismatch: the number of outputs or the type of one is not as declared.
        """
        ports = self.outputs.values()
        return join_record(
            {
                each.name: self._pack(each, value, f"output {each.name}")
                for each, value in zip(ports, self.split(returned), strict=True)
            }
        )

    def unpack_outputs(self, record: bytes) -> Any:
        """What a call returns, from its output record."""
        packed = split_record(record)
        values = [
            self._unpack(each, packed[name], f"output {name}")
            for name, each in self.outputs.items()
        ]
        if self.several is not None:
            return self.several(*values)
        return values[0] if values else None

    def split(self, returned: Any) -> tuple[Any, ...]:
        """What a function returned, as one value for each output.

        Raises:
            TypeMismatch: it declares another number of outputs.
        """
        if self.several is None:
            if self.outputs:
                return (returned,)
            if returned is None:
                return ()
            raise TypeMismatch(
                f"{self.owner} declares no output, but returned {preview(returned)}",
                hint="declare the type it returns: -> ...",
            )
        if isinstance(returned, tuple) and len(returned) == len(self.outputs):  # pyright: ignore[reportUnknownArgumentType]
            return returned  # pyright: ignore[reportUnknownVariableType]
        raise TypeMismatch(
            f"{self.owner} declares {len(self.outputs)} outputs ({', '.join(self.outputs)}), "
            f"but returned {_count(returned)}",
            hint=f"write return {', '.join(self.outputs)}",
        )

    def _pack(self, each: Port, value: Any, role: str) -> bytes:
        try:
            return pack(each.codec, value)
        except TypeMismatch as error:
            located = self._located(error, role)
            located.hint = _hint_of(value) or located.hint
            raise located from error.__cause__

    def _unpack(self, each: Port, value: Raw, role: str) -> Any:
        try:
            return unpack(each.codec, value)
        except TypeMismatch as error:
            raise self._located(error, role) from error.__cause__

    def _located(self, error: TypeMismatch, role: str) -> TypeMismatch:
        return TypeMismatch(
            f"{self.owner}, {role}: {error.message}", hint=error.hint, path=error.path
        )


@functools.cache
def outputs_class(names: tuple[str, ...]) -> type[tuple[Any, ...]]:
    """The NamedTuple class for several outputs that the user gave no class for."""
    fields: Any = [(name, Any) for name in names]
    return NamedTuple("Outputs", fields)


def _hint_of(value: object) -> str | None:
    """What to do about an argument that has no value yet."""
    from volery.sdk.opaque import Opaque  # plain calls have no need of it

    return type(value).hint_as_argument if isinstance(value, Opaque) else None


def _count(returned: Any) -> str:
    if isinstance(returned, tuple):
        return f"a tuple of {len(returned)}"  # pyright: ignore[reportUnknownArgumentType]
    return "nothing" if returned is None else f"one value, {preview(returned)}"
