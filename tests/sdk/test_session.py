"""Sessions: definitions that are typed in, run again, called from threads and event loops."""

from __future__ import annotations

import asyncio
import functools
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from volery import conditional, task, workflow
from volery.errors import CallError, DefinitionError
from volery.sdk.compile import compile_entity


@task
def double(n: int) -> int:
    return n * 2


@workflow
def quadruple(n: int) -> int:
    return double(n=double(n=n))


@task
async def fetch(n: int) -> int:
    await asyncio.sleep(0)
    return n


# -- notebooks -----------------------------------------------------------------------------------


class Notebook:
    """Runs cells one after another in the names of one session."""

    def __init__(self) -> None:
        self.names = {"__name__": "__main__"}
        self.run("from volery import *")

    def run(self, cell: str) -> None:
        exec(compile(cell, "<cell>", "exec"), self.names)

    def give(self, expression: str) -> object:
        self.run(f"given = {expression}")
        return self.names["given"]


STEP = "@task\ndef step(n: int) -> int:\n    return n + {}"
FLOW = "@workflow\ndef flow(n: int) -> int:\n    return step(n=n)"
INNER = "@workflow\ndef outer(n: int) -> int:\n    return flow(n=n)"


def test_a_redefined_task_counts_in_workflows_that_ran_before():
    notebook = Notebook()
    for cell in (STEP.format(1), FLOW, INNER):
        notebook.run(cell)
    assert notebook.give("outer(n=1)") == 2
    notebook.run(STEP.format(10))
    assert notebook.give("flow(n=1)") == 11
    assert notebook.give("outer(n=1)") == 11


def test_a_redefined_workflow_counts():
    notebook = Notebook()
    for cell in (STEP.format(1), FLOW, INNER):
        notebook.run(cell)
    assert notebook.give("outer(n=1)") == 2
    notebook.run(FLOW.replace("step(n=n)", "step(n=step(n=n))"))
    assert notebook.give("outer(n=1)") == 3


def test_a_cell_with_a_launch_plan_can_be_edited_and_run_again():
    notebook = Notebook()
    notebook.run(STEP.format(1))
    notebook.run(FLOW)
    plan = "plan = LaunchPlan.get_or_create(flow, 'session_plan', fixed_inputs={'n': %d})"
    notebook.run(plan % 1)
    first = notebook.names["plan"]
    notebook.run(plan % 1)
    assert notebook.names["plan"] is first
    assert notebook.give("plan()") == 2
    notebook.run(plan % 5)
    assert notebook.give("plan()") == 6
    notebook.run(FLOW)
    notebook.run(plan % 7)
    assert notebook.give("plan()") == 8


def test_a_launch_plan_that_is_created_in_a_cell_can_be_created_again():
    notebook = Notebook()
    notebook.run(STEP.format(1))
    notebook.run(FLOW)
    notebook.run("plan = LaunchPlan.create('session_created', flow)")
    notebook.run("plan = LaunchPlan.create('session_created', flow, {'n': 3})")
    assert notebook.give("plan()") == 4


def test_an_older_and_a_newer_definition_in_one_graph_are_told_apart():
    notebook = Notebook()
    notebook.run(STEP.format(1))
    notebook.run("from functools import partial\nmapped = map_task(step)")
    notebook.run(STEP.format(2))
    notebook.run("@workflow\ndef both() -> int:\n    mapped(n=[1])\n    return step(n=1)")
    with pytest.raises(DefinitionError, match=r"uses two that are both task .*\.step"):
        notebook.run("both()")


def test_code_without_the_name_of_a_module_has_a_place():
    with pytest.raises(DefinitionError, match=r"<cell>:1"):
        exec(compile("conditional(3)", "<cell>", "exec"), {"conditional": conditional})


# -- scripts -------------------------------------------------------------------------------------


def test_a_script_is_named_after_its_file(tmp_path):
    script = tmp_path / "hello.py"
    script.write_text(
        "from volery import task, workflow\n"
        "@task\ndef greet(name: str) -> str:\n    return f'hello {name}'\n"
        "@workflow\ndef flow(name: str) -> str:\n    return greet(name=name)\n"
        "if __name__ == '__main__':\n    print(greet.name, greet.spec.loader, flow(name='you'))\n"
    )
    run = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True)
    assert run.stdout == "hello.greet Loader(module='hello', attribute='greet') hello you\n"


class Tools:
    @task
    @staticmethod
    def inside(n: int) -> int:
        return n + 1

    @staticmethod
    @task
    def outside(n: int) -> int:
        return n + 2


def test_static_methods_are_tasks_whichever_decorator_comes_first():
    assert Tools.inside(n=1) == 2
    assert Tools().outside(n=1) == 3
    assert Tools.inside.spec.loader.attribute == "Tools.inside"
    assert Tools.outside.spec.loader.attribute == "Tools.outside"


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@counted
@task
def wrapped(n: int) -> int:
    return n


@task
@counted
async def fetch_counted(n: int) -> int:
    return n


def test_a_wrapper_around_a_task_is_a_function_that_calls_it():
    @workflow
    def flow(n: int) -> int:
        return wrapped(n=n)

    assert flow(n=3) == 3


def test_a_wrapped_async_function_is_a_task():
    assert fetch_counted(n=3) == 3


@pytest.mark.parametrize("decorator", [task, workflow])
@pytest.mark.parametrize("entity", [double, quadruple, wrapped])
def test_what_is_an_entity_already_cannot_be_decorated_again(decorator, entity):
    told = (
        r"takes a function, got <(task|workflow) .*test_session.py:\d+\)(.|\n)*or write a function"
    )
    with pytest.raises(DefinitionError, match=told):
        decorator(entity)


# -- event loops ---------------------------------------------------------------------------------


def test_plain_calls_work_while_an_event_loop_runs():
    async def main() -> tuple[int, int]:
        return double(n=1), quadruple(n=1)

    assert asyncio.run(main()) == (2, 4)


def test_an_async_task_needs_a_thread_of_its_own_while_an_event_loop_runs():
    @workflow
    def flow(n: int) -> int:
        return fetch(n=n)

    async def main() -> int:
        for call in (fetch, flow):
            with pytest.raises(CallError, match=r"await asyncio.to_thread\(fetch, ...\)"):
                call(n=1)
        return await asyncio.to_thread(fetch, n=1) + await asyncio.to_thread(flow, n=2)

    assert asyncio.run(main()) == 3


# -- threads -------------------------------------------------------------------------------------


def test_threads_compile_one_workflow_at_the_same_time():
    together = threading.Barrier(2)

    @workflow
    def flow(n: int) -> int:
        together.wait(50)  # both are in the body now
        return conditional("c").if_(n > 1).then(double(n=n)).else_().then(double(n=1))

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda n: flow(n=n), [1, 2])) == [2, 4]
    assert compile_entity(flow) is compile_entity(flow)


def test_a_body_that_is_compiled_in_one_thread_does_not_catch_calls_of_another():
    inside, called = threading.Event(), threading.Event()

    @workflow
    def flow() -> int:
        inside.set()
        assert called.wait(50)
        return double(n=1)

    with ThreadPoolExecutor(1) as pool:
        compiling = pool.submit(compile_entity, flow)
        assert inside.wait(50)
        assert double(n=4) == 8
        called.set()
        assert compiling.result()
