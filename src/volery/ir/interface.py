"""Interfaces: the typed inputs and outputs of an entity."""

from __future__ import annotations

from typing import Final

import msgspec

from volery.ir.types import LiteralType


class Constraint(msgspec.Struct, frozen=True, omit_defaults=True):
    """What values keep to beside their type, which is no part of it: see `types.constraints`.

    Attributes:
        at: the way to them from the value of the input: `ELEMENTS` of a list, a set or a tuple of
            any length, `VALUES` of a dict, ``[2]`` of a tuple, ``.price`` of a record.
        ge, gt, le, lt, multiple_of: of numbers.
        min_length, max_length: of texts in characters, of bytes, and of lists, sets and dicts.
        pattern: a regular expression of Python that is found in texts.
    """

    at: tuple[str, ...] = ()
    ge: int | float | None = None
    gt: int | float | None = None
    le: int | float | None = None
    lt: int | float | None = None
    multiple_of: int | float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


ELEMENTS: Final = "[]"
VALUES: Final = "{}"


class Input(msgspec.Struct, frozen=True, omit_defaults=True):
    """An input. `default` is a packed value; None means that the input has to be given."""

    name: str
    type: LiteralType
    default: bytes | None = None
    description: str = ""
    constraints: tuple[Constraint, ...] = ()


class Output(msgspec.Struct, frozen=True, omit_defaults=True):
    """An output. Outputs without names of their own are ``o0``, ``o1``, ..."""

    name: str
    type: LiteralType
    description: str = ""


class Interface(msgspec.Struct, frozen=True, omit_defaults=True):
    """What goes into an entity and what comes out."""

    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()

    def input(self, name: str) -> Input | None:
        return next((each for each in self.inputs if each.name == name), None)

    def output(self, name: str) -> Output | None:
        return next((each for each in self.outputs if each.name == name), None)
