"""From files and module names to entities."""

from __future__ import annotations

import sys
import textwrap

import pytest

from volery.errors import DefinitionError, NotFound, RegistrationError
from volery.sdk.discover import entities, find, load, root_of


@pytest.fixture(autouse=True)
def imports_undone():
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in sys.modules.keys() - modules:
        del sys.modules[name]


def written(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))
    return path


def flow(plan="discovered"):
    return f"""
from volery import LaunchPlan, task, workflow

@task
def double(n: int) -> int:
    return n * 2

@workflow
def pipeline(n: int) -> int:
    return double(n=n)

plan = LaunchPlan.get_or_create(pipeline, "{plan}", default_inputs={{"n": 1}})
other = 3
"""


def test_a_file_is_imported_and_its_entities_are_found_in_order(tmp_path):
    module = load(str(written(tmp_path / "volery_found.py", flow("discovered_0"))))
    assert list(entities(module)) == ["double", "pipeline", "plan"]
    assert find(module, "pipeline") is module.pipeline
    assert find(module, "volery_found.pipeline") is module.pipeline
    assert find(module, "discovered_0") is module.plan
    assert sys.path[0] == root_of(module) == str(tmp_path)


def test_a_file_in_a_package_is_imported_from_above_the_package(tmp_path):
    written(tmp_path / "volery_pack" / "__init__.py", "")
    written(tmp_path / "volery_pack" / "tools.py", "FACTOR = 2")
    file = written(
        tmp_path / "volery_pack" / "flow.py", f"from volery_pack.tools import FACTOR\n{flow()}"
    )
    module = load(str(file))
    assert module.__name__ == "volery_pack.flow"
    assert module.double.name == "volery_pack.flow.double"
    assert root_of(module) == str(tmp_path)


def test_a_module_is_imported_by_name_from_here(tmp_path, monkeypatch):
    written(tmp_path / "volery_named.py", flow("discovered_1"))
    monkeypatch.chdir(tmp_path)
    module = load("volery_named")
    assert module.pipeline.name == "volery_named.pipeline"
    assert root_of(module) == str(tmp_path)


def test_a_file_with_a_dash_in_its_name_is_imported(tmp_path):
    module = load(str(written(tmp_path / "volery-dashed.py", flow("discovered_2"))))
    assert module.double.spec.loader.module == "volery-dashed"


def test_an_unknown_entity_names_the_nearest(tmp_path):
    module = load(str(written(tmp_path / "volery_near.py", flow("discovered_3"))))
    with pytest.raises(NotFound, match="no entity pipelin\n  hint: did you mean pipeline"):
        find(module, "pipelin")


def test_a_module_without_entities_says_so(tmp_path):
    module = load(str(written(tmp_path / "volery_empty.py", "x = 1")))
    with pytest.raises(NotFound, match="defines no task, workflow or launch plan"):
        find(module, "x")


def test_what_is_not_there_is_not_found(tmp_path):
    with pytest.raises(NotFound, match="there is no file"):
        load(str(tmp_path / "nothing.py"))
    with pytest.raises(NotFound, match=r"there is no module volery_nowhere.flow"):
        load("volery_nowhere.flow")


def test_a_file_that_does_not_import_shows_the_users_traceback_and_not_ours(tmp_path):
    file = written(
        tmp_path / "volery_broken.py",
        """
        def helper():
            return 1 / 0

        helper()
        """,
    )
    with pytest.raises(RegistrationError) as caught:
        load(str(file))
    told = str(caught.value)
    first, second, _ = told.split("\n", 2)
    assert (first, second) == (f"{file} does not import", "Traceback (most recent call last):")
    assert told.endswith("ZeroDivisionError: division by zero")
    assert told.count("  File ") == told.count(f'File "{file}"') == 2
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def f(:\n    pass", r"volery_bad\.py does not import(.|\n)*SyntaxError"),
        # Python 3.11 before its fourth release says ValueError.
        ("x = '\0'", r"volery_bad\.py does not import(.|\n)*(SyntaxError|ValueError)"),
        ("import volery_not_installed", "ModuleNotFoundError: No module named 'volery_not_inst"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_every_way_not_to_import_is_told(tmp_path, text, told):
    with pytest.raises(RegistrationError, match=told):
        load(str(written(tmp_path / "volery_bad.py", text)))


def test_an_error_of_ours_comes_as_it_is(tmp_path):
    text = "from volery import task\n@task\ndef f(a): ..."
    with pytest.raises(DefinitionError, match=r"volery_untyped\.py:3\): parameter a"):
        load(str(written(tmp_path / "volery_untyped.py", text)))


@pytest.mark.parametrize("name", ["json", "types", "volery_taken"])
def test_a_file_that_is_named_like_another_module_is_refused(tmp_path, name):
    sys.modules.setdefault("volery_taken", sys)
    with pytest.raises(
        RegistrationError, match=rf"its name {name} is that of.*\n.*rename the file"
    ):
        load(str(written(tmp_path / f"{name}.py", flow())))


def test_a_file_named_like_a_module_of_pythons_is_refused_before_it_hides_that_module(tmp_path):
    name = min(sys.stdlib_module_names - sys.modules.keys())
    with pytest.raises(RegistrationError, match=rf"its name {name} is that of a module of Python"):
        load(str(written(tmp_path / f"{name}.py", flow())))
    assert str(tmp_path) not in sys.path


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("notpy.txt", r"notpy\.txt is not a Python file"),
        ("volery_script", "volery_script is not a Python file"),
        ("volery.dotted.py", r"there is a dot in its name\n  hint: rename the file"),
    ],
)
def test_what_no_import_statement_could_name_is_refused(tmp_path, name, told):
    with pytest.raises(RegistrationError, match=told):
        load(str(written(tmp_path / name, flow())))


def test_a_package_is_imported_by_name_from_here(tmp_path, monkeypatch):
    written(tmp_path / "volery_folder" / "__init__.py", flow("discovered_4"))
    monkeypatch.chdir(tmp_path)
    assert load("volery_folder").pipeline.name == "volery_folder.pipeline"
