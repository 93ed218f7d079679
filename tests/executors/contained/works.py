"""Works, and storages, for tests of what executors with containers share."""

from __future__ import annotations

import msgspec

from volery.ir.interface import Input, Interface, Output
from volery.ir.placement import ContainerCommand
from volery.ir.types import LiteralType
from volery.ir.values import pack
from volery.ir.work import Place, Work


def interface(outputs: dict[str, LiteralType], **inputs: LiteralType) -> Interface:
    return Interface(
        tuple(Input(name, kind) for name, kind in inputs.items()),
        tuple(Output(name, kind) for name, kind in outputs.items()),
    )


def work_of(face: Interface, *, command: ContainerCommand | None = None, id=1, **inputs) -> Work:
    """A work with values as they stand in a wire tree."""
    place = Place("p", "d", face, token="token", command=command)
    return Work(id, "e", "a/b", 2, "m.run", None, pack(inputs), place=place)


def changed(work: Work, **values) -> Work:
    return msgspec.structs.replace(work, **values)
