"""Requests that are answered together."""

from __future__ import annotations

from asyncio import create_task, gather, run, sleep
from collections.abc import Sequence
from threading import Event
from typing import Any

from volery.api.bunches import MOST, Bunches


class Answering:
    """Doubles numbers, of which 13 cannot be; notes which have come together."""

    def __init__(self) -> None:
        self.bunches: list[list[int]] = []
        self.goes_on = Event()

    def __call__(self, asked: Sequence[int]) -> list[Any]:
        self.bunches.append([*asked])
        self.goes_on.wait()
        if 0 in asked:
            raise ZeroDivisionError
        return [ValueError(each) if each == 13 else 2 * each for each in asked]


def answers(answering: Answering, *asked: int) -> list[Any]:
    async def ask() -> list[Any]:
        bunches = Bunches()
        answering.goes_on.set()
        return await gather(
            *(bunches.answer(answering, each) for each in asked), return_exceptions=True
        )

    return run(ask())


def test_each_has_its_own_answer():
    answering = Answering()
    one, two, refused, three = answers(answering, 1, 2, 13, 3)
    assert (one, two, three) == (2, 4, 6)
    assert isinstance(refused, ValueError)


def test_an_error_of_all_is_told_to_all():
    for told in answers(Answering(), 0, 1):
        assert isinstance(told, ZeroDivisionError)


def test_what_comes_meanwhile_is_the_next_bunch_and_those_are_not_too_large():
    answering = Answering()

    async def ask() -> None:
        bunches = Bunches()
        asked = [bunches.answer(answering, 1)]

        async def later() -> None:
            while not answering.bunches:
                await run_once()
            asked = gather(*(bunches.answer(answering, 2) for _ in range(MOST + 1)))
            await run_once()
            answering.goes_on.set()
            await asked

        await gather(*asked, later())

    run(ask())
    assert answering.bunches == [[1], [2] * MOST, [2]]


def test_whoever_goes_does_not_keep_the_others_from_their_answers():
    answering = Answering()

    async def ask() -> int:
        bunches = Bunches()
        going, staying = (create_task(bunches.answer(answering, each)) for each in (1, 2))
        await run_once()
        going.cancel()
        await run_once()
        answering.goes_on.set()
        return await staying

    assert run(ask()) == 4


async def run_once() -> None:
    """Let everything that can go on do so."""
    await sleep(0.01)
