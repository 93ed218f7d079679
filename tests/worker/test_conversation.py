"""What a worker process says of the work that it does, and hears while it does it."""

from __future__ import annotations

import select
import textwrap
import time
from collections import deque

import pytest

from volery.data.hashing import digest_of
from volery.data.storage import Storage
from volery.executors.worker import WorkerProcess
from volery.ir.codec import read_bundle
from volery.ir.failure import Failure
from volery.ir.specs import Loader
from volery.ir.values import pack, unpack
from volery.ir.work import EMITTED, CallEnded, Work
from volery.worker.protocol import Answer, Asked, Done, Element, Loaded, Ready, Run

MODULE = """
    import asyncio
    from volery import dynamic, eager, task
    from volery.errors import TaskFailed

    @task
    def double(x: int) -> int:
        return 2 * x

    @dynamic
    def powers(n: int) -> list[int]:
        found = [1]
        for _ in range(n):
            found.append(double(x=found[-1]))
        return found

    @dynamic
    def large() -> int:
        return length(text="x" * 1_000_000)

    @task
    def length(text: str) -> int:
        return len(text)

    @eager
    async def total(n: int) -> int:
        return sum(await asyncio.gather(*(double(x=x) for x in range(n))))

    @eager
    async def impatient() -> int:
        double(x=1)
        return 0

    @eager
    async def careful() -> str:
        try:
            await double(x=1)
        except TaskFailed as error:
            return f"{error.code}: {error.message}"

    def here():
        @task
        def hidden(x: int) -> int:
            return x
        return hidden

    @eager
    async def hides() -> int:
        return await here()(x=1)

    @dynamic
    def hides_too() -> int:
        return here()(x=1)
"""
TIMEOUT = 45.0


class Conversation:
    """A worker process with the module, and what it says."""

    def __init__(self, folder):
        (folder / "spoken_of.py").write_text(textwrap.dedent(MODULE), "utf-8")
        self.storage = Storage((folder / "storage").as_uri())
        self.process = WorkerProcess([str(folder)], folder / "scratch", self.storage)
        self._heard = deque()

    def run(self, *works):
        self.process.send(Run(works))

    def answer(self, asked, outputs=None, failure=None):
        packed = None if outputs is None else pack(outputs)
        self.process.send(Answer(CallEnded(asked.work, asked.id, packed, failure)))

    def hear(self, kind):
        """The next message, which has to be of this kind."""
        deadline = time.monotonic() + TIMEOUT
        while not self._heard:
            reading = self.process.channel.reading
            ready = select.select([reading], [], [], deadline - time.monotonic())[0]
            assert ready, "the worker says nothing"
            messages = self.process.receive()
            assert messages is not None, "the worker is dead"
            self._heard.extend(messages)
        message = self._heard.popleft()
        assert isinstance(message, kind), message
        return message

    def done(self):
        return self.hear(Done).result


@pytest.fixture
def worker(tmp_path):
    conversation = Conversation(tmp_path)
    conversation.hear(Ready)
    yield conversation
    conversation.process.bury()


def work(name, mode="", inputs=None, number=1, **more):
    loader = Loader("spoken_of", name)
    path = "n0[0:3]" if "elements" in more else "n0"
    packed = pack(inputs or {})
    return Work(number, "e", path, 1, f"spoken_of.{name}", loader, packed, mode=mode, **more)


def test_an_eager_function_asks_and_goes_on_with_the_answers(worker):
    worker.run(work("total", "eager", {"n": 3}))
    worker.hear(Loaded)
    calls = [worker.hear(Asked).call for _ in range(3)]
    assert {call.entity.name for call in calls} == {"spoken_of.double"}
    assert [unpack(call.inputs) for call in calls] == [{"x": 0}, {"x": 1}, {"x": 2}]
    for call in reversed(calls):
        worker.answer(call, {"o0": 10 * unpack(call.inputs)["x"]})
    assert unpack(worker.done().outputs) == {"o0": 30}


def test_the_next_attempt_makes_the_same_calls(worker):
    ids = []
    for number in (1, 2):
        worker.run(work("total", "eager", {"n": 2}, number=number))
        if number == 1:
            worker.hear(Loaded)
        calls = [worker.hear(Asked).call for _ in range(2)]
        ids.append([call.id for call in calls])
        assert {call.work for call in calls} == {number}
        for call in calls:
            worker.answer(call, {"o0": 0})
        worker.done()
    assert ids[0] == ids[1]


def test_a_function_hears_why_a_call_failed(worker):
    worker.run(work("careful", "eager"))
    worker.hear(Loaded)
    call = worker.hear(Asked).call
    worker.answer(call, failure=Failure("ValueError", "USER", "too small"))
    assert unpack(worker.done().outputs) == {"o0": "ValueError: too small"}


def test_an_answer_that_comes_too_late_is_ignored(worker):
    worker.run(work("impatient", "eager"), work("double", inputs={"x": 1}, number=2))
    worker.hear(Loaded)
    call = worker.hear(Asked).call
    assert worker.done().id == 1
    worker.answer(call, {"o0": 2})
    worker.hear(Loaded)
    assert unpack(worker.done().outputs) == {"o0": 2}


def test_a_failure_of_a_call_that_nobody_catches_fails_the_function_for_good(worker):
    worker.run(work("total", "eager", {"n": 1}))
    worker.hear(Loaded)
    worker.answer(worker.hear(Asked).call, failure=Failure("ValueError", "USER", "too small"))
    failure = worker.done().failure
    assert (failure.code, failure.kind, failure.retryable) == ("ValueError", "USER", False)
    assert "too small" in failure.message


def test_a_dynamic_function_leaves_a_graph(worker):
    worker.run(work("powers", "dynamic", {"n": 3}))
    worker.hear(Loaded)
    result = worker.done()
    assert (result.outputs, result.failure) == (None, None)
    bundle = read_bundle(result.graph)
    assert [each.name for each in bundle.workflows] == [EMITTED]
    assert len(bundle.workflows[0].graph.nodes) == 3
    [task] = bundle.tasks
    assert (task.loader, bool(task.fingerprint)) == (Loader("spoken_of", "double"), True)


def test_what_is_large_in_a_graph_stands_in_the_storage(worker):
    worker.run(work("large", "dynamic"))
    worker.hear(Loaded)
    result = worker.done()
    assert len(result.graph) < 10_000
    assert worker.storage.has(digest_of(pack("x" * 1_000_000)))


def test_a_graph_may_be_only_so_large(worker):
    worker.run(work("powers", "dynamic", {"n": 11}, most_nodes=10))
    worker.hear(Loaded)
    failure = worker.done().failure
    assert (failure.code, failure.retryable) == ("CompileError", False)
    assert "10" in failure.message


@pytest.mark.parametrize(("name", "mode"), [("hides", "eager"), ("hides_too", "dynamic")])
def test_a_task_that_only_this_process_knows_cannot_be_called(worker, name, mode):
    worker.run(work(name, mode))
    worker.hear(Loaded)
    failure = worker.done().failure
    assert (failure.code, failure.kind) == ("RegistrationError", "USER")
    assert "defined inside of here()" in failure.message


def test_a_part_of_a_map_with_a_limit_says_when_an_element_begins(worker):
    part = work("double", inputs={"x": [1, 2, 3]}, elements=3, over=("x",), limit=60.0)
    worker.run(part)
    worker.hear(Loaded)
    assert [worker.hear(Element).work for _ in range(3)] == [1, 1, 1]
    assert unpack(worker.done().outputs) == {"o0": [2, 4, 6]}


def test_without_a_limit_it_does_not(worker):
    worker.run(work("double", inputs={"x": [1, 2, 3]}, elements=3, over=("x",)))
    worker.hear(Loaded)
    assert unpack(worker.done().outputs) == {"o0": [2, 4, 6]}
