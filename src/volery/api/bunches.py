"""Bunches: requests that are answered together, because together they cost less."""

from __future__ import annotations

from asyncio import Future, Task, get_running_loop
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

MOST = 64
"""Requests of a bunch: so few that those behind it do not wait for long."""

Answering = Callable[[Sequence[Any]], Sequence[Any]]
"""For each of what is asked its answer, or the error of it."""


class Bunches:
    """Gathers what comes while a bunch is being answered, for the next one.

    So nobody waits for others to come: who comes alone is answered at once. It is what databases
    call group commit. Used by the event loop's thread alone.
    """

    def __init__(self) -> None:
        self._waiting: defaultdict[Answering, list[tuple[Any, Future[Any]]]] = defaultdict(list)
        self._working: dict[Answering, Task[None]] = {}

    async def answer(self, answering: Answering, asked: Any) -> Any:
        """What `answering`, in another thread, answers to this and to what comes meanwhile."""
        loop = get_running_loop()
        answer: Future[Any] = loop.create_future()
        self._waiting[answering].append((asked, answer))
        if answering not in self._working:
            self._working[answering] = loop.create_task(self._work(answering))
        return await answer

    async def _work(self, answering: Answering) -> None:
        waiting = self._waiting[answering]
        try:
            while waiting:
                bunch = waiting[:MOST]
                del waiting[:MOST]
                await _answer(answering, bunch)
        finally:
            del self._working[answering]


async def _answer(answering: Answering, bunch: Sequence[tuple[Any, Future[Any]]]) -> None:
    asked = [each for each, _ in bunch]
    try:
        told = await get_running_loop().run_in_executor(None, answering, asked)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told to whoever asked
        told = [error] * len(bunch)
    for (_, future), answer in zip(bunch, told, strict=True):
        if future.done():  # whoever asked has gone
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
