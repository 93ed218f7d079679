"""`volery launch-plans`: those that are registered, and which version of them is active."""

from __future__ import annotations

from typing import Any

import click

from volery.cli import there
from volery.cli.entities import group, key_of, place, show
from volery.cli.named import EntityName, EntityVersion
from volery.cli.output import print_json, say

launch_plans = group(
    "launch_plan",
    "See the launch plans that are registered, and have them start by schedule or not.",
)


ACTIVATE = """Make a version of a launch plan the active one, in place of another.

The active version is what runs where no version is said, and whose schedule is followed. Without
VERSION it is the newest.

\b
  volery launch-plans activate daily
  volery schedules next daily            when it starts by itself from now on
"""


@launch_plans.command(
    "activate",
    help=ACTIVATE,
    params=[
        click.Argument(["name"], type=EntityName("launch_plan")),
        click.Argument(["version"], type=EntityVersion("launch_plan"), required=False),
        *place(),
    ],
    short_help="Make a version the active one.",
)
def activate(name: str, version: str | None, **given: Any) -> None:
    """See `ACTIVATE`."""
    with there.backend(given) as backend:
        summary = backend.activate(key_of("launch_plan", name, version, given))
    show(summary, given)
    say(f"{summary.key.name} is active in version {summary.key.version}")


@launch_plans.command(
    "deactivate",
    params=[click.Argument(["name"], type=EntityName("launch_plan")), *place()],
    short_help="Have no version active any more.",
)
def deactivate(name: str, **given: Any) -> None:
    """Have no version of a launch plan active any more: its schedule starts nothing."""
    with there.backend(given) as backend:
        was_active = backend.deactivate(key_of("launch_plan", name, None, given))
    if given["output"] == "json":
        print_json({"name": name, "was_active": was_active})
    say(f"{name} {'is active no more' if was_active else 'was not active'}")
