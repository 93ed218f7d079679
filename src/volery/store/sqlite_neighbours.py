"""What connections of one process to one database file do for each other."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Lock, get_ident
from weakref import WeakValueDictionary

_known: WeakValueDictionary[Path, Neighbours] = WeakValueDictionary()
_knowing = Lock()


class Neighbours:
    """Connections of this process to one file.

    They take turns to write: one that waited for another inside of SQLite would sleep longer and
    longer. And a thread that drives executions hears at once when another thread has changed
    something; what other processes do it finds out when it looks again.

    Attributes:
        turn: whoever writes has it.
    """

    def __init__(self) -> None:
        self.turn = Lock()
        self._bells: list[Bell] = []
        self._ringing = Lock()  # what was taken down has a number that another file may have

    def hang(self) -> Bell:
        """A bell that rings when others have changed something."""
        bell = Bell()
        with self._ringing:
            self._bells.append(bell)
        return bell

    def take_down(self, bell: Bell) -> None:
        """Nobody hears this bell any more."""
        with self._ringing:
            self._bells.remove(bell)
            bell.close()

    def ring(self) -> None:
        """This thread has changed something."""
        with self._ringing:
            for bell in self._bells:
                bell.ring()


class Bell:
    """Can be read when another thread than the one that listens has rung it."""

    def __init__(self) -> None:
        self._ear, self._clapper = os.pipe()
        os.set_blocking(self._ear, False)
        os.set_blocking(self._clapper, False)
        self._listener = get_ident()

    def fileno(self) -> int:
        return self._ear

    def ring(self) -> None:
        if get_ident() != self._listener:
            with suppress(BlockingIOError):  # it rings already
                os.write(self._clapper, b"!")

    def heard(self) -> None:
        """Make it quiet. Whoever does is the one who listens."""
        self._listener = get_ident()
        with suppress(BlockingIOError):
            while os.read(self._ear, 4096):
                pass

    def close(self) -> None:
        os.close(self._ear)
        os.close(self._clapper)


def neighbours_of(path: Path) -> Neighbours:
    """Those of this file."""
    with _knowing:
        found = _known.get(path)
        if found is None:
            found = _known[path] = Neighbours()
        return found
