"""A launch plan that starts each second, and tells whoever listens."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from volery import FixedRate, LaunchPlan, Webhook, WorkflowExecutionPhase, task, workflow


@task
def note(second: datetime) -> float:
    return second.timestamp()


@workflow
def tick(second: datetime) -> float:
    return note(second=second)


ticking = LaunchPlan.get_or_create(
    tick,
    "ticking",
    schedule=FixedRate(timedelta(seconds=1), kickoff_time_input_arg="second", misfire="all"),
    notifications=[Webhook([WorkflowExecutionPhase.SUCCEEDED], os.environ["LISTENER"])],
)
