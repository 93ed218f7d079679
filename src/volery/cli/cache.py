"""`volery cache`: why something had to run again, and how to forget what is kept."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click
import msgspec

from volery.cli import options, there
from volery.cli.commands import Commands
from volery.cli.named import ExecutionName, NodePath, home_of
from volery.cli.output import agreed, iso, print_json, say, seconds, styled, table

if TYPE_CHECKING:
    from volery.wire.cache import Difference, Explanation

_SHOWN = 12
"""Digits of a digest that people are shown."""
_PLAIN = frozenset({"project", "domain", "version", "salt", "storage"})
"""Parts that are no digests."""
_VERDICTS = {
    "found": ("hit", "green"),
    "recovered": ("recovered", "green"),
    "uncached": ("no cache", "bright_black"),
    "unknown code": ("no cache", "bright_black"),
}
"""In a word and a colour, what a cause amounts to. All others are misses."""
_DIGEST = re.compile(r"[0-9a-f]{32,}")

HELP = """See why something had to run again, and forget what is kept.

The outputs of a task with cache=True are kept. Equal work is not done again: the same task, with
the same code and the same inputs, in any execution of the same project and domain.

\b
  volery cache explain NAME n0     why node n0 of an execution ran, or did not have to
  volery cache clear flow.mean     forget what the task flow.mean has made
"""


@click.group(cls=Commands, help=HELP)
def cache() -> None:
    """The commands below."""


# -- explain ---------------------------------------------------------------------------------


@cache.command(
    "explain",
    params=[
        click.Argument(["execution"], type=ExecutionName()),
        click.Argument(["node"], type=NodePath()),
        there.server(),
        options.home(),
        options.output(),
    ],
    short_help="Say why a node was found in the cache, or had to run.",
)
def explain(execution: str, node: str, **given: Any) -> None:
    """Say why a node was found in the cache, or had to run.

    NODE is a path that volery executions get shows, such as n0, train/fit or squares[7]. What its
    key is made of is compared with the nearest entry that the cache has for its task.
    """
    with there.backend(given, reading=True) as backend:
        found = backend.explain(execution, node)
    if given["output"] == "json":
        print_json(_document(found))
    else:
        click.echo("\n".join(_lines(found)))


def _document(found: Explanation) -> dict[str, Any]:
    other = found.other
    return {
        "execution": found.execution,
        "path": found.path,
        "task": found.task,
        "hit": found.cause == "found",
        "cause": found.cause,
        "reasons": list(_reasons(found)),
        "key": found.key or None,
        "parts": dict(found.parts),
        "source": _source(found),
        "expired": iso(found.expired),
        "nearest": other
        and {
            "execution": other.execution,
            "path": other.path,
            "created": iso(other.created),
            "expires": iso(other.expires),
            "parts": dict(other.parts),
        },
        "differences": [msgspec.structs.asdict(each) for each in found.differences],
    }


def _source(found: Explanation) -> dict[str, str] | None:
    execution, _, path = found.source.partition("/")
    return {"execution": execution, "path": path} if execution else None


def _lines(found: Explanation) -> Iterator[str]:
    verdict, colour = _VERDICTS.get(found.cause, ("miss", "yellow"))
    yield f"{found.path}  task {found.task}  {styled(verdict, sys.stdout, fg=colour)}"
    yield from (f"  {reason}" for reason in _reasons(found))
    here = dict(found.parts)
    if found.other is not None:
        entry = found.other
        parts = dict(entry.parts)
        yield f"\ncompared with {entry.path} of execution {entry.execution}"
        rows = [_row(part, here.get(part), parts.get(part)) for part in {**here, **parts}]
        yield table([("PART", "HERE", "THERE"), *rows])
    elif here:
        yield ""
        yield table([("PART", "HERE"), *((part, _short(text)) for part, text in here.items())])


def _row(part: str, here: str | None, there: str | None) -> tuple[str, ...]:
    """A part here and there; in colour if it differs."""
    cells = (part, _short(here), _short(there))
    if here == there:
        return cells
    return tuple(styled(cell, sys.stdout, fg="yellow") for cell in cells)


def _short(text: str | None) -> str:
    """A part as people are shown it: of a digest, the beginning."""
    if text is None:
        return "-"
    return text[:_SHOWN] if _DIGEST.fullmatch(text) else text or "(empty)"


def _reasons(found: Explanation) -> Iterator[str]:
    """The cause in words."""
    execution, _, path = found.source.partition("/")
    other = found.other
    place = other and f"{other.path} of execution {other.execution}"
    match found.cause:
        case "found" | "recovered":
            yield f"made by {path} of execution {execution}"
        case "uncached":
            yield "its outputs are not kept: nothing says cache=True here"
        case "unknown code":
            yield "the code of the task is not known here: give it a Cache(version=...)"
        case "overwritten":
            yield "the execution was told to look nothing up (overwrite_cache)"
        case "expired":
            yield f"an equal entry expired {_ago(found.expired or 0.0)}"
        case "gone":
            yield f"what {place} has made is not stored any more"
        case "meanwhile":
            yield f"{place} did the same at that time; with serialize=True one waits for the other"
        case "first":
            yield "nothing of this task was kept then: it never ran before, or that was cleared"
        case "different":
            yield from map(_difference, found.differences)


def _difference(each: Difference) -> str:
    """A part that differs, in words."""
    part, here, was = each.part, each.here, each.there
    if part in _PLAIN:
        return f"{part} is {here or 'empty'}, and was {was or 'empty'}"
    if part.startswith("input "):
        return f"{part} differs"
    if was is None:
        return f"{part} is used now, and was not"
    return f"{part} changed" if here else f"{part} is not used any more"


def _ago(at: float) -> str:
    return f"{seconds(time.time() - at)} ago"


# -- clear -----------------------------------------------------------------------------------


@cache.command(
    "clear",
    params=[
        click.Argument(["task"], required=False),
        click.Option(["--yes", "-y"], is_flag=True, help="Do not ask."),
        options.home(),
        options.output(),
    ],
    short_help="Forget what is kept of a task, or all.",
)
def clear(task: str | None, yes: bool, **given: Any) -> None:  # noqa: FBT001 (click's signature)
    """Forget what is kept of a task, or all.

    TASK is its full name, such as flow.mean. Nothing is lost but time: records of executions keep
    their outputs, and what is needed again runs again.
    """
    from volery.clock import SystemClock
    from volery.services import records
    from volery.services.access import Audit
    from volery.store.access import AuditTable
    from volery.wire.access import LOCAL

    of_task = f" of task {task}" if task else ""
    if not (yes or agreed(f"forget all that the cache keeps{of_task}?")):
        say("nothing was forgotten")
        return
    cleared = 0
    with suppress(records.NothingYet), records.opened(home_of(given), to_write=True) as store:
        Audit(AuditTable(store.database), SystemClock()).write(LOCAL, "cache.clear", task or "*")
        cleared = store.clear_cache(task)
    if given["output"] == "json":
        print_json({"task": task, "cleared": cleared})
    else:
        say(f"{cleared:,} entries forgotten" if cleared else f"the cache keeps nothing{of_task}")
