"""From files, folders and modules to one program, or all that is wrong with them."""

from __future__ import annotations

import sys
import textwrap

import pytest

from volery.errors import CompileError, DefinitionError, NotFound, RegistrationError
from volery.ids import digest
from volery.sdk.collect import collect

HELPER = "FACTOR = 2\n"


@pytest.fixture(autouse=True)
def imports_undone():
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in sys.modules.keys() - modules:
        del sys.modules[name]


@pytest.fixture
def unique(tmp_path):
    """A word that is in no other test: modules and launch plans of a process have one name each."""
    return f"c{digest(str(tmp_path).encode())[:8]}"


def written(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))
    return path


def flow(name, more=""):
    return f"""
from volery import LaunchPlan, task, workflow

@task
def double(n: int) -> int:
    return n * 2

@workflow
def {name}(n: int) -> int:
    return double(n=n)

{more}
"""


def names(collected):
    bundle = collected.program.bundle
    specs = (*bundle.tasks, *bundle.workflows, *bundle.launch_plans)
    return [spec.name for spec in specs]


def test_a_file_gives_all_its_entities_with_fingerprints(tmp_path, unique):
    plan = f'LaunchPlan.get_or_create(pipeline, "{unique}-plan")'
    file = written(tmp_path / f"{unique}.py", flow("pipeline", plan))
    found = collect([str(file)])
    assert names(found) == [f"{unique}.double", f"{unique}.pipeline", f"{unique}-plan"]
    assert found.root == tmp_path
    assert found.program.bundle.tasks[0].fingerprint


def test_a_launch_plan_that_no_variable_holds_belongs_to_its_workflow(tmp_path, unique):
    more = f'LaunchPlan.create("{unique}-lost", pipeline)'
    file = written(tmp_path / f"{unique}.py", flow("pipeline", more))
    assert f"{unique}-lost" in names(collect([file]))


def test_a_folder_gives_every_module_of_its_project(tmp_path, unique):
    package = tmp_path / unique
    for name in ("__init__", "a", "sub/b"):
        written(package / f"{name}.py", flow(name.strip("_").replace("/", "_")))
    written(package / ".gitignore", "ignored/\n")
    for name in ("__main__", "setup", "conftest", "test_a", "a_test", "tests/x", "ignored/y"):
        written(package / f"{name}.py", "raise SystemExit")
    found = collect([str(package)])
    workflows = [spec.name for spec in found.program.bundle.workflows]
    assert workflows == [f"{unique}.a.a", f"{unique}.init", f"{unique}.sub.b.sub_b"]
    assert found.root == tmp_path


def test_a_folder_that_is_no_package_is_the_import_root(tmp_path, unique):
    written(tmp_path / f"{unique}.py", flow("pipeline"))
    found = collect([str(tmp_path)])
    assert found.root == tmp_path
    assert f"{unique}.pipeline" in names(found)


def test_a_module_by_name_is_taken_from_here(tmp_path, unique, monkeypatch):
    written(tmp_path / f"{unique}.py", flow("pipeline"))
    monkeypatch.chdir(tmp_path)
    assert collect([unique]).root == tmp_path


def test_entities_are_taken_with_what_they_refer_to(tmp_path, unique):
    module = collect([written(tmp_path / f"{unique}.py", flow("pipeline"))])
    pipeline = sys.modules[unique].pipeline
    assert collect([pipeline]).program.bundle == module.program.bundle
    assert collect([pipeline]).root == tmp_path


def test_several_paths_make_one_bundle(tmp_path, unique):
    one = written(tmp_path / unique / "one.py", flow("first"))
    other = written(tmp_path / unique / "two.py", "from one import double, first\n")
    assert names(collect([other, one])) == ["one.double", "one.first"]


# -- what is refused --------------------------------------------------------------------------


def test_what_does_not_import_shows_the_users_traceback(tmp_path, unique):
    file = written(tmp_path / f"{unique}.py", "def f():\n    return 1 / 0\n\nf()\n")
    with pytest.raises(RegistrationError) as caught:
        collect([file])
    told = caught.value.message
    assert f"{unique}.py does not import" in told
    assert "line 2, in f" in told
    assert told.endswith("ZeroDivisionError: division by zero")
    assert "importlib" not in told


def test_all_problems_are_listed(tmp_path, unique):
    folder = tmp_path / unique
    written(folder / "a.py", "import nothing_of_this_name")
    written(folder / "b.py", "raise ValueError('no')")
    written(
        folder / "c.py",
        """
        from volery import task, workflow

        @task
        def f(n: int) -> int:
            return n

        @workflow
        def wrong(n: str) -> int:
            return f(n=n)

        @workflow
        def around(n: str) -> int:
            return wrong(n=n)

        @workflow
        def breaks(n: int) -> int:
            raise KeyError("broken")

        def make():
            @task
            def inner() -> int:
                return 1
            return inner

        hidden = make()
        """,
    )
    with pytest.raises(RegistrationError) as caught:
        collect([str(folder)])
    told = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 5
    for part in (
        "a.py does not import",
        "No module named 'nothing_of_this_name'",
        "ValueError: no",
        "workflow c.wrong (c.py:9) has 1 problem",
        "workflow c.breaks does not compile",
        "KeyError: 'broken'",
        "task c.inner cannot run in a process of its own: it is defined inside of make()",
    ):
        assert part in told
    assert caught.value.message.startswith("there are 5 problems\n  1. ")


def test_one_problem_is_told_as_it_is(tmp_path, unique):
    text = """
    from volery import task, workflow

    @task
    def f(n: int) -> int:
        return n

    @workflow
    def wrong(n: str) -> int:
        return f(n=n)
    """
    file = written(tmp_path / f"{unique}.py", text)
    with pytest.raises(CompileError, match="has 1 problem"):
        collect([file])


def test_two_entities_of_one_name_are_refused(tmp_path, unique):
    again = "first = double\n\n@task\ndef double(n: int) -> int:\n    return n * 3\n"
    file = written(tmp_path / f"{unique}.py", flow("pipeline", again))
    with pytest.raises(DefinitionError, match=f"two different entities are both task {unique}"):
        collect([file])


def test_code_below_several_import_roots_is_refused(tmp_path, unique):
    one = written(tmp_path / "one" / f"{unique}_1.py", flow("pipeline"))
    other = written(tmp_path / "two" / f"{unique}_2.py", flow("pipeline"))
    with pytest.raises(RegistrationError, match=r"the code is in several folders: .*one, .*two"):
        collect([one, other])


@pytest.mark.parametrize("text", ["", "x = 1\n"])
def test_nothing_to_register_is_an_error(tmp_path, unique, text):
    file = written(tmp_path / f"{unique}.py", text)
    with pytest.raises(NotFound, match="has no task, workflow or launch plan"):
        collect([file])


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFound, match="there is no file"):
        collect([tmp_path / "gone.py"])
