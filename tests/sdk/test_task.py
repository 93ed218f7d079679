"""Plain calls of tasks, their options, their names and how other processes find them."""

from __future__ import annotations

import asyncio
import enum
import functools
import os
import re
import sys
import textwrap
from typing import NamedTuple

import pytest

from volery import current_context, task, workflow
from volery.errors import CallError, DefinitionError, TypeMismatch
from volery.ir.policy import Policy
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.sdk.compile import compile_entity
from volery.sdk.discover import load


class Colour(enum.Enum):
    RED = "red"


class Stats(NamedTuple):
    mean: float
    count: int


class One(NamedTuple):
    value: int


@task
def mean(values: list[float]) -> float:
    """The middle."""
    return sum(values) / len(values)


@task
def scale(value: float, factor: float = 2.0) -> float:
    return value * factor


@task
def stats(values: list[float]) -> Stats:
    return Stats(mean(values=values), len(values))


def twice(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) * 2

    return wrapper


@task
@twice
def decorated(a: int) -> int:
    return a


def _hidden(a: int) -> int:
    return a


visible = task(_hidden)


# -- calls ---------------------------------------------------------------------------------------


def test_a_plain_call_runs_the_function():
    assert mean(values=[1.0, 2.0, 3.0]) == 2.0


def test_an_int_that_is_declared_float_stays_an_int():
    @task
    def same(a: float) -> float:
        return a

    assert type(same(a=3)) is int


def test_conversions_by_the_types_show_in_a_plain_call():
    @task
    def name(colour: Colour) -> str:
        return colour.name

    assert name(colour="red") == "RED"


def test_a_task_keeps_the_metadata_of_its_function():
    assert (mean.__name__, mean.__doc__) == ("mean", "The middle.")
    assert repr(mean) == f"<task {mean.name}>"


def test_several_outputs_come_in_a_named_tuple():
    @task
    def f() -> tuple[int, str]:
        return 1, "a"

    result = f()
    assert (result.o0, result.o1) == result == (1, "a")


def test_declared_outputs_come_in_the_class_of_the_user():
    assert stats(values=[1.0, 3.0]) == Stats(2.0, 2)
    assert type(stats(values=[1.0])) is Stats


def test_a_named_tuple_of_one_stays_a_tuple():
    @task
    def f() -> One:
        return One(1)

    assert f() == One(1)


def test_a_plain_tuple_fills_named_outputs():
    @task
    def f() -> Stats:
        return 1.0, 2

    assert f() == Stats(1.0, 2)


def test_no_output_gives_none():
    @task
    def f() -> None: ...

    assert f() is None


def test_a_task_in_the_body_of_a_task_is_a_plain_call():
    assert stats(values=[4.0]).mean == 4.0


def test_an_async_task_gives_its_value():
    @task
    async def f(a: int) -> int:
        await asyncio.sleep(0)
        return a + 1

    assert f(a=1) == 2


def test_an_async_task_inside_of_an_event_loop_says_what_to_do():
    @task
    async def f() -> int:
        return 1

    async def main() -> None:
        f()

    with pytest.raises(CallError, match=r"event loop(.|\n)*asyncio\.to_thread"):
        asyncio.run(main())


def test_a_decorator_of_the_user_below_task_works():
    assert decorated(a=2) == 4
    assert decorated.name.endswith(".decorated")


def test_the_exception_of_the_user_comes_as_itself_with_a_note():
    error = ValueError("no")

    @task
    def f() -> None:
        raise error

    with pytest.raises(ValueError, match="no") as caught:
        f()
    assert caught.value is error
    assert caught.value.__notes__ == [f"in task {f.name}"]


# -- wrong calls ---------------------------------------------------------------------------------


def test_a_positional_argument_is_refused_with_the_call_as_it_should_be():
    with pytest.raises(
        CallError, match=r"keyword arguments only\n  hint: write scale\(value=1.5, f"
    ):
        scale(1.5, factor=3.0)


def test_a_missing_input_is_named_with_its_type():
    with pytest.raises(CallError, match=r"needs value: float\n  hint: write scale\(value=\.\.\.\)"):
        scale()


def test_an_unknown_input_names_the_nearest():
    with pytest.raises(CallError, match=r"has no input facto\n  hint: did you mean factor\?"):
        scale(value=1.0, facto=2.0)


def test_an_input_of_the_wrong_type_names_task_parameter_and_path():
    with pytest.raises(TypeMismatch) as caught:
        mean(values=[1.0, "x"])
    assert caught.value.path == "$[1]"
    assert f"task {mean.name}, input values: expected float, got 'x' (str)" in str(caught.value)


def test_an_output_of_the_wrong_type_names_task_and_output():
    @task
    def f() -> int:
        return "x"

    with pytest.raises(TypeMismatch, match=r"f, output o0: expected int, got 'x' \(str\)"):
        f()


def test_a_named_output_of_the_wrong_type_is_named():
    @task
    def f() -> Stats:
        return Stats("x", 1)

    with pytest.raises(TypeMismatch, match="output mean: expected float"):
        f()


@pytest.mark.parametrize(
    ("returned", "told"),
    [(1, r"returned one value, 1"), ((1,), "a tuple of 1"), ((1, "a", 2), "a tuple of 3")],
)
def test_a_wrong_number_of_outputs_is_counted(returned, told):
    @task
    def f() -> tuple[int, str]:
        return returned

    with pytest.raises(TypeMismatch, match=rf"declares 2 outputs \(o0, o1\), but.*{told}"):
        f()


def test_a_value_from_a_task_without_outputs_is_refused():
    @task
    def f() -> None:
        return 1

    with pytest.raises(TypeMismatch, match="declares no output, but returned 1"):
        f()


def test_a_trailing_comma_is_no_single_output():
    @task
    def f() -> int:
        return (3,)

    with pytest.raises(TypeMismatch, match=r"expected int, got \(3,\) \(tuple\)"):
        f()


# -- options -------------------------------------------------------------------------------------


def test_retries_and_environment_become_the_policy():
    @task(retries=3, environment={"B": "2", "A": "1"})
    def f() -> None: ...

    assert f.spec.policy == Policy(retries=3, environment=(("A", "1"), ("B", "2")))


def test_the_environment_is_set_during_a_plain_call_and_put_back():
    @task(environment={"VOLERY_TEST_COLOUR": "red"})
    def f() -> str:
        return os.environ["VOLERY_TEST_COLOUR"]

    assert f() == "red"
    assert "VOLERY_TEST_COLOUR" not in os.environ


@pytest.mark.parametrize("retries", [-1, 1.5, True, "3"])
def test_retries_must_be_a_whole_number(retries):
    with pytest.raises(DefinitionError, match="retries= takes a whole number of at least 0"):
        task(retries=retries)(_hidden)


def test_an_environment_must_be_a_dict_of_strings():
    with pytest.raises(DefinitionError, match="environment= takes a dict of strings"):
        task(environment={"A": 1})(_hidden)


@pytest.mark.parametrize("option", ["execution_mode", "node_dependency_hints", "task_config"])
def test_an_option_of_a_later_version_is_refused_by_name(option):
    with pytest.raises(DefinitionError, match=f"{option}= is not available yet in this version"):
        task(**{option: 1})(_hidden)


def test_an_unknown_option_names_the_nearest():
    with pytest.raises(DefinitionError, match=r"no option retrys=\n  hint: did you mean retries"):
        task(retrys=1)(_hidden)


def test_a_deprecated_task_warns_in_a_workflow_and_not_in_a_plain_call():
    @task(deprecated="use g")
    def f() -> int:
        return 1

    @workflow
    def wf() -> int:
        return f()

    assert f() == 1
    with pytest.warns(DeprecationWarning, match="is deprecated: use g") as caught:
        compile_entity(wf)
    assert caught[0].filename == __file__


# -- the worker's side ---------------------------------------------------------------------------


def test_records_are_unpacked_into_arguments_and_packed_from_what_is_returned():
    assert mean.unpack(pack({"values": [1.5]})) == {"values": [1.5]}
    assert mean.pack(2.5) == pack({"o0": 2.5})


def test_a_record_of_other_inputs_is_refused():
    with pytest.raises(TypeMismatch, match=r"has the inputs \(values\), got \(value\)"):
        mean.unpack(pack({"value": 1}))


# -- names and loaders ---------------------------------------------------------------------------


def test_a_task_of_a_module_can_be_loaded_by_name():
    spec = mean.spec
    assert spec.name == f"{spec.loader.module}.mean"
    assert spec.loader == Loader(spec.loader.module, "mean")
    assert spec.source.file.endswith("test_task.py")


def test_a_task_under_another_name_is_loaded_by_that():
    assert visible.name.endswith("._hidden")
    assert visible.spec.loader.attribute == "visible"


def test_a_static_method_is_loaded_by_its_dotted_name():
    assert Tools.inc.spec.loader.attribute == "Tools.inc"


class Tools:
    @task
    @staticmethod
    def inc(a: int) -> int:
        return a + 1


def test_a_task_inside_of_a_function_says_why_it_cannot_be_loaded():
    @task
    def f() -> None: ...

    assert f.spec.loader is None
    assert "defined inside of test_a_task_inside_of_a_function" in f.spec.unreachable


def test_a_task_that_its_module_has_no_name_for_says_so():
    assert "no name for it" in task(_hidden).spec.unreachable


def test_a_module_in_a_package_gets_its_full_name(tmp_path):
    package = tmp_path / "volery_shop" / "flows"
    package.mkdir(parents=True)
    (tmp_path / "volery_shop" / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "stats.py").write_text(
        textwrap.dedent("""
        from volery import task

        @task(
            retries=1,
        )
        def f(a: int) -> int:
            return a
        """)
    )
    before = list(sys.path)
    try:
        module = load(str(package / "stats.py"))
    finally:
        sys.path[:] = before
    assert module.f.name == "volery_shop.flows.stats.f"
    assert module.f.spec.loader == Loader("volery_shop.flows.stats", "f")
    assert module.f.spec.source.file == "volery_shop/flows/stats.py"
    assert module.f.spec.source.line == 7


def test_the_context_of_a_plain_call_is_the_tasks():
    @task
    def f() -> list[str]:
        context = current_context()
        return [context.execution_id, context.task_id, str(context.attempt)]

    assert f() == ["local", f.name, "1"]


def test_the_source_of_an_error_is_the_users_line():
    with pytest.raises(DefinitionError) as caught:
        task(3)
    assert re.search(r"test_task\.py:\d+", str(caught.value))


def test_a_generator_that_does_not_declare_a_stream_is_no_task():
    def numbers(n: int) -> int:
        yield n

    with pytest.raises(DefinitionError, match=r"it yields(.|\n)*Iterator"):
        task(numbers)
