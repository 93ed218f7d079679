"""`volery backup`, `volery restore` and `volery retain`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from volery import Remote

FLOW = """
from volery import task, workflow

@task
def double(x: int) -> int:
    return 2 * x

@workflow
def pipeline(x: int) -> int:
    return double(x=x)
"""

Run = Callable[..., object]


@pytest.fixture
def ran(tmp_path: Path, volery_json: Run) -> None:
    """A home with an execution `first`."""
    (tmp_path / "flow.py").write_text(FLOW)
    volery_json("run", "flow.py", "pipeline", "--x", 1, "--name", "first")


def names(volery_json: Run, *more: str) -> list[str]:
    return [each["execution"] for each in volery_json("executions", "list", *more)]


def test_a_backup_becomes_a_home(ran, volery_json, volery, tmp_path):
    made = volery_json("backup", "saved")
    volery_json("run", "flow.py", "pipeline", "--x", 2, "--name", "second")
    other = str(tmp_path / "other")
    assert volery_json("restore", "saved", "--home", other) == made
    assert names(volery_json, "--home", other) == ["first"]
    again = volery("restore", "saved", "--home", other)
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_what_is_old_is_removed(ran, volery_json, volery):
    wanted = volery_json("retain", "--older-than", "1d", "--dry-run")
    assert (wanted["dry_run"], wanted["executions"]) == (True, 0)
    assert volery_json("retain", "--older-than", "1ms", "--dry-run")["executions"] == 1
    assert names(volery_json) == ["first"]
    unsure = volery("retain", "--older-than", "1ms")
    assert unsure.returncode == 2
    assert "add --yes" in unsure.stderr
    removed = volery_json("retain", "--older-than", "1ms", "--yes")
    assert (removed["executions"], removed["families"], removed["kept"]) == (1, 1, 0)
    assert removed["storage"]["objects"] == 0  # what is in the storage is a moment old
    assert names(volery_json) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["retain"], "--older-than"),
        (["retain", "--older-than", "soon"], "expected a duration"),
        (["retain", "--older-than", "-1d"], "expected a duration"),
        (["retain", "--older-than", "1d", "--storage", "elsewhere", "--yes"], "--sole-user"),
        (["restore", "nowhere", "--home", "new"], "no backup in nowhere"),
        (["backup", "saved", "--home", "new"], "no database"),
    ],
)
def test_what_cannot_be_done_is_said(ran, volery, arguments, told):
    done = volery(*arguments)
    assert done.returncode == 2
    assert told in done.stderr


def test_what_changes_a_home_leaves_a_line_in_its_audit(ran, volery_json, volery_home, tmp_path):
    volery_json("backup", "saved")
    volery_json("cache", "clear", "flow.double", "--yes")
    volery_json("cache", "clear", "--yes")
    volery_json("retain", "--older-than", "1ms", "--dry-run")
    volery_json("retain", "--older-than", "1ms", "--yes")
    volery_json("restore", "saved", "--home", tmp_path / "other")
    cleared, all_cleared, retained = written(volery_home)
    assert cleared[1:] == ("cache.clear", "flow.double")
    assert all_cleared[1:] == ("cache.clear", "*")
    assert retained[:2] == ("local", "executions.retain")
    assert written(tmp_path / "other") == [("local", "home.restore", str(tmp_path / "saved"))]


def written(home: Path) -> list[tuple[str, str, str]]:
    """The audit of a home, oldest first."""
    with Remote(home=home) as remote:
        return [(each.who, each.what, each.on) for each in remote.backend.audit().items[::-1]]


def test_it_is_said_to_people(ran, volery):
    assert "is backed up in saved" in volery("backup", "saved").stderr
    assert "is as it was on" in volery("restore", "saved", "--home", "other").stderr
    said = volery("retain", "--older-than", "1ms", "--yes").stderr
    assert "1 execution removed\n" in said
