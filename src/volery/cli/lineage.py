"""`volery lineage`: where something comes from, and what has used it."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.named import ExecutionName, OrFile
from volery.cli.output import iso, print_json, say, styled
from volery.errors import NotFound

if TYPE_CHECKING:
    from volery.wire.backend import Backend
    from volery.wire.lineage import Lineage, LineageQuery, Use

_DIGEST = re.compile(r"[0-9a-f]{64}")

HELP = """Show where something comes from, and what has used it.

WHAT is an execution, or EXECUTION/PATH for a node of it; a file or folder here, which is known by
its content, wherever it was made; a URI; or the digest of a value or of content.

\b
  volery lineage report.csv               which execution, code and inputs have made this file
  volery lineage data.csv --downstream    what was made of it
  volery lineage nightly/n3               of one node of an execution
"""


@click.command(
    "lineage",
    params=[
        click.Argument(
            ["what"], type=OrFile(ExecutionName()), metavar="EXECUTION[/PATH]|FILE|URI|DIGEST"
        ),
        click.Option(["--downstream"], is_flag=True, help="What has used it, in place of that."),
        click.Option(
            ["--depth"],
            type=click.IntRange(1, 1000),
            metavar="N",
            default=10,
            help="So many steps, from one node to the next.  [default: 10]",
        ),
        there.server(),
        options.home(),
        options.output(),
    ],
    help=HELP,
    short_help="Show where something comes from, and what has used it.",
)
def lineage(what: str, **given: Any) -> None:
    """See `HELP`."""
    with there.backend(given) as backend:
        found = _found(backend, what, downstream=given["downstream"], depth=given["depth"])
    if given["output"] == "json":
        print_json(_document(found))
        return
    for line in _tree(found, downstream=given["downstream"]):
        click.echo(line)
    if not found.complete:
        say(f"there is more: --depth {2 * given['depth']} looks further")


def _found(backend: Backend, what: str, *, downstream: bool, depth: int) -> Lineage:
    """What is known of what was named. Raises NotFound."""
    from msgspec.structs import replace

    *others, last = (
        replace(query, way="downstream" if downstream else "upstream", depth=depth)
        for query in _queries(what)
    )
    for query in others:
        try:
            return backend.lineage(query)
        except NotFound:
            continue
    try:
        return backend.lineage(last)
    except NotFound as error:
        told = f"nothing is known of {what}" if others else error.message
        hint = error.hint or f"there is no file {what} here either"
        raise NotFound(told, hint=hint) from None


def _queries(what: str) -> Iterator[LineageQuery]:
    """What a text on the command line may mean; the likeliest first."""
    from volery.wire.lineage import LineageQuery

    path = Path(what)
    if "://" in what:
        yield LineageQuery(uri=what)
    elif path.is_file() or ("/" in what and path.is_dir()):
        yield LineageQuery(digest=_digest_of(path))
        yield LineageQuery(uri=path.absolute().as_uri())
    elif _DIGEST.fullmatch(what):
        yield LineageQuery(digest=what)
    else:
        execution, _, inside = what.partition("/")
        yield LineageQuery(execution=execution, path=inside)


def _digest_of(path: Path) -> str:
    from volery.data.faults import told
    from volery.data.hashing import digest_of_file
    from volery.data.manifest import digest_of_folder

    if path.is_dir():
        return digest_of_folder(path)
    with told("read", str(path)):
        return digest_of_file(path)


# -- for people ---------------------------------------------------------------------------------


def _tree(found: Lineage, *, downstream: bool) -> Iterator[str]:
    """The uses, each below what has led to it; what comes by again is told once."""
    next_to: defaultdict[int, list[int]] = defaultdict(list)
    for one, two in found.edges:
        start, end = (one, two) if downstream else (two, one)
        next_to[start].append(end)
    led_to = {end for ends in next_to.values() for end in ends}
    told: set[int] = set()
    waiting = [(each, 0) for each in range(len(found.uses)) if each not in led_to][::-1]
    while waiting:
        position, depth = waiting.pop()
        again = position in told and bool(next_to[position])
        yield "  " * depth + _line(found.uses[position]) + ("  (see above)" if again else "")
        if position not in told:
            told.add(position)
            waiting += [(each, depth + 1) for each in reversed(next_to[position])]


def _line(use: Use) -> str:
    place = f"{use.execution}/{use.path}" if use.path else use.execution
    how = "reused by" if use.reused else "made by" if use.made else "taken by"
    parts = [f"{use.name} = {use.preview}", styled(f"{how} {place}", sys.stdout, fg="blue")]
    if use.entity is not None:
        kind = use.entity.kind.replace("_", " ")
        parts.append(f"{kind} {use.entity.name} {use.entity.version}")
    return "  ".join(parts)


# -- for programs -------------------------------------------------------------------------------


def _document(found: Lineage) -> dict[str, Any]:
    return {
        "uses": [
            {
                "name": use.name,
                "made": use.made,
                "preview": use.preview,
                "digest": use.digest,
                "uri": use.uri or None,
                "execution": use.execution,
                "path": use.path,
                "at": iso(use.at),
                "reused": use.reused,
                "entity": use.entity
                and {
                    "kind": use.entity.kind,
                    "name": use.entity.name,
                    "version": use.entity.version,
                    "project": use.entity.project,
                    "domain": use.entity.domain,
                },
            }
            for use in found.uses
        ],
        "edges": [list(edge) for edge in found.edges],
        "complete": found.complete,
    }
