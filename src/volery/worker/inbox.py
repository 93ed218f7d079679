"""Works that a worker was sent and has not begun."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Condition

from volery.ir.work import Work


class Inbox:
    """A queue between the thread that receives and the thread that works."""

    def __init__(self) -> None:
        self._works: OrderedDict[int, Work] = OrderedDict()
        self._filled = Condition()

    def put(self, works: Iterable[Work]) -> None:
        with self._filled:
            self._works.update((work.id, work) for work in works)
            self._filled.notify()

    def take(self) -> Work:
        """The next work; waits for one."""
        with self._filled:
            while not self._works:
                self._filled.wait()
            return self._works.popitem(last=False)[1]

    def clear(self) -> tuple[int, ...]:
        """Take all of them out; returns their ids, in order."""
        with self._filled:
            ids = tuple(self._works)
            self._works.clear()
            return ids
