"""Errors of the user's that have names of the system's."""

from __future__ import annotations

import pytest
from tests.services.caching import Place

from volery import eager, task
from volery.engine.model import AttemptPhase, Phase
from volery.errors import TaskFailed


class Aborted(Exception):
    """Of a transaction, say."""


class TimedOut(Exception):
    """Of a request, say."""


RAISED: list[str] = []


@pytest.fixture(autouse=True)
def nothing_raised() -> None:
    RAISED.clear()


@task(retries=2)
def unlucky(times: int) -> int:
    if len(RAISED) < times:
        RAISED.append("Aborted")
        raise Aborted("the transaction was aborted")
    return times


@task
def aborted() -> None:
    raise Aborted("a transaction")


@task
def timed_out() -> None:
    raise TimedOut("a request")


@eager
async def asking(late: bool) -> str:
    try:
        await (timed_out() if late else aborted())
    except TaskFailed as error:
        return f"{type(error).__name__}: {error.code}"
    return ""


def test_an_exception_called_aborted_is_retried_like_any_other():
    place = Place()
    assert place.run(unlucky, times=2) == 2
    assert RAISED == ["Aborted", "Aborted"]


def test_a_task_that_raises_an_exception_called_aborted_has_failed():
    place = Place()
    record = place.execution(aborted, {})
    assert record.phase is Phase.FAILED
    [attempt] = place.store.attempts(record.id)
    assert attempt.phase is AttemptPhase.FAILED


@pytest.mark.parametrize(("late", "code"), [(False, "Aborted"), (True, "TimedOut")])
def test_an_eager_function_hears_of_it_as_of_any_failure(late, code):
    assert asking(late=late) == f"TaskFailed: {code}"
