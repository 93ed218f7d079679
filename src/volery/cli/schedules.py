"""`volery schedules`: which launch plans start by themselves, and when."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.commands import Commands
from volery.cli.named import EntityName, OrFile
from volery.cli.output import instant, iso, print_json, say, seconds, styled, table
from volery.cli.users import users_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from volery.ir.schedule import Schedule as Written
    from volery.wire.entities import EntityKey
    from volery.wire.schedules import Fire, Schedule

HELP = """See which launch plans start by themselves, and when.

\b
  volery schedules list                  all that are active
  volery schedules next daily            when one fires next
  volery schedules next flow.py daily    the same, straight from code
"""


def which() -> list[click.Option]:
    """For what concerns a launch plan that is registered; see `plan_of`."""
    return [
        click.Option(["--version"], help="Of the launch plan.  [default: active, else newest]"),
        click.Option(["--project"], help="Project it belongs to.  [default: default]"),
        click.Option(["--domain"], help="Domain it belongs to.  [default: development]"),
    ]


def plan_of(name: str, given: Mapping[str, Any]) -> EntityKey:
    """The launch plan that a command line names."""
    from volery.wire.entities import EntityKey

    chosen = there.settings_of(given)
    version = given["version"] or ""
    return EntityKey("launch_plan", name, version, chosen.project, chosen.domain)


@click.group(cls=Commands, help=HELP)
def schedules() -> None:
    """See `HELP`."""


# -- all of them ------------------------------------------------------------------------------


@schedules.command(
    "list",
    params=[
        click.Option(["--project"], help="Only of this project.  [default: all]"),
        click.Option(["--domain"], help="Only of this domain.  [default: all]"),
        there.server(),
        options.home(),
        options.output(),
    ],
    short_help="List the schedules of active launch plans.",
)
def list_(**given: Any) -> None:
    """List the schedules of active launch plans, the one that fires next first."""
    with there.backend(given) as backend:
        found = backend.schedules(given["project"] or "", given["domain"] or "")
    if given["output"] == "json":
        print_json([_document(each) for each in found])
    elif found:
        click.echo(table([("LAUNCH PLAN", "SCHEDULE", "NEXT", "LAST", "EXECUTION"), *_rows(found)]))
    else:
        activate = f"volery launch-plans activate NAME{there.flag(given)}"
        say(f"no launch plan with a schedule is active; make one so: {activate}")


def _rows(found: Iterable[Schedule]) -> Iterator[tuple[str, ...]]:
    for each in found:
        key = each.plan
        yield (
            f"{key.project}/{key.domain}/{key.name}",
            each.told,
            "never" if each.next is None else instant(each.next),
            "never" if each.last is None else instant(each.last),
            each.execution,
        )


def _document(each: Schedule) -> dict[str, Any]:
    key = each.plan
    return {
        "launch_plan": key.name,
        "version": key.version,
        "project": key.project,
        "domain": key.domain,
        "schedule": each.told,
        "next": iso(each.next),
        "last": iso(each.last),
        "execution": each.execution or None,
    }


# -- one of them ------------------------------------------------------------------------------


NEXT = """Show when a launch plan fires next, and what changes of the clocks do to that.

LAUNCH_PLAN is one that is registered, active or not. With a file or module in front of it, it is
one that stands there, and nothing has to be registered.

\b
  volery schedules next daily -n 3
  volery schedules next flow.py daily
"""


@schedules.command(
    "next",
    help=NEXT,
    params=[
        click.Argument(
            ["names"],
            type=OrFile(EntityName("launch_plan")),
            nargs=-1,
            required=True,
            metavar="[FILE|MODULE] LAUNCH_PLAN",
        ),
        click.Option(
            ["-n", "--count"],
            type=click.IntRange(1, 1000),
            metavar="N",
            default=20,
            help="So many.  [default: 20]",
        ),
        *which(),
        there.server(),
        options.home(),
        options.output(),
    ],
    short_help="Show when a launch plan fires next.",
)
def next_(names: tuple[str, ...], **given: Any) -> None:
    """See `NEXT`."""
    match names:
        case (name,):
            found = _registered(name, given)
        case (file, name):
            found = _in_code(file, name, given["count"])
        case _:
            raise click.UsageError("expected a launch plan, or a file and a launch plan")
    if given["output"] == "json":
        print_json([_fire(each) for each in found])
    elif found:
        now = time.time()
        rows = [(_local(each), f"in {seconds(each.at - now)}", _note(each)) for each in found]
        click.echo(table(rows))
    else:
        say("it does not fire any more")


def _in_code(file: str, name: str, count: int) -> tuple[Fire, ...]:
    from volery.services.forecast import fires

    return fires(_written(file, name).when, time.time(), count)


def _written(file: str, name: str) -> Written:
    """The schedule of a launch plan in a file. Raises NotFound."""
    from volery.errors import NotFound
    from volery.sdk import discover
    from volery.sdk.launch_plan import LaunchPlan

    with users_code():
        found = discover.find(discover.load(file), name)
    if isinstance(found, LaunchPlan) and found.manner.schedule is not None:
        return found.manner.schedule
    raise NotFound(
        f"{found.signature.owner} has no schedule",
        hint='a launch plan has one with schedule=CronSchedule("0 9 * * *")',
    )


def _registered(name: str, given: dict[str, Any]) -> tuple[Fire, ...]:
    with there.backend(given) as backend:
        return backend.fires(plan_of(name, given), given["count"])


def _local(fire: Fire) -> str:
    return f"{datetime.fromisoformat(fire.local):%a %Y-%m-%d %H:%M:%S %z}"


def _note(fire: Fire) -> str:
    return styled(fire.note, sys.stdout, fg="yellow")


def _fire(fire: Fire) -> dict[str, Any]:
    return {"at": iso(fire.at), "local": fire.local, "note": fire.note or None}
