"""Tasks for the tests of this folder, as works of their own."""

from __future__ import annotations

import msgspec

from volery.ir.interface import Input, Interface, Output
from volery.ir.placement import ContainerCommand, Placement
from volery.ir.types import PrimitiveType
from volery.ir.values import pack
from volery.ir.work import Place, Work
from volery.testing.conformance.executor_tasks import ids

TEXT = PrimitiveType("str")


def command(*words: str, inputs=None, outputs=(), environment=(), secrets=(), **place) -> Work:
    """A work that runs a program of an image without Volery."""
    number = next(ids)
    interface = Interface(
        tuple(Input(name, TEXT) for name in inputs or {}),
        tuple(Output(name, TEXT) for name in outputs),
    )
    placed = Place("default", "development", interface, command=ContainerCommand(words), **place)
    return Work(
        number, "commands", f"n{number}", 1, "a.command", None, pack(inputs or {}),
        environment=environment, secrets=secrets, place=placed,
    )  # fmt: skip


def shell(script: str, **more) -> Work:
    """A work that runs a script of the little shell."""
    return command("sh", "-c", script, **more)


def on(image: str, target: Work) -> Work:
    """The same work, in another image."""
    assert target.place is not None
    placement = Placement(image=image)
    place = msgspec.structs.replace(target.place, placement=placement)
    return msgspec.structs.replace(target, place=place)
