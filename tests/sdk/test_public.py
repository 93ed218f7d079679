"""The public names, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import volery


def modules_after(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after some code, without its own."""
    report = "import sys; before = set(sys.modules); exec(sys.argv[1]); "
    report += "print(*(set(sys.modules) - before))"
    run = subprocess.run(
        [sys.executable, "-c", report, code], check=True, capture_output=True, text=True
    )
    return set(run.stdout.split())


def test_every_public_name_is_there():
    for name in volery.__all__:
        assert getattr(volery, name) is not None
    assert sorted(volery.__all__) == dir(volery)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'volery' has no attribute 'nothing'"):
        _ = volery.nothing


def test_the_errors_are_reached_through_the_package():
    assert "volery.errors" in modules_after("import volery; volery.errors.TypeMismatch")


def test_importing_volery_loads_nothing_else():
    assert modules_after("import volery") <= {"volery", "__future__"}


def test_authoring_loads_the_standard_library_and_msgspec_only():
    code = "from volery import LaunchPlan, conditional, map_task, task, workflow"
    roots = {name.partition(".")[0] for name in modules_after(code)}
    assert roots - sys.stdlib_module_names <= {"volery", "msgspec", "typing_extensions"}


def test_authoring_loads_nothing_heavy():
    code = "from volery import LaunchPlan, conditional, map_task, task, workflow"
    heavy = {"asyncio", "logging", "tempfile", "subprocess", "json", "dataclasses", "sqlite3"}
    assert not modules_after(code) & heavy


def test_authoring_loads_no_part_that_runs_things():
    code = "from volery import LaunchPlan, conditional, map_task, task, workflow"
    layers = {name.split(".")[1] for name in modules_after(code) if name.startswith("volery.")}
    assert layers <= {"sdk", "types", "data", "ir", "errors", "ids"}
