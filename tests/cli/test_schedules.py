"""`volery schedules` and `volery backfill`, on code, and on what is registered in a home."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

FLOW = """\
from datetime import datetime

from volery import CronSchedule, FixedRate, LaunchPlan, task, workflow


@task
def note(day: datetime) -> str:
    if day.day == 13:
        raise ValueError("it is the 13th")
    return f"{day:%Y-%m-%d %H:%M}"


@workflow
def report(day: datetime) -> str:
    return note(day=day)


nightly = LaunchPlan.get_or_create(
    report, "nightly", schedule=CronSchedule("30 2 * * *", "Europe/Berlin", "day")
)
often = LaunchPlan.get_or_create(report, "often", schedule=FixedRate(3600, "day"))
bare = LaunchPlan.get_or_create(report, "bare")
"""


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    file = tmp_path / "scheduled.py"
    file.write_text(FLOW)
    return file


@pytest.fixture
def registered(volery, flow) -> None:
    done = volery("register", "scheduled.py", "--version", "v1", "--activate")
    assert done.returncode == 0, done.stderr


# -- straight from code -----------------------------------------------------------------------


def test_the_next_fires_of_a_launch_plan_in_a_file_are_shown(volery_json, flow):
    found = volery_json("schedules", "next", "scheduled.py", "nightly", "-n", 400)
    times = [datetime.fromisoformat(each["local"]) for each in found]
    assert len(times) == 400
    assert times == sorted(times)
    assert all(each > datetime.now(UTC) for each in times)
    notes = {each["note"] for each in found}  # the clocks change twice in any 400 days
    assert notes == {
        None,
        "the clocks go forward: 02:30 does not exist, fires at 03:00",
        "the clocks go back: the first of two 02:30",
    }


def test_fires_are_a_table_for_people(volery, flow):
    done = volery("schedules", "next", "scheduled.py", "often", "-n", 2)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert ":00:00 +0000  in " in first
    assert ":00:00 +0000  in 1h" in second


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("scheduled.py", "bare"), "launch plan bare has no schedule"),
        (("scheduled.py", "note"), "task scheduled.note has no schedule"),
        (("scheduled.py", "nigthly"), "did you mean nightly"),
        (("scheduled.py", "nightly", "often"), "expected a launch plan, or a file and a launch"),
        (("scheduled.py", "nightly", "-n", "0"), "0 is not in the range"),
    ],
)
def test_what_does_not_fire_is_told(volery, flow, arguments, told):
    done = volery("schedules", "next", *arguments)
    assert done.returncode == 2
    assert told in done.stderr


# -- what is registered -----------------------------------------------------------------------


def test_schedules_of_active_launch_plans_are_listed(volery, volery_json, registered):
    found = volery_json("schedules", "list")
    assert {each["launch_plan"]: (each["version"], each["schedule"]) for each in found} == {
        "nightly": ("v1", "30 2 * * * (Europe/Berlin)"),
        "often": ("v1", "every 1h"),
    }
    assert [each["next"] for each in found] == sorted(each["next"] for each in found)
    assert volery_json("schedules", "list", "--domain", "production") == []
    shown = volery("schedules", "list").stdout
    assert "default/development/nightly" in shown


def test_a_home_without_schedules_says_what_to_do(volery):
    done = volery("schedules", "list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "volery launch-plans activate" in done.stderr


def test_the_next_fires_of_a_registered_launch_plan_are_shown(volery, volery_json, registered):
    (found,) = volery_json("schedules", "next", "nightly", "-n", 1)
    assert datetime.fromisoformat(found["local"]) > datetime.now(UTC)
    done = volery("schedules", "next", "nigthly")
    assert done.returncode == 2
    assert "did you mean nightly" in done.stderr
    done = volery("schedules", "next", "bare")
    assert "launch plan bare has no schedule" in done.stderr


def test_a_backfill_starts_what_is_missing_once(volery, volery_json, registered):
    stretch = ("--from", "2026-03-28", "--to", "2026-03-30")
    dry = volery_json("backfill", "nightly", *stretch, "--dry-run")
    assert [(each["at"], each["made"], each["phase"]) for each in dry] == [
        ("2026-03-28T01:30:00+00:00", True, None),
        ("2026-03-29T01:00:00+00:00", True, None),
    ]
    made = volery_json("backfill", "nightly", *stretch)
    assert [each["execution"] for each in made] == [each["execution"] for each in dry]
    assert [each["phase"] for each in made] == ["SUCCEEDED", "SUCCEEDED"]
    got = volery_json("executions", "get", made[1]["execution"])
    assert got["outputs"]["o0"] == "2026-03-29 03:00"
    again = volery("backfill", "nightly", *stretch)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("is there") == 2


def test_a_backfill_in_which_something_fails_ends_with_status_1(volery, registered):
    done = volery(
        "backfill", "nightly", "--from", "2026-03-13", "--to", "2026-03-14", "--output", "json"
    )
    assert done.returncode == 1
    assert [each["phase"] for each in json.loads(done.stdout)] == ["FAILED"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--from", "yesterday"), "--from: expected a time such as 2026-03-01"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "a stretch of the past"),
        (("--from", "2999-01-01"), "a stretch of the past"),
        (("--from", "1970-01-02"), "more than 10000 instants"),
        ((), "Missing option '--from'"),
    ],
)
def test_a_stretch_that_cannot_be_is_refused(volery, registered, arguments, told):
    done = volery("backfill", "often", *arguments, "--dry-run")
    assert done.returncode == 2
    assert told in done.stderr


def test_a_stretch_without_instants_is_empty(volery, registered):
    done = volery("backfill", "nightly", "--from", "2026-03-01T03:00", "--to", "2026-03-01T04:00")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no instants in this stretch" in done.stderr
