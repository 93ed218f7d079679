"""Prompts: who sits at the terminal is asked what gates wait for, while the engine goes on."""

from __future__ import annotations

import os
import select
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from threading import Condition, Thread
from typing import TYPE_CHECKING, Self

from volery.data.current import using
from volery.errors import VoleryError
from volery.services.gates import Gate
from volery.store.base import Signalled

if TYPE_CHECKING:
    from volery.data.storage import Storage

Signal = Callable[[str, str, bytes], Signalled]
"""Gives the gate of an execution, at a path, a packed value. Any thread may call it."""


class Typing:
    """Lines that a person types on a terminal. A wait for one can be ended by another thread."""

    def __init__(self, fd: int = 0) -> None:
        self._fd = fd
        self._typed = b""
        self._woken, self._waker = os.pipe()

    def line(self) -> str | None:
        """The next line, without its end; None: the wait was ended.

        Raises:
            EOFError: there will be no more.
        """
        while b"\n" not in self._typed:
            ready, _, _ = select.select([self._fd, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 1)
                return None
            data = os.read(self._fd, 4096)
            if not data:
                raise EOFError
            self._typed += data
        line, _, self._typed = self._typed.partition(b"\n")
        return line.decode(errors="replace")

    def wake(self) -> None:
        """End the wait that is under way, or the next one."""
        os.write(self._waker, b"x")

    def close(self) -> None:
        os.close(self._woken)
        os.close(self._waker)


class Prompts:
    """Asks about gates, one after another, in a thread of its own. A context manager.

    Args:
        signal: where answers go.
        tell: shows some text; what is asked does not end its line.
        unanswered: told of gates that nobody will answer here, since the input has ended.
        typing: where answers come from.
        storage: for large answers; None: that of the process.
        quiet: entered while a person thinks, so that nothing is drawn over the question.
    """

    def __init__(
        self,
        signal: Signal,
        tell: Callable[[str], None],
        unanswered: Callable[[Gate], None],
        *,
        typing: Typing | None = None,
        storage: Storage | None = None,
        quiet: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._signal = signal
        self._tell = tell
        self._unanswered = unanswered
        self._typing = typing or Typing()
        self._storage = storage
        self._quiet = quiet
        self._changed = Condition()
        self._waiting: deque[Gate] = deque()
        self._asked: Gate | None = None
        self._closed = False
        self._thread = Thread(target=self._run, name="volery-prompts")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._typing.wake()
            self._changed.notify()
        self._thread.join()
        self._typing.close()

    def ask(self, gate: Gate) -> None:
        """Ask about a gate when those before it are answered."""
        with self._changed:
            self._waiting.append(gate)
            self._changed.notify()

    def forget(self, execution: str, path: str) -> None:
        """A gate waits no longer, whoever has answered it."""
        with self._changed:
            kept = [
                each for each in self._waiting if (each.execution, each.path) != (execution, path)
            ]
            self._waiting = deque(kept)
            asked = self._asked
            if asked is not None and (asked.execution, asked.path) == (execution, path):
                self._asked = None
                self._typing.wake()

    def _run(self) -> None:
        with using(self._storage):
            while (gate := self._next()) is not None:
                try:
                    with self._quiet():
                        self._put(gate)
                except EOFError:
                    self._tell("\n")
                    self._unanswered(gate)

    def _next(self) -> Gate | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting)
            self._asked = self._waiting.popleft() if self._waiting else None
            return self._asked

    def _is_asked(self, gate: Gate) -> bool:
        with self._changed:
            return self._asked is gate and not self._closed

    def _put(self, gate: Gate) -> None:
        """Ask until there is an answer, or none is wanted any more."""
        self._tell(f"{gate.question()}\n")
        while True:
            self._tell(f"{gate.name}: " if gate.value is None else "approve? [y/N] ")
            line = self._typing.line()
            if line is None:
                if self._is_asked(gate):  # that was about the gate before
                    continue
                self._tell("\n")
                return
            try:
                value = gate.read(line)
            except VoleryError as error:
                self._tell(f"{error}\n")
                continue
            with self._changed:
                self._asked = None
            if self._signal(gate.execution, gate.path, value) != "taken":
                self._tell(f"gate {gate.name} does not wait any more\n")
            return
