"""What ties the process that runs user code to its warden: pipes, and words that go over one."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from volery.ir.specs import SecretRef


class Plan(msgspec.Struct, frozen=True, tag="plan"):
    """What the warden has to know of an invocation, once that is read.

    Attributes:
        outcome, heartbeat, beat, limit, secrets: as in the invocation.
    """

    outcome: str
    heartbeat: str = ""
    beat: float = 10.0
    limit: float | None = None
    secrets: tuple[SecretRef, ...] = ()


class Pace(msgspec.Struct, frozen=True, tag="pace"):
    """User code begins, and its time anew; or it is over.

    `loading`: its module is imported before.
    """

    running: bool
    loading: bool = False


Word = Plan | Pace

decode_word: Callable[[bytes], Word] = msgspec.json.Decoder(Word).decode


class Ends(NamedTuple):
    """The file descriptors that one of the two has.

    Attributes:
        words: for what the process says to its warden, each in a line.
        stdout, stderr: for what it prints, if that has to be looked through.
        lifeline: with it ends the process.
    """

    words: int
    stdout: int
    stderr: int
    lifeline: int

    def close(self) -> None:
        """Close them, where the other process has them."""
        for fd in self:
            os.close(fd)

    def tell(self, word: Word) -> None:
        """Say something to the warden."""
        data = memoryview(msgspec.json.encode(word) + b"\n")
        while data:
            data = data[os.write(self.words, data) :]


def tied() -> tuple[Ends, Ends]:
    """The ends of the warden and those of the other process, made before they part."""
    words, stdout, stderr, lifeline = (os.pipe() for _ in Ends._fields)
    return (
        Ends(words[0], stdout[0], stderr[0], lifeline[1]),
        Ends(words[1], stdout[1], stderr[1], lifeline[0]),
    )
