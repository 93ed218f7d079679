"""A launch plan that runs alone."""

from __future__ import annotations

from gated import gated

from volery import ConcurrencyPolicy, LaunchPlan

alone = LaunchPlan.get_or_create(
    gated, name="alone", concurrency=ConcurrencyPolicy(max_concurrency=1)
)
