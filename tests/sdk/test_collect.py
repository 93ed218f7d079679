"""From files, folders and modules to one program, or all that is wrong with them."""

from __future__ import annotations

import importlib
import subprocess
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


def test_what_is_imported_and_not_packed_is_refused_all_of_it_at_once(tmp_path, unique):
    package = tmp_path / unique
    late, further = f"{unique}_late", f"{unique}_further"
    for name in ("__init__", "sub/__init__", "sub/deep", "own", "settings", "unused"):
        written(package / f"{name}.py", HELPER)
    written(package / "near.py", f"import {further}")
    for name in (late, further):
        written(tmp_path / f"{name}.py", HELPER)
    text = f"""
    import {unique}.sub.deep
    from . import near
    from .own import FACTOR
    from {unique} import settings
    from volery import task

    try:
        import {unique}_not_there
    except ImportError:
        pass

    @task
    def scale(n: int) -> int:
        import {late}
        return n * {late}.FACTOR
    """
    flow = written(package / "flow.py", text)
    written(tmp_path / ".gitignore", f"unused.py\nsettings.py\n/{unique}_*.py\n")
    written(package / ".voleryignore", "sub/\nown.py\n")
    with pytest.raises(RegistrationError) as caught:
        collect([flow])
    told = [each.splitlines()[0] for each in caught.value.problems]
    ours = f"{unique}/.voleryignore"
    assert sorted(told) == sorted(
        f"module {module} is imported, and {file} is not in the code package: {rule} leaves it out"
        for module, file, rule in [
            (f"{unique}.sub", f"{unique}/sub/__init__.py", f"the line sub/ of {ours}"),
            (f"{unique}.sub.deep", f"{unique}/sub/deep.py", f"the line sub/ of {ours}"),
            (f"{unique}.own", f"{unique}/own.py", f"the line own.py of {ours}"),
            (f"{unique}.settings", f"{unique}/settings.py", "the line settings.py of .gitignore"),
            (late, f"{late}.py", f"the line /{unique}_*.py of .gitignore"),
            (further, f"{further}.py", f"the line /{unique}_*.py of .gitignore"),
        ]
    )
    assert collect([flow], packed=False).files == []


def test_what_is_imported_and_packed_is_named(tmp_path, unique):
    package = tmp_path / unique
    for name in ("__init__", "near", "mine"):
        written(package / f"{name}.py", HELPER)
    written(package / ".gitignore", "mine.py\n.voleryignore\n")
    written(package / ".voleryignore", "!mine.py\n")
    file = written(package / "flow.py", f"from . import mine, near{flow('pipeline')}")
    names = ["__init__.py", "flow.py", "mine.py", "near.py"]
    found = [each for each in collect([file]).files if each.endswith(".py")]
    assert found == [f"{unique}/{name}" for name in names]


def test_a_program_that_is_left_out_itself_may_register_what_it_imports(tmp_path, unique):
    written(tmp_path / f"{unique}.py", flow("pipeline"))
    written(tmp_path / f"{unique}_dev.py", f"from {unique} import pipeline\n")
    written(tmp_path / ".gitignore", f"{unique}_dev.py\n")
    sys.path.insert(0, str(tmp_path))
    program = importlib.import_module(f"{unique}_dev")
    assert collect([program.pipeline]).root == tmp_path


def test_entities_of_the_program_that_runs_have_their_code_too(tmp_path, unique):
    script = """
    if __name__ == "__main__":
        from volery.sdk.collect import collect
        found = collect([pipeline])
        print(found.root, found.files, found.program.bundle.tasks[0].name)
    """
    more = textwrap.dedent(script)
    for file in (tmp_path / f"{unique}.py", tmp_path / "package" / f"{unique}.py"):
        written(file, flow("pipeline", more))
    written(tmp_path / "package" / "__init__.py", "")
    for file, name in [(f"{unique}.py", unique), (f"package/{unique}.py", f"package.{unique}")]:
        done = subprocess.run(
            [sys.executable, file], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        files = ["package/__init__.py", f"package/{unique}.py", f"{unique}.py"]
        assert done.stdout == f"{tmp_path} {sorted(files)} {name}.double\n"


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
