"""A worker process as the executor starts it: what user code finds there, and what it leaves."""

from __future__ import annotations

import textwrap
from pathlib import Path

import msgspec
import pytest

from volery.executors.process import ProcessExecutor
from volery.ir.codec import contract_of
from volery.ir.interface import Interface, Output
from volery.ir.specs import Loader
from volery.ir.types import INT, STR
from volery.ir.values import pack, unpack
from volery.ir.work import Work
from volery.testing.conformance.executor_tasks import ids, listen

MODULE = """
    import os, sys
    from volery import current_context, task

    @task
    def tick() -> None:
        print("✓")
        print("✓ \\udcff", file=sys.stderr)

    @task
    def inner() -> str:
        return keep()

    def keep():
        folder = current_context().working_directory
        (folder / "x").write_text("x")
        return str(folder)

    @task
    def outer() -> list[str]:
        os.chdir("/")
        return [keep(), inner()]

    @task
    def crash() -> None:
        print(keep())
        os._exit(1)
"""


@pytest.fixture
def scratch(tmp_path):
    return tmp_path / "scratch"


@pytest.fixture
def write(tmp_path):
    """A function that writes the module."""

    def write(text):
        (tmp_path / "code_of_a_worker.py").write_text(textwrap.dedent(text), "utf-8")

    return write


@pytest.fixture
def attempt(tmp_path, scratch, write, monkeypatch):
    """A function that runs a task of the module in a worker process."""
    write(MODULE)
    monkeypatch.chdir(tmp_path)
    executors = []

    def attempt(name, interface=""):
        if not executors:
            relative = scratch.relative_to(tmp_path)
            executors.append(ProcessExecutor([str(tmp_path)], scratch=relative, workers=1))
        loader = Loader("code_of_a_worker", name)
        work = Work(next(ids), "e", "n0", 1, f"code_of_a_worker.{name}", loader, pack({}))
        return listen(executors[0], [msgspec.structs.replace(work, interface=interface)])[0]

    yield attempt
    for each in executors:
        each.close()


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_what_the_locale_cannot_write_is_printed_all_the_same(attempt, monkeypatch, encoding):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    ticked = attempt("tick")
    assert ticked.result.failure is None
    assert (ticked.text("stdout"), ticked.text("stderr")) == ("✓\n", "✓ \\udcff\n")


def test_working_directories_lie_in_the_scratch_folder_and_go_with_their_attempts(attempt, scratch):
    outer, inner = unpack(attempt("outer").result.outputs)["o0"]
    assert outer != inner
    (folder,) = scratch.iterdir()
    assert {Path(outer).parent, Path(inner).parent} == {folder}
    assert list(folder.iterdir()) == []


def test_the_working_directory_of_an_attempt_that_crashed_is_removed(attempt, scratch):
    crashed = attempt("crash")
    assert crashed.result.failure.code == "WorkerCrashed"
    assert crashed.text("stdout").startswith(str(scratch))
    assert list(scratch.iterdir()) == []


def test_code_that_has_left_its_interface_is_not_run(attempt):
    text, number = (contract_of(Interface((), (Output("o0", kind),))) for kind in (STR, INT))
    assert attempt("inner", text).result.failure is None
    for _ in range(2):
        result, printed = attempt("inner", number)
        assert (result.failure.code, result.failure.retryable) == ("InterfaceChanged", False)
        assert "which is now code_of_a_worker.inner() -> str" in result.failure.message
        assert printed == []


def test_a_script_that_opens_an_engine_when_it_is_imported_starts_no_workers(
    attempt, write, tmp_path
):
    write("""
        from pathlib import Path
        from volery import task
        from volery.services.engine import embedded

        @task
        def inner() -> None: ...

        with embedded(Path("home")):
            pass
    """)
    result, _ = attempt("inner")
    assert (result.failure.code, result.failure.retryable) == ("ImportFailed", False)
    assert "RegistrationError" in result.failure.message
    assert "__main__" in result.failure.message
    assert not (tmp_path / "home").exists()
