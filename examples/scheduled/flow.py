"""Schedules: launch plans that start by themselves.

    volery schedules next examples/scheduled/flow.py nightly -n 5

shows when; no server is needed for that. On a server:

    volery register examples/scheduled/flow.py --activate
    volery schedules list
    volery backfill nightly --from 2026-03-01 --to 2026-03-08
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from volery import CronSchedule, FixedRate, LaunchPlan, task, workflow


@task
def count_visits(day: str) -> int:
    return sum(map(ord, day)) % 100


@task
def day_before(instant: datetime) -> str:
    return (instant - timedelta(days=1)).date().isoformat()


@task
def summary(day: str, visits: int) -> str:
    return f"{day}: {visits} visits"


@workflow
def report(instant: datetime) -> str:
    """Report on the day before an instant."""
    day = day_before(instant=instant)
    return summary(day=day, visits=count_visits(day=day))


nightly = LaunchPlan.get_or_create(
    report,
    name="nightly",
    schedule=CronSchedule(
        "30 2 * * *",
        timezone="Europe/Berlin",
        kickoff_time_input_arg="instant",
        misfire="all",  # each day has its report, also one on which no server ran
    ),
    labels={"team": "web"},
)

often = LaunchPlan.get_or_create(
    report,
    name="often",
    schedule=FixedRate(
        timedelta(minutes=15),
        kickoff_time_input_arg="instant",
        overlap="skip",  # no two of them at once
    ),
)


if __name__ == "__main__":
    # What the schedule does for an instant, anybody can do as well.
    print(nightly(instant=datetime(2026, 3, 2, 2, 30, tzinfo=UTC)))
