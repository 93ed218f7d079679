from __future__ import annotations

import sys

import pytest

from volery.ir.codec import contract_of
from volery.ir.failure import Failure
from volery.ir.specs import Loader
from volery.worker.load import changed, load, prepend

MODULE = """
from volery.sdk.task import task

@task
def f(x: int) -> int:
    return x

@task
def g(x: int, y: str) -> tuple[int, str]:
    return x, y

class Group:
    @staticmethod
    @task
    def inner() -> None: ...

plain = 3
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path[:])
    (tmp_path / "loaded_by_tests.py").write_text(MODULE)
    prepend([str(tmp_path)])
    yield tmp_path
    sys.modules.pop("loaded_by_tests", None)


def refusal(loader, name):
    failure = load(loader, name)
    assert isinstance(failure, Failure)
    assert (failure.code, failure.kind, failure.retryable) == ("ImportFailed", "USER", False)
    return failure


def test_import_roots_come_first_and_in_order(monkeypatch):
    monkeypatch.setattr(sys, "path", ["/a", "/b", "/c"])
    prepend(["/c", "/d"])
    assert sys.path == ["/c", "/d", "/a", "/b"]


def test_a_task_is_found_and_kept(root):
    task = load(Loader("loaded_by_tests", "f"), "loaded_by_tests.f")
    assert task.name == "loaded_by_tests.f"
    assert load(Loader("loaded_by_tests", "f"), "loaded_by_tests.f") is task


def test_a_task_is_found_inside_of_a_class(root):
    task = load(Loader("loaded_by_tests", "Group.inner"), "loaded_by_tests.Group.inner")
    assert task.name == "loaded_by_tests.Group.inner"


def test_a_module_that_is_not_there_is_named(root):
    failure = refusal(Loader("not_there_at_all", "f"), "not_there_at_all.f")
    assert "ModuleNotFoundError: No module named 'not_there_at_all'" in failure.message


def test_a_module_that_exits_is_a_failure(root):
    (root / "exits.py").write_text("import sys\nsys.exit(2)\n")
    failure = refusal(Loader("exits", "f"), "exits.f")
    assert "sys.exit(2)" in failure.message
    assert "exits.py" in failure.traceback


def test_a_name_that_the_module_does_not_have_gets_the_nearest(root):
    failure = refusal(Loader("loaded_by_tests", "plane"), "loaded_by_tests.plane")
    assert failure.message == "module loaded_by_tests has no plane; did you mean plain?"


def test_something_else_than_a_task_is_refused(root):
    failure = refusal(Loader("loaded_by_tests", "plain"), "loaded_by_tests.plain")
    assert "is of type int, expected task" in failure.message


def test_another_task_is_refused(root):
    failure = refusal(Loader("loaded_by_tests", "Group.inner"), "loaded_by_tests.g")
    assert "is task loaded_by_tests.Group.inner, expected task loaded_by_tests.g" in failure.message


def test_without_a_loader_there_is_nothing_to_load():
    assert "can be reached only in the process" in refusal(None, "here.f").message


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("f", "f(x: int) -> int"),
        ("g", "g(x: int, y: str) -> (o0: int, o1: str)"),
        ("Group.inner", "Group.inner() -> None"),
    ],
)
def test_a_task_with_another_interface_than_was_counted_on_is_refused(root, name, signature):
    task = load(Loader("loaded_by_tests", name), f"loaded_by_tests.{name}")
    failure = changed(task, "another")
    assert (failure.code, failure.kind, failure.retryable) == ("InterfaceChanged", "USER", False)
    assert f"which is now loaded_by_tests.{signature}\n  hint: start it anew" in failure.message


def test_a_task_with_the_interface_that_was_counted_on_will_do(root):
    task = load(Loader("loaded_by_tests", "f"), "loaded_by_tests.f")
    assert changed(task, contract_of(task.interface)) is None
    assert changed(task, "") is None
