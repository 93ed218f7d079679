"""`gated`, in an execution of its own."""

from __future__ import annotations

from gated import gated

from volery import LaunchPlan, workflow

plan = LaunchPlan.get_or_create(gated, name="gated-plan")


@workflow
def around(folder: str) -> str:
    return plan(folder=folder)
