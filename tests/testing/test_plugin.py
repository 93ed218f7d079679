"""The fixtures, as a project of somebody else's finds them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from volery import testing


def loaded_after(code: str) -> set[str]:
    report = "import sys; exec(sys.argv[1]); print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", report, code], check=True, capture_output=True, text=True
    )
    return set(run.stdout.split())


def test_every_name_for_users_is_there():
    for name in testing.__all__:
        assert getattr(testing, name) is not None
    assert dir(testing) == sorted(testing.__all__)
    with pytest.raises(AttributeError, match=r"'volery\.testing' has no attribute 'nothing'"):
        _ = testing.nothing


def test_importing_them_loads_no_pytest():
    code = "from volery.testing import FakeClock, run_locally, task_mock"
    assert not {"pytest", "_pytest"} & loaded_after(code)


def test_the_plugin_loads_nothing_else_of_volery():
    names = {name for name in loaded_after("import volery.testing.plugin") if "volery" in name}
    assert names == {"volery", "volery.testing", "volery.testing.plugin"}


def test_pytest_finds_the_plugin_and_each_test_gets_its_own(tmp_path, monkeypatch):
    (tmp_path / "flow.py").write_text(
        "from volery import task\n\n\n@task\ndef double(x: int) -> int:\n    return 2 * x\n"
    )
    (tmp_path / "test_flow.py").write_text(
        """
import os
from pathlib import Path

from flow import double


def test_home(volery_home, tmp_path):
    assert Path(os.environ["VOLERY_HOME"]) == volery_home
    assert tmp_path in volery_home.parents and not volery_home.exists()
    assert [name for name in os.environ if name.startswith("VOLERY_")] == ["VOLERY_HOME"]


def test_clock(volery_clock, volery_run):
    assert volery_run(double, {"x": 4}).journal[0].at == volery_clock.now()


def test_engine(volery_engine, volery_home):
    assert volery_engine.run(double, {"x": 4}).outputs == {"o0": 8}
    assert volery_engine.home.folder == volery_home
"""
    )
    monkeypatch.setenv("VOLERY_STORAGE", "memory://")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", tmp_path],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_the_home_of_a_test_is_its_own(volery_home):
    assert Path(os.environ["VOLERY_HOME"]) == volery_home
