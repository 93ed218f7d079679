"""The calls of eager functions, answered by hand."""

from __future__ import annotations

import asyncio
import re
import threading
from functools import partial
from typing import NamedTuple

import pytest
from hypothesis import given, strategies as st

from volery import LaunchPlan, map_task, task, workflow
from volery.errors import Aborted, CallError, PromiseError, TaskFailed, TimedOut, TypeMismatch
from volery.ir.codec import read_bundle
from volery.ir.failure import Failure
from volery.ir.values import pack, unpack
from volery.ir.work import CallEnded
from volery.worker.calls import Caller


@task
def double(x: int) -> int:
    return 2 * x


@task
def divide(a: int, b: int) -> int:
    return a // b


class Both(NamedTuple):
    first: int
    second: str


@task
def both(x: int) -> Both:
    return Both(x, str(x))


@task
def forget(x: int) -> None: ...


@task
def length(text: str) -> int:
    return len(text)


@workflow
def quadruple(x: int) -> int:
    return double(x=double(x=x))


PLAN = LaunchPlan.get_or_create(quadruple, name="Daily/Plan [ü]", fixed_inputs={"x": 3})
TASKS = {each.name: each for each in (double, divide, both, forget, length)}


def carried_out(call):
    """How a call of a task ends."""
    target = TASKS[call.entity.name]
    try:
        outputs = target.pack(target.function(**target.unpack(call.inputs)))
    except ArithmeticError as error:
        failure = Failure(type(error).__name__, "USER", str(error), path=f"n0/{call.id}")
        return CallEnded(call.work, call.id, failure=failure)
    return CallEnded(call.work, call.id, outputs)


class Play:
    """Runs functions as those of eager tasks, and answers their calls.

    Args:
        end: how a call ends; None: not.
        pick: which of so many open calls is answered next.
    """

    def __init__(self, end=carried_out, pick=lambda _: 0):
        self.calls = []
        self._end = end
        self._pick = pick
        self._open = []

    @property
    def ids(self):
        return [call.id for call in self.calls]

    def run(self, function, **arguments):
        self.caller = Caller(1, self._ask)
        return self.caller.run(function, arguments)

    def _ask(self, call, tasks):
        assert call.entity.kind != "task" or tasks[call.entity.name].name == call.entity.name
        self.calls.append(call)
        self._open.append(call)
        asyncio.get_running_loop().call_soon(self._answer)

    def _answer(self):
        end = self._end(self._open.pop(self._pick(len(self._open))))
        if end is not None:
            self.caller.ended(end)


@pytest.fixture
def play():
    return Play()


# -- what functions can do ---------------------------------------------------------------------


def test_a_call_gives_what_the_entity_returns(play):
    async def function(x):
        return await double(x=x), await both(x=x), await forget(x=x)

    assert play.run(function, x=2) == (4, Both(2, "2"), None)


def test_a_call_that_is_typed_as_awaitable_is_the_same(play):
    async def function():
        return await double.aio(x=2)

    assert play.run(function) == 4


def test_what_is_called_travels_with_the_call(play):
    async def function():
        await double(x=1)

    play.run(function)
    [call] = play.calls
    assert (call.work, call.entity) == (1, double.ref)
    assert unpack(call.inputs) == {"x": 1}
    assert [each.name for each in read_bundle(call.bundle).tasks] == [double.name]


def test_every_entity_can_be_called():
    outputs = {"workflow": 8, "launch_plan": 12}
    play = Play(lambda call: CallEnded(1, call.id, pack({"o0": outputs[call.entity.kind]})))

    async def function():
        return await quadruple(x=2), await PLAN()

    assert play.run(function) == (8, 12)
    assert [call.entity for call in play.calls] == [quadruple.ref, PLAN.ref]


def test_a_map_is_a_call():
    play = Play(lambda call: CallEnded(1, call.id, pack({"o0": [2, 4]})))

    async def function():
        return await map_task(double)(x=[1, 2])

    assert play.run(function) == [2, 4]
    [call] = play.calls
    assert unpack(call.inputs) == {"x": [1, 2]}


def test_calls_begin_where_they_are_made_and_may_be_awaited_later(play):
    made = []

    async def function():
        first, second = double(x=1), double(x=2)
        made.extend(play.ids)
        return await second + await first

    assert play.run(function) == 6
    assert made == play.ids


def test_a_call_can_be_awaited_more_than_once(play):
    async def function():
        call = double(x=1)
        return await call + await call

    assert play.run(function) == 4
    assert len(play.calls) == 1


async def by_gather():
    return sum(await asyncio.gather(*(double(x=x) for x in range(3))))


async def by_group():
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(double(x=x)) for x in range(3)]
    return sum(each.result() for each in tasks)


async def by_as_completed():
    return sum([await each for each in asyncio.as_completed([double(x=x) for x in range(3)])])


async def by_wait():
    done, _ = await asyncio.wait([asyncio.ensure_future(double(x=x)) for x in range(3)])
    return sum(each.result() for each in done)


async def by_shield():
    return await asyncio.shield(asyncio.wait_for(double(x=3), 60))


async def by_helper():
    async def helper(x):
        return await double(x=x) if x else 0

    return sum([await helper(x) for x in range(3)])


@pytest.mark.parametrize(
    "function", [by_gather, by_group, by_as_completed, by_wait, by_shield, by_helper]
)
def test_asyncio_takes_calls_as_it_takes_coroutines(play, function):
    assert play.run(function) == 6


def test_who_is_cancelled_while_he_waits_leaves_the_call_as_it_is():
    play = Play(lambda call: carried_out(call) if len(play.calls) > 1 else None)

    async def function():
        slow = double(x=1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(slow, 0)
        quick = await double(x=2)
        play.caller.ended(carried_out(play.calls[0]))
        return await slow, quick

    assert play.run(function) == (2, 4)


def test_calls_that_nobody_awaits_are_left_alone(play):
    async def function():
        divide(a=1, b=0)
        double(x=1)
        await double(x=2)

    assert play.run(function) is None
    assert len(play.calls) == 3


def test_what_ends_after_the_function_is_ignored(play):
    async def function():
        return await double(x=1)

    play.run(function)
    play.caller.ended(carried_out(play.calls[0]))
    play.caller.stop()


def test_an_end_may_be_told_from_any_thread():
    tellers = []

    def end(call):
        teller = threading.Thread(target=lambda: play.caller.ended(carried_out(call)))
        teller.start()
        tellers.append(teller)

    play = Play(end)
    assert play.run(by_gather) == 6
    for each in tellers:
        each.join()


# -- failures ----------------------------------------------------------------------------------


def test_a_call_that_failed_raises_where_it_is_awaited(play):
    async def function():
        try:
            await divide(a=1, b=0)
        except TaskFailed as error:
            return error
        return None

    error = play.run(function)
    assert (error.code, error.message) == (
        "ZeroDivisionError",
        "integer division or modulo by zero",
    )
    assert error.path == error.failure.path == f"n0/{play.ids[0]}"
    assert error.__notes__ == [f"in call {play.ids[0]} of task {divide.name}"]


def test_where_a_call_failed_is_shown_with_the_error_it_raises():
    failure = Failure("KeyError", "USER", "'k'", "the frames\nKeyError: 'k'\n")
    play = Play(lambda call: CallEnded(1, call.id, failure=failure))

    async def function():
        await double(x=1)

    with pytest.raises(TaskFailed) as caught:
        play.run(function)
    (note,) = caught.value.__notes__
    assert note == f"in call {play.ids[0]} of task {double.name}:\nthe frames\nKeyError: 'k'"


@pytest.mark.parametrize("kind", [Aborted, TimedOut])
def test_a_call_that_was_stopped_raises_that(kind):
    failure = Failure(kind.__name__, "USER", "not needed", path="n0/double")
    play = Play(lambda call: CallEnded(1, call.id, failure=failure))

    async def function():
        await double(x=1)

    with pytest.raises(kind, match="not needed"):
        play.run(function)


def test_arguments_are_checked_where_the_call_is_made(play):
    async def function():
        with pytest.raises(TypeMismatch, match="expected int"):
            double(x="one")
        with pytest.raises(CallError, match="no input y"):
            double(y=1)
        with pytest.raises(CallError, match="keyword arguments only"):
            double(1)

    play.run(function)
    assert play.calls == []


def test_an_eager_function_can_be_stopped(play):
    tidied = []

    async def function():
        try:
            play.caller.stop()
            await asyncio.sleep(60)
        finally:
            tidied.append(True)

    with pytest.raises(asyncio.CancelledError):
        play.run(function)
    assert tidied


def test_one_that_was_stopped_before_it_began_does_not_begin():
    caller = Caller(1, print)
    caller.stop()
    with pytest.raises(asyncio.CancelledError):
        caller.run(by_gather, {})


USES = {
    "truth": bool,
    "iteration": list,
    "length": len,
    "arithmetic": lambda call: call + 1,
    "text": lambda call: f"{call}",
    "attribute": lambda call: call.x,
    "equality": lambda call: call == 1,
    "index": lambda call: call[0],
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_call_that_was_not_awaited_is_no_value(play, use):
    async def function():
        call = double(x=1)
        with pytest.raises(
            PromiseError, match=r"test_calls.py:\d+\)\n.*write await before the call"
        ):
            use(call)

    play.run(function)


def test_a_call_as_an_argument_is_refused(play):
    async def function():
        with pytest.raises(TypeMismatch, match="expected int, got <call double-") as refused:
            double(x=double(x=1))
        assert "write await" in refused.value.hint

    play.run(function)


def test_a_thread_of_an_eager_function_cannot_call(play):
    async def function():
        with pytest.raises(CallError, match="await it in the function itself"):
            await asyncio.to_thread(lambda: double(x=1))

    play.run(function)


def test_outside_of_eager_functions_there_is_nothing_to_await():
    with pytest.raises(CallError, match=r"write double\(\.\.\.\)"):
        double.aio(x=1)


def test_a_workflow_that_is_first_compiled_in_an_eager_function_is_recorded(play):
    @workflow
    def local(x: int) -> int:
        return double(x=x)

    async def function():
        local(x=1)

    play.run(function)
    [call] = play.calls
    assert [each.name for each in read_bundle(call.bundle).workflows] == [local.name]


# -- ids ---------------------------------------------------------------------------------------


def ids_of(function, **arguments):
    play = Play()
    play.run(function, **arguments)
    return play.ids


def test_ids_say_what_is_called_and_tell_calls_apart():
    async def function():
        await double(x=1)
        await double(x=2)
        await length(text="x")

    ids = ids_of(function)
    assert len(set(ids)) == 3
    assert [re.sub(r"[0-9a-f]{12}", "", id) for id in ids] == ["double-", "double-", "length-"]
    assert ids == ids_of(function)


def test_equal_calls_are_numbered():
    async def function():
        for _ in range(3):
            await double(x=1)

    first, *others = ids_of(function)
    assert others == [f"{first}-2", f"{first}-3"]


def test_ids_are_segments_of_paths_whatever_entities_are_called():
    play = Play(lambda _: None)

    async def function():
        PLAN()
        map_task(double)(x=[1])

    play.run(function)
    assert [re.sub(r"[0-9a-f]{12}", "", id) for id in play.ids] == [
        "daily-plan-",
        "map-task-double-",
    ]


def test_maps_that_differ_only_in_what_they_bind_are_told_apart():
    play = Play(lambda _: None)

    async def function():
        for number in (1, 2, 2):
            map_task(partial(divide, b=number))(a=[1])

    play.run(function)
    one, two, again = play.ids
    assert one != two
    assert again == f"{two}-2"


def test_a_large_input_is_told_by_its_content():
    async def function(last):
        await length(text=100_000 * "x" + last)

    assert ids_of(function, last="a") == ids_of(function, last="a") != ids_of(function, last="b")


async def eventful(depth):
    """Calls inside of calls: in order, side by side, in helpers, some failing, some equal."""

    async def safely(a, b):
        try:
            return await divide(a=a, b=b)
        except TaskFailed as error:
            return await length(text=error.code)

    async def tree(x, depth):
        if not depth:
            return await double(x=x)
        parts = await asyncio.gather(*(tree(x + side, depth - 1) for side in range(2)))
        return await divide(a=sum(parts), b=1) + await safely(x, x)

    results = await asyncio.gather(tree(0, depth), tree(1, depth), safely(1, 0))
    total = 0
    for each in results:
        total += await double(x=each)
    return total


@given(st.data())
def test_in_whatever_order_calls_end_ids_and_result_are_the_same(data):
    expected = Play()
    result = expected.run(eventful, depth=2)
    play = Play(pick=lambda count: data.draw(st.integers(0, count - 1)))
    assert play.run(eventful, depth=2) == result
    assert sorted(play.ids) == sorted(expected.ids)
