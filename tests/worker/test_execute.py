from __future__ import annotations

import asyncio
import os
from typing import NamedTuple

import pytest

from volery import Retry, dynamic, eager, task
from volery.errors import RecoverableError, StorageError
from volery.ir.codec import read_bundle
from volery.ir.failure import Failure
from volery.ir.values import pack, unpack
from volery.ir.work import EMITTED, CallEnded, Work
from volery.sdk.context import current_context
from volery.worker.calls import Caller
from volery.worker.execute import Observer, run


class Split(NamedTuple):
    quotient: int
    rest: int


@task
def divide(a: int, b: int) -> Split:
    return Split(*divmod(a, b))


@task
def nothing(a: int) -> None: ...


@task
def wrong(a: int) -> str:
    return a


@task
async def later(a: int) -> int:
    return a + 1


@task
def circumstances() -> dict[str, str]:
    context = current_context()
    return {
        "execution": context.execution_id,
        "task": context.task_id,
        "path": context.node_path,
        "attempt": str(context.attempt),
        "kept": os.environ.get("VOLERY_KEPT", ""),
        "new": os.environ.get("VOLERY_NEW", ""),
    }


@task
def surroundings(name: str) -> dict[str, str]:
    context = current_context()
    (context.working_directory / name).touch()
    names = sorted(each.name for each in context.working_directory.iterdir())
    folder = str(context.working_directory)
    return {"names": ",".join(names), "folder": folder, "path": context.node_path}


@task
def ends_badly() -> int:
    current_context().at_end(lambda: 1 / 0)
    return 1


@task
def inflate(size: int) -> str:
    return "x" * size


@task
def interrupted() -> None:
    raise KeyboardInterrupt


@task
def ended() -> None:
    raise GeneratorExit


class Heard(Observer):
    """Keeps what it is told."""

    def __init__(self):
        self.raises = []
        self.elements = 0
        self.tasks = {}

    def raised(self, path, exception):
        self.raises.append((path, type(exception)))

    def element(self):
        self.elements += 1

    def emitted(self, tasks):
        self.tasks |= tasks


@pytest.fixture
def heard():
    return Heard()


def work(target, inputs, **more):
    path = "a/b[10:20]" if "elements" in more else "a/b"
    return Work(7, "e", path, 2, target.name, None, pack(inputs), **more)


def test_the_outputs_are_a_record_by_name():
    result = run(divide, work(divide, {"a": 17, "b": 5}))
    assert (result.id, result.failure) == (7, None)
    assert unpack(result.outputs) == {"quotient": 3, "rest": 2}


def test_a_task_without_outputs_gives_an_empty_record():
    assert unpack(run(nothing, work(nothing, {"a": 1})).outputs) == {}


def test_an_async_function_is_run_to_its_end():
    assert unpack(run(later, work(later, {"a": 1})).outputs) == {"o0": 2}


def test_an_output_of_the_wrong_type_may_be_tried_again():
    failure = run(wrong, work(wrong, {"a": 1})).failure
    assert (failure.code, failure.kind, failure.retryable) == ("TypeMismatch", "USER", True)


def test_outputs_that_are_large_travel_as_references():
    outputs = run(inflate, work(inflate, {"size": 10_000_000})).outputs
    assert len(outputs) < 1000
    assert inflate.signature.unpack_outputs(outputs) == "x" * 10_000_000


def test_an_input_of_the_wrong_type_may_not():
    failure = run(nothing, work(nothing, {"a": "one"})).failure
    assert (failure.code, failure.kind, failure.retryable) == ("TypeMismatch", "USER", False)


def test_the_attempt_knows_its_circumstances(monkeypatch):
    monkeypatch.setenv("VOLERY_KEPT", "before")
    environment = (("VOLERY_KEPT", "while"), ("VOLERY_NEW", "new"))
    result = run(circumstances, work(circumstances, {}, environment=environment))
    assert unpack(result.outputs)["o0"] == {
        "execution": "e",
        "task": circumstances.name,
        "path": "a/b",
        "attempt": "2",
        "kept": "while",
        "new": "new",
    }
    assert os.environ["VOLERY_KEPT"] == "before"
    assert "VOLERY_NEW" not in os.environ


def test_the_exception_is_handed_on_before_it_becomes_a_failure(heard):
    run(divide, work(divide, {"a": 1, "b": 0}), heard)
    assert heard.raises == [("a/b", ZeroDivisionError)]


def test_the_exception_of_an_element_is_told_with_the_path_of_the_element(heard):
    part = work(divide, {"a": [7, 8], "b": [1, 0]}, elements=2, over=("a", "b"))
    run(divide, part, heard)
    assert heard.raises == [("a/b[11]", ZeroDivisionError)]


def test_it_is_told_when_each_element_begins(heard):
    run(divide, work(divide, {"a": [7, 8, 9], "b": 2}, elements=3, over=("a",)), heard)
    assert heard.elements == 3


def test_an_interrupt_passes_through():
    with pytest.raises(KeyboardInterrupt):
        run(interrupted, work(interrupted, {}))


def test_anything_else_that_user_code_raises_is_a_failure():
    assert run(ended, work(ended, {})).failure.code == "GeneratorExit"


def test_each_element_is_one_call():
    part = work(divide, {"a": [7, 8, 9], "b": 2}, elements=3, over=("a",))
    result = run(divide, part)
    assert unpack(result.outputs) == {"quotient": [3, 4, 4], "rest": [1, 0, 1]}
    assert result.elements == ()


def test_each_element_has_surroundings_of_its_own():
    """What one element wrote stood in the directory that the next one returned."""
    part = work(surroundings, {"name": ["a", "b"]}, elements=2, over=("name",))
    found = unpack(run(surroundings, part).outputs)["o0"]
    assert [each["names"] for each in found] == ["a", "b"]
    assert len({each["folder"] for each in found}) == 2
    assert [each["path"] for each in found] == ["a/b[10]", "a/b[11]"]


def test_what_fails_at_the_end_of_an_attempt_fails_it():
    result = run(ends_badly, work(ends_badly, {}))
    assert (result.outputs, result.failure.code) == (None, "ZeroDivisionError")


def test_elements_that_fail_are_nil_in_every_output():
    part = work(divide, {"a": [7, 8], "b": [0, 3]}, elements=2, over=("a", "b"))
    result = run(divide, part)
    assert unpack(result.outputs) == {"quotient": [None, 2], "rest": [None, 2]}
    ((failed),) = result.elements
    assert (failed.index, failed.failure.code) == (0, "ZeroDivisionError")


def test_a_map_of_nothing_has_empty_arrays():
    part = work(divide, {"a": [], "b": 2}, elements=0, over=("a",))
    assert unpack(run(divide, part).outputs) == {"quotient": [], "rest": []}


@task
def fails_twice() -> None:
    current_context().at_end(lambda: {}["late"])
    raise ValueError("mine")


def test_an_error_at_the_end_of_an_attempt_does_not_hide_that_of_the_task():
    failure = run(fails_twice, work(fails_twice, {})).failure
    assert failure.code == "ValueError"
    assert "mine" in failure.message
    assert "KeyError" in failure.traceback


# -- what another attempt can mend ---------------------------------------------------------------


@task(retries=Retry(3, on=(OSError,), never=(FileNotFoundError,)))
def picky(name: str) -> None:
    raise {
        "wanted": OSError(),
        "unwanted": ValueError(),
        "excluded": FileNotFoundError(),
        "recoverable": RecoverableError("please"),
        "memory": MemoryError(),
        "storage": StorageError("full"),
    }[name]


RETRYABLE = {
    "wanted": True,
    "unwanted": False,
    "excluded": False,
    "recoverable": True,
    "memory": True,
    "storage": True,
}


@pytest.mark.parametrize("name", RETRYABLE)
def test_the_task_says_after_which_exceptions_it_is_tried_again(name):
    assert run(picky, work(picky, {"name": name})).failure.retryable is RETRYABLE[name]


def test_it_says_so_for_every_element():
    part = work(picky, {"name": list(RETRYABLE)}, elements=len(RETRYABLE), over=("name",))
    failures = run(picky, part).elements
    assert [each.failure.retryable for each in failures] == list(RETRYABLE.values())


# -- dynamic tasks -------------------------------------------------------------------------------


@dynamic
def halves(a: int, times: int) -> int:
    for _ in range(times):
        a = divide(a=a, b=2).quotient
    return a


@dynamic(retries=3)
def ill_typed(a: int) -> str:
    nothing(a="one")
    return later(a=a)


@dynamic(retries=3)
def undecided(a: int) -> int:
    return 1 if later(a=a) else 0


def test_a_dynamic_task_leaves_a_graph_in_place_of_outputs(heard):
    result = run(halves, work(halves, {"a": 8, "times": 3}, mode="dynamic"), heard)
    assert (result.outputs, result.failure) == (None, None)
    bundle = read_bundle(result.graph)
    [emitted] = bundle.workflows
    assert (emitted.name, emitted.interface.inputs) == (EMITTED, ())
    assert emitted.interface.outputs == halves.interface.outputs
    assert len(emitted.graph.nodes) == 3
    assert heard.tasks == {divide.name: divide}


def test_all_that_is_wrong_with_a_graph_is_told_and_not_tried_again(heard):
    failure = run(ill_typed, work(ill_typed, {"a": 1}, mode="dynamic"), heard).failure
    assert (failure.code, failure.kind, failure.retryable) == ("CompileError", "USER", False)
    assert "2 problems" in failure.message
    assert "expected int, got 'one' (str)" in failure.message
    assert "declared str, got int" in failure.message
    assert heard.tasks == {}


def test_a_body_that_uses_a_promise_as_a_value_is_not_tried_again():
    failure = run(undecided, work(undecided, {"a": 1}, mode="dynamic")).failure
    assert (failure.code, failure.retryable) == ("PromiseError", False)


def test_the_size_of_a_graph_is_limited():
    most = {"mode": "dynamic", "most_nodes": 5}
    assert run(halves, work(halves, {"a": 8, "times": 5}, **most)).failure is None
    failure = run(halves, work(halves, {"a": 8, "times": 6}, **most)).failure
    assert (failure.code, failure.retryable) == ("CompileError", False)
    assert "5" in failure.message


# -- eager tasks ---------------------------------------------------------------------------------


@eager(retries=3)
async def one_more(a: int) -> int:
    return await later.aio(a=a)


@eager(retries=3)
async def one_more_or_not(a: int) -> int:
    try:
        return await later.aio(a=a)
    except Exception as error:
        raise LookupError("nothing to be had") from error


def answered(target, outputs=None, failure=None):
    """The result of an eager task whose first call ends like this."""
    caller = Caller(7, lambda call, _: caller.ended(CallEnded(7, call.id, outputs, failure)))
    return run(target, work(target, {"a": 1}, mode="eager"), caller=caller)


def test_an_eager_task_goes_on_with_what_its_calls_give():
    result = answered(one_more, pack({"o0": 5}))
    assert unpack(result.outputs) == {"o0": 5}
    assert result.graph is None


def test_a_failed_call_is_on_record_so_another_attempt_cannot_help():
    failure = answered(one_more, failure=Failure("ValueError", "USER", "too small")).failure
    assert (failure.code, failure.kind, failure.retryable) == ("ValueError", "USER", False)


def test_what_a_function_makes_of_a_failed_call_is_its_own():
    failure = answered(one_more_or_not, failure=Failure("ValueError", "USER", "too small")).failure
    assert (failure.code, failure.retryable) == ("LookupError", True)


@eager(retries=3)
async def in_a_group(a: int) -> int:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(later.aio(a=a))
    return task.result()


def test_a_group_with_a_failed_call_cannot_be_helped_either():
    failure = answered(in_a_group, failure=Failure("ValueError", "USER", "too small")).failure
    assert (failure.code, failure.retryable) == ("ExceptionGroup", False)
    assert "too small" in failure.traceback
