"""`volery executions list`: executions by whatever they can be found by."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.document import execution_document
from volery.cli.named import EntityName, ExecutionName
from volery.cli.output import instant, phase, print_json, say, seconds, table
from volery.errors import CallError

if TYPE_CHECKING:
    from volery.wire.executions import Execution, ExecutionFilter

PHASES = ("RUNNING", "SUCCEEDED", "FAILED", "ABORTED")
"""The phases that an execution can be in."""
KINDS = ("task", "workflow", "launch-plan")


def _filters() -> list[click.Option]:
    return [
        click.Option(
            ["--phase", "phases"],
            multiple=True,
            type=click.Choice(PHASES, case_sensitive=False),
            help="Only in this phase; may be given again.",
        ),
        click.Option(
            ["--entity"], type=EntityName(), metavar="NAME", help="Only of this, by its full name."
        ),
        click.Option(["--kind"], type=click.Choice(KINDS), help="Only of this kind."),
        click.Option(["--version"], help="Only of this version."),
        click.Option(["--since"], metavar="TIME", help="Only what began then or later."),
        click.Option(
            ["--until"],
            metavar="TIME",
            help="Only what began before.  A TIME is as in 2026-03-01T09:00, or how long ago: 2h.",
        ),
        click.Option(
            ["--label", "labels"],
            multiple=True,
            metavar="KEY=VALUE",
            help="Only with this label; may be given again.",
        ),
        click.Option(
            ["--input", "inputs"],
            multiple=True,
            metavar="NAME=VALUE",
            help="Only with this input, as JSON or a text; may be given again.",
        ),
        click.Option(["--search"], metavar="TEXT", help="Only with this in a name."),
        click.Option(["--project"], help="Only of this project."),
        click.Option(["--domain"], help="Only of this domain."),
        click.Option(
            ["--parent"],
            type=ExecutionName(),
            metavar="NAME",
            help="Only what this execution has started.",
        ),
        click.Option(["--children"], is_flag=True, help="What executions have started as well."),
    ]


HELP = """List executions, newest first.

RUNNING (interrupted) means that the process which drove it is gone: nothing is lost, and
volery executions resume finishes it.

\b
  volery executions list --phase FAILED --since 1d    what went wrong today
  volery executions list --entity flow.train          all of one workflow
  volery executions list --label team=a --input n=3   of a label, with an input
"""


@click.command(
    "list",
    help=HELP,
    short_help="List executions, newest first.",
    params=[
        click.Option(
            ["--limit"],
            type=click.IntRange(min=1),
            metavar="N",
            default=20,
            help="Show at most so many.  [default: 20]",
        ),
        *_filters(),
        there.server(),
        options.home(),
        options.output(),
    ],
)
def list_(**given: Any) -> None:
    """See `HELP`."""
    limit = given["limit"]
    found, none = _found(_where(given), limit + 1, given)
    shown = found[:limit]
    if given["output"] == "json":
        print_json([execution_document(each) for each in shown])
        return
    if not shown:
        say(none)
        return
    click.echo(table([("NAME", "ENTITY", "PHASE", "STARTED", "TOOK"), *_rows(shown)]))
    if len(found) > limit:
        say(f"there are more; --limit {limit * 10}, or --help for what they are found by")
    if not there.is_meant(given) and not all(each.driven for each in shown):
        say(f"finish what was interrupted: volery executions resume{there.flag(given)}")


def _found(
    where: ExecutionFilter, most: int, given: Mapping[str, Any]
) -> tuple[list[Execution], str]:
    """So many executions at most, and what is to be said where there are none."""
    from volery.services.records import NothingYet
    from volery.wire.page import MOST, everything

    elsewhere = {**given, "project": None, "domain": None}  # they filter, and nothing else
    try:
        with there.backend(elsewhere, reading=True) as backend:
            pages = everything(
                lambda cursor: backend.executions(where, min(most, MOST), cursor), most
            )
            return list(pages), "no execution is found"
    except NothingYet as error:
        return [], error.message


def _rows(found: Iterable[Execution]) -> Iterator[tuple[str, ...]]:
    now = time.time()
    for each in found:
        yield (
            each.id,
            each.entity.name,
            phase(each.phase, sys.stdout) + ("" if each.driven else " (interrupted)"),
            instant(each.created),
            seconds((each.ended or now) - each.created) if each.driven else "",
        )


# -- the filter --------------------------------------------------------------------------------


def _where(given: Mapping[str, Any]) -> ExecutionFilter:
    """The filter that the options make. Raises CallError."""
    from volery.wire.executions import ExecutionFilter

    return ExecutionFilter(
        project=given["project"] or "",
        domain=given["domain"] or "",
        phases=tuple(given["phases"]),
        kind=given["kind"] and given["kind"].replace("-", "_"),
        name=given["entity"] or "",
        version=given["version"] or "",
        since=_time("--since", given["since"]),
        until=_time("--until", given["until"]),
        labels=_pairs("--label", "KEY=VALUE", given["labels"]),
        inputs={
            name: _json(text)
            for name, text in _pairs("--input", "NAME=VALUE", given["inputs"]).items()
        },
        children=given["children"],
        parent=given["parent"] or "",
        search=given["search"] or "",
    )


def _pairs(option: str, form: str, texts: Iterable[str]) -> dict[str, str]:
    """Texts such as ``name=value``, taken apart. Raises CallError."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise CallError(f"{option}: expected {form}, got {text!r}")
        found[name] = value
    return found


def _json(text: str) -> Any:
    """A value as JSON, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _time(option: str, text: str | None) -> float | None:
    """A time by the clock here, or how long ago it was, in seconds since the epoch."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC).timestamp()
    except ValueError:
        pass
    try:
        return time.time() - options.seconds_of(option, text)
    except CallError:
        raise CallError(
            f"{option}: expected a time such as 2026-03-01T09:00, or how long ago it was,"
            f" such as 90s or 2h, got {text!r}"
        ) from None
