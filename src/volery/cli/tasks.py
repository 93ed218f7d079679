"""`volery tasks`: those that are registered."""

from __future__ import annotations

from volery.cli.entities import group

tasks = group("task", "See the tasks that are registered.")
