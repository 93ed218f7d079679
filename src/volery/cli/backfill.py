"""`volery backfill`: what a schedule would have started in a stretch of the past."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.errors import FAILED
from volery.cli.named import EntityName
from volery.cli.output import instant, iso, phase, print_json, say, table
from volery.cli.schedules import plan_of, which
from volery.errors import CallError

if TYPE_CHECKING:
    from volery.wire.backend import Backend
    from volery.wire.entities import EntityKey
    from volery.wire.schedules import Backfilled

HELP = """Start what the schedule of LAUNCH_PLAN would have started in a stretch of the past.

Every instant has one execution for ever, whoever starts it: what the schedule has started itself is
left as it is, and the same backfill again starts nothing.

\b
  volery backfill daily --from 2026-03-01 --to 2026-04-01 --dry-run   what would be started
  volery backfill daily --from 2026-03-01 --to 2026-04-01             start it

Times are ISO 8601, in the time zone of the schedule where they name none. The stretch begins with
--from, and ends before --to.
"""


@click.command(
    params=[
        click.Argument(["launch_plan"], type=EntityName("launch_plan")),
        click.Option(["--from", "since"], required=True, metavar="TIME", help="Its beginning."),
        click.Option(["--to", "until"], metavar="TIME", help="Its end.  [default: now]"),
        click.Option(["--dry-run"], is_flag=True, help="Show what would be started."),
        click.Option(
            ["--wait/--no-wait"],
            default=None,
            help="Wait until all have ended.  [default: without a server, which would drive them]",
        ),
        *which(),
        there.server(),
        options.home(),
        options.output(),
    ],
    help=HELP,
    short_help="Start what a schedule would have started in the past.",
)
def backfill(launch_plan: str, since: str, until: str | None, **given: Any) -> int:
    """See `HELP`."""
    from volery.wire.schedules import Backfill

    wait = given["wait"] if given["wait"] is not None else not there.is_meant(given)
    with there.backend(given) as backend:
        plan = plan_of(launch_plan, given)
        zone = _zone(backend, plan)
        stretch = Backfill(
            plan,
            _time("--from", since, zone),
            _time("--to", until or "now", zone),
            given["dry_run"],
        )
        found = backend.backfill(stretch)
        phases = _ended(backend, found) if wait and not given["dry_run"] else {}
    if given["output"] == "json":
        print_json([_document(each, phases) for each in found])
    else:
        _show(found, phases, dry=given["dry_run"])
    return FAILED if any(each != "SUCCEEDED" for each in phases.values()) else 0


def _zone(backend: Backend, plan: EntityKey) -> tzinfo:
    """The time zone of a launch plan's schedule."""
    from zoneinfo import ZoneInfo

    import msgspec

    from volery.ir.schedule import Cron
    from volery.ir.specs import LaunchPlanSpec

    schedule = msgspec.convert(backend.entity(plan).spec, LaunchPlanSpec).schedule
    return ZoneInfo(schedule.when.timezone) if schedule and isinstance(schedule.when, Cron) else UTC


def _time(flag: str, text: str, zone: tzinfo) -> float:
    if text.strip().lower() == "now":
        return datetime.now(UTC).timestamp()
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise CallError(
            f"{flag}: expected a time such as 2026-03-01 or 2026-03-01T09:00, got {text!r}"
        ) from None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).timestamp()


def _ended(backend: Backend, found: tuple[Backfilled, ...]) -> dict[str, str]:
    """How each of those that are new has ended, by its id."""
    ended: dict[str, str] = {}
    for each in found:
        if each.made:
            for _ in backend.watch(each.execution):
                pass
            ended[each.execution] = backend.execution(each.execution).phase
    return ended


def _show(found: tuple[Backfilled, ...], phases: dict[str, str], *, dry: bool) -> None:
    if not found:
        say("the schedule has no instants in this stretch")
        return
    for_new = "would be started" if dry else "started"
    rows = [
        (
            instant(each.at),
            each.execution,
            "is there" if not each.made else _ending(phases.get(each.execution), for_new),
        )
        for each in found
    ]
    click.echo(table([("INSTANT", "EXECUTION", ""), *rows]))


def _ending(ended: str | None, otherwise: str) -> str:
    return otherwise if ended is None else phase(ended, sys.stdout)


def _document(each: Backfilled, phases: dict[str, str]) -> dict[str, Any]:
    return {
        "at": iso(each.at),
        "execution": each.execution,
        "made": each.made,
        "phase": phases.get(each.execution),
    }
