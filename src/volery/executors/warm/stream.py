"""The seam: how a host is spoken to. An executor adds how one is started."""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

from volery.executors.contained.exits import Exit, failure_of
from volery.ir.failure import Failure


class Ending(NamedTuple):
    """How a host ended.

    Attributes:
        exit: of its container.
        tail: the end of what it has written to stderr.
        refusal: why there was none, in the words of whoever refuses it; None: `exit` says it.
    """

    exit: Exit
    tail: str = ""
    refusal: Failure | None = None

    @property
    def failure(self) -> Failure:
        """Of the works that it had, or would have had."""
        return self.refusal or failure_of(self.exit, None, self.tail)


LOST: Final = Exit(None, "HostLost", "nothing was heard of it for too long")
"""How a host ended that was told to, as nobody can say whether it still does anything."""


class NoHost(Exception):
    """There is no host.

    Attributes:
        ending: why.
    """

    def __init__(self, how: Exit, tail: str = "", refusal: Failure | None = None) -> None:
        super().__init__(how.message)
        self.ending = Ending(how, tail, refusal)


class Stream(Protocol):
    """A host that runs, and its standard streams. Reading, writing and closing have threads each.

    With the stream ends the host, whatever becomes of this process.
    """

    def read(self) -> bytes:
        """What the host has said next, some of it; waits. Empty: it says nothing any more."""
        ...

    def write(self, data: bytes | bytearray) -> None:
        """Say something to the host; waits. Raises OSError: it does not hear any more."""
        ...

    def close(self) -> None:
        """End the host, and with it `read` and `write`; may be called again, and at any time."""
        ...

    def end(self) -> Ending:
        """How the host has ended; nothing is left of it then. Called once, after `close`."""
        ...
