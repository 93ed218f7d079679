"""What `volery tasks`, `workflows` and `launch-plans` have in common: ``list`` and ``get``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click
import msgspec

from volery.cli import options, there
from volery.cli.commands import Commands
from volery.cli.document import entity_document
from volery.cli.labels import short
from volery.cli.named import EntityName, EntityVersion
from volery.cli.output import instant, print_json, say, styled, table

if TYPE_CHECKING:
    from volery.ir.ref import EntityKind
    from volery.wire.entities import Entity, EntityKey, EntitySummary


def group(kind: EntityKind, help_text: str) -> click.Group:
    """The commands on the entities of a kind."""
    noun = kind.replace("_", " ")
    made = Commands(kind, help=help_text)
    made.add_command(_list(kind, noun))
    made.add_command(_get(kind, noun))
    return made


def place() -> list[click.Option]:
    """Where the entity is, and whom to ask."""
    return [
        click.Option(["--project"], help="Project it belongs to.  [default: default]"),
        click.Option(["--domain"], help="Domain it belongs to.  [default: development]"),
        there.server(),
        options.home(),
        options.output(),
    ]


def key_of(kind: EntityKind, name: str, version: str | None, given: Mapping[str, Any]) -> EntityKey:
    """The entity that a command line names."""
    from volery.wire.entities import EntityKey

    chosen = there.settings_of(given)
    return EntityKey(kind, name, version or "", chosen.project, chosen.domain)


def show(summary: EntitySummary, given: Mapping[str, Any]) -> None:
    """An entity that a command has changed."""
    if given["output"] == "json":
        print_json(entity_document(summary))


# -- list ------------------------------------------------------------------------------------


def _list(kind: EntityKind, noun: str) -> click.Command:
    return click.Command(
        "list",
        params=[
            click.Option(["--project"], help="Only of this project."),
            click.Option(["--domain"], help="Only of this domain."),
            click.Option(["--search"], metavar="TEXT", help="Only with this in the name."),
            click.Option(["--name"], help="Only of this name."),
            click.Option(["--versions"], is_flag=True, help="All versions, not only the newest."),
            click.Option(
                ["--limit"],
                type=click.IntRange(1, 1000),
                metavar="N",
                default=20,
                help="Show at most so many.  [default: 20]",
            ),
            there.server(),
            options.home(),
            options.output(),
        ],
        callback=partial(_show_list, kind, noun),
        help=f"""List {noun}s that are registered, by name; versions newest first.

\b
  volery {noun.replace(" ", "-")}s list --search train              with this in the name
  volery {noun.replace(" ", "-")}s list --name NAME --versions      all versions of one
""",
        short_help=f"List {noun}s that are registered.",
    )


def _show_list(kind: EntityKind, noun: str, **given: Any) -> None:
    from volery.wire.entities import EntityFilter

    where = EntityFilter(
        given["project"] or "",
        given["domain"] or "",
        given["name"] or "",
        given["search"] or "",
        given["versions"],
    )
    with there.backend({**given, "project": None, "domain": None}) as backend:
        page = backend.entities(kind, where, given["limit"])
    if given["output"] == "json":
        print_json([entity_document(each) for each in page.items])
        return
    active = ("ACTIVE",) if kind == "launch_plan" else ()
    header = ("NAME", "VERSION", *active, "PROJECT", "REGISTERED", "DESCRIPTION")
    if page.items:
        click.echo(table([header, *map(_row, page.items)]))
    else:
        say(f"no {noun} is found; register some: volery register PATH{there.flag(given)}")
    if page.next is not None:
        say(f"there are more; --limit {given['limit'] * 10} or --search TEXT")


def _row(summary: EntitySummary) -> Sequence[str]:
    key = summary.key
    active = (_active(summary) or "-",) if key.kind == "launch_plan" else ()
    return (
        key.name,
        key.version,
        *active,
        f"{key.project}/{key.domain}",
        instant(summary.created),
        summary.description.partition("\n")[0],
    )


def _active(summary: EntitySummary) -> str:
    """Which version of a launch plan is active; empty: none is."""
    here = "yes" if summary.active else summary.active_version
    return styled(here, sys.stdout, fg="green" if summary.active else "yellow") if here else ""


# -- get -------------------------------------------------------------------------------------


def _get(kind: EntityKind, noun: str) -> click.Command:
    return click.Command(
        "get",
        params=[
            click.Argument(["name"], type=EntityName(kind)),
            click.Argument(["version"], type=EntityVersion(kind), required=False),
            *place(),
        ],
        callback=partial(_show_one, kind),
        help=f"""Show a {noun}: its inputs and outputs, and where it comes from.

Without VERSION it is the {"active one, else the newest" if kind == "launch_plan" else "newest"}.

\b
  volery {noun.replace(" ", "-")}s get NAME
  volery {noun.replace(" ", "-")}s get NAME VERSION --output json
""",
        short_help=f"Show a {noun}.",
    )


def _show_one(kind: EntityKind, name: str, version: str | None, **given: Any) -> None:
    with there.backend(given) as backend:
        entity = backend.entity(key_of(kind, name, version, given))
    if given["output"] == "json":
        print_json(_document(entity))
    else:
        click.echo("\n".join(_lines(entity)))


def _document(entity: Entity) -> dict[str, Any]:
    return entity_document(entity.summary) | {
        "interface": msgspec.to_builtins(entity.interface),
        "fixed": entity.fixed,
        "defaults": entity.defaults,
        "spec": entity.spec,
    }


def _lines(entity: Entity) -> Iterator[str]:
    from volery.ir.types import show as show_type
    from volery.types.written.showing import SCREENFUL, to_text

    summary = entity.summary
    key = summary.key
    yield f"{short(key.name)}  {key.kind.replace('_', ' ')} {key.name}"
    yield f"  version {key.version} in {key.project}/{key.domain}"
    if key.kind == "launch_plan":
        active = "this version is" if summary.active else summary.active_version or "no version is"
        yield f"  active: {active}"
    by = f" by {summary.by}" if summary.by else ""
    yield f"  registered {instant(summary.created)}{by}, bundle {summary.bundle}"
    yield from (f"  {line}" for line in summary.description.splitlines())
    rows = [
        [
            f"  {each.name}",
            show_type(each.type),
            f"= {to_text(entity.defaults[each.name], SCREENFUL)}"
            if each.name in entity.defaults
            else "",
            each.description,
        ]
        for each in entity.interface.inputs
    ]
    rows += [
        [f"  {name}", "", f"= {to_text(value, SCREENFUL)}", "(fixed)"]
        for name, value in entity.fixed.items()
    ]
    if rows:
        yield "\ninputs"
        yield table(rows)
    if entity.interface.outputs:
        yield "\noutputs"
        yield table(
            [
                [f"  {each.name}", show_type(each.type), each.description]
                for each in entity.interface.outputs
            ]
        )
