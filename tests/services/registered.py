"""Entities that the tests of registration register."""

from __future__ import annotations

from volery import LaunchPlan, task, workflow


@task
def double(value: int, by: int = 2) -> int:
    """Twice a number."""
    return value * by


@workflow
def doubled(value: int) -> int:
    """A number, doubled."""
    return double(value=value)


by_hand = LaunchPlan.get_or_create(doubled, "by-hand", fixed_inputs={"value": 4})
