"""Interfaces: the typed inputs and outputs of an entity."""

from __future__ import annotations

import msgspec

from volery.ir.types import LiteralType


class Input(msgspec.Struct, frozen=True, omit_defaults=True):
    """An input. `default` is a packed value; None means that the input has to be given."""

    name: str
    type: LiteralType
    default: bytes | None = None
    description: str = ""


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
