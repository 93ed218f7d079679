"""`volery register`: what becomes known, what is refused, and that versions keep their code."""

from __future__ import annotations

import json
import textwrap

import pytest

from volery import Remote

FLOW = """
from pkg.helper import FACTOR
from volery import LaunchPlan, task, workflow


@task
def scale(n: int) -> int:
    return n * FACTOR


@workflow
def scaled(n: int) -> int:
    return scale(n=n)


LaunchPlan.get_or_create(scaled, "plan-a", default_inputs={"n": 1})
LaunchPlan.get_or_create(scaled, "plan-b", default_inputs={"n": 2}, auto_activate=True)
"""


def written(folder, **files):
    """Files of a package `pkg`."""
    (folder / "pkg").mkdir(exist_ok=True)
    for name, text in {"__init__": "", **files}.items():
        (folder / "pkg" / f"{name}.py").write_text(textwrap.dedent(text))
    return folder / "pkg"


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    return written(folder, flow=FLOW, helper="FACTOR = 2\n")


def document(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_what_is_new_and_what_was_there_is_told(volery, project):
    first = document(volery("register", project, "--output", "json"))
    assert [each["name"] for each in first["made"]] == [
        "pkg.flow.scale",
        "pkg.flow.scaled",
        "plan-a",
        "plan-b",
    ]
    assert (first["same"], first["activated"]) == ([], ["plan-b"])
    assert first["version"] == first["bundle"][:12]
    again = document(volery("register", project, "--output", "json"))
    assert again == {**first, "made": [], "same": first["made"], "activated": []}


def test_people_get_a_table(volery, project):
    done = volery("register", project, "--version", "v1", "--activate=plan-a")
    assert done.stdout.splitlines() == [
        "launch plan  plan-a           new, active",
        "launch plan  plan-b           new",
        "task         pkg.flow.scale   new",
        "workflow     pkg.flow.scaled  new",
        "version v1: 4 new, 0 as before",
    ]


def test_without_a_name_all_launch_plans_become_active(volery, project):
    done = document(volery("register", project, "--output", "json", "--activate"))
    assert done["activated"] == ["plan-a", "plan-b"]


def test_a_launch_plan_that_is_not_there_names_the_nearest(volery, project):
    done = volery("register", project, "--activate=plan-c")
    assert done.returncode == 2
    assert "there is no launch plan plan-c" in done.stderr
    assert "did you mean" in done.stderr


def test_a_dry_run_shows_all_and_registers_nothing(volery, project, volery_home):
    (project.parent / ".voleryignore").write_text("*.md\n")
    (project / "notes.md").write_text("")
    done = volery("register", project, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "pkg.flow.scaled" in done.stdout
    assert "  pkg/helper.py" in done.stdout
    assert "notes.md" not in done.stdout
    assert not (volery_home / "volery.db").exists()


def test_a_version_with_other_content_is_refused_with_what_differs(volery, project):
    assert volery("register", project, "--version", "v1").returncode == 0
    # Of another size: to Python, a module of the same second and size is the same.
    written(project.parent, helper="FACTOR = 30\n")
    done = volery("register", project, "--version", "v1")
    assert done.returncode == 2
    assert "version v1 is registered with other content" in done.stderr
    assert "task pkg.flow.scale" in done.stderr
    assert "constant pkg.helper.FACTOR: changed" in done.stderr
    assert "choose another" in done.stderr


def test_all_problems_are_told_and_nothing_is_registered(volery, project, volery_home):
    written(project.parent, broken="1 / 0\n", wrong="import nowhere_at_all\n")
    done = volery("register", project)
    assert done.returncode == 2
    assert "there are 2 problems" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert "nowhere_at_all" in done.stderr
    assert not (volery_home / "volery.db").exists()


def test_code_that_could_not_be_imported_from_its_package_is_refused(volery, project, volery_home):
    (project.parent / ".voleryignore").write_text("helper.py\n")
    for more in ([], ["--dry-run"]):
        done = volery("register", project, *more)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "error: module pkg.helper is imported, and pkg/helper.py is not in the code package:"
            " the line helper.py of .voleryignore leaves it out\n"
            "  hint: a line !/pkg/helper.py in .voleryignore takes it back; or do without it\n"
        )
    assert not (volery_home / "volery.db").exists()


def test_what_modules_print_does_not_mix_with_results(volery, project):
    written(project.parent, loud="print('loud')\n")
    done = volery("register", project, "--output", "json")
    assert "loud" not in done.stdout
    assert document(done)["made"]


def test_workers_import_the_package_and_nothing_from_where_the_server_stands(
    volery, project, volery_home, monkeypatch
):
    late = "from importlib import import_module as __import\n"
    text = FLOW.replace("n * FACTOR", "n * __import('standing_here').FACTOR")
    written(project.parent, flow=late + text)
    assert volery("register", project).returncode == 0
    (project.parent / "standing_here.py").write_text("FACTOR = 3\n")
    monkeypatch.chdir(project.parent)
    monkeypatch.syspath_prepend("")
    monkeypatch.syspath_prepend(project.parent)
    with Remote(home=volery_home) as remote:
        run = remote.execute(remote.fetch_workflow("pkg.flow.scaled"), {"n": 4}, wait=True)
    assert run.phase == "FAILED"
    assert "No module named 'standing_here'" in run.failure.message


def test_each_version_runs_its_own_code(volery, project, volery_home, tmp_path):
    for number in (1, 2):
        written(project.parent, helper=f"FACTOR = {number * 10}\n")
        done = volery("register", project, "--version", f"v{number}")
        assert done.returncode == 0, done.stderr
    written(project.parent, helper="raise SystemExit('the code on disk is not asked')\n")
    with Remote(home=volery_home) as remote:
        entities = [remote.fetch_workflow("pkg.flow.scaled", f"v{number}") for number in (1, 2)]
        runs = [remote.execute(entity, {"n": 4}, wait=True) for entity in entities * 2]
        assert [run.outputs for run in runs] == [{"o0": 40}, {"o0": 80}] * 2
    assert len(list((volery_home / "packages").iterdir())) == 2
