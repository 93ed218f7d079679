"""`volery register`: the entities of files and folders, and their code, become known."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.output import print_json, say, styled, table
from volery.cli.users import users_code
from volery.errors import NotFound, suggest

if TYPE_CHECKING:
    from volery.client.publish import Sending
    from volery.config import Settings
    from volery.ir.specs import Bundle
    from volery.sdk.collect import Collected
    from volery.wire.entities import EntityKey, Registered

ALL = "*"
"""What ``--activate`` without a name stands for."""

LARGE = 1_000_000
"""Bytes to be sent from which on one wants to know how far it is."""

HELP = """Make tasks, workflows and launch plans known, with their code.

A PATH is a file, a folder, or a module that can be imported. The code below the import root goes
along, but for what .gitignore and .voleryignore leave out. What was registered never changes;
registering the same again does nothing.

\b
  volery register flow.py                 the entities of one file
  volery register src/flows --activate    all of a folder; its launch plans become active
  volery register . --version v1.4.0      under a version of your choice
"""


@click.command(
    params=[
        click.Argument(["paths"], nargs=-1, required=True, metavar="PATH..."),
        click.Option(["--version"], help="Of all entities.  [default: digest of code and specs]"),
        click.Option(["--project"], help="Project they belong to.  [default: default]"),
        click.Option(["--domain"], help="Domain they belong to.  [default: development]"),
        click.Option(
            ["--activate"],
            is_flag=False,
            flag_value=ALL,
            multiple=True,
            metavar="[NAME]",
            help="Make launch plans active: those that are named, without a name all of them.  "
            "[default: those with auto_activate]",
        ),
        click.Option(["--dry-run"], is_flag=True, help="Check and show all, and register nothing."),
        there.server(),
        options.home(),
        options.output(),
    ],
    help=HELP,
    short_help="Make tasks, workflows and launch plans known, with their code.",
)
def register(paths: tuple[str, ...], **given: Any) -> None:
    """See `HELP`."""
    from volery.sdk.collect import collect

    chosen = there.settings_of(given)
    with users_code():
        found = collect(paths)
    activate = _named(given["activate"], found.program.bundle)
    if given["dry_run"]:
        _show_found(found, given)
        return
    with _progress() as sending:
        registered = _register(chosen, found, given["version"] or "", activate, sending)
    if given["output"] == "json":
        print_json(_document(registered))
    else:
        _show(registered, given)
        _tell_missing_images(paths)


def _register(
    chosen: Settings,
    found: Collected,
    version: str,
    activate: tuple[str, ...] | None,
    sending: Sending,
) -> Registered:
    from volery.client.publish import publish
    from volery.client.remote import Remote

    home = None if chosen.server else chosen.home
    with Remote(chosen.server or None, home=home) as remote:
        return publish(
            remote.backend,
            found,
            remote.storage,
            project=chosen.project,
            domain=chosen.domain,
            version=version,
            activate=activate,
            sending=sending,
        )


def _named(names: tuple[str, ...], bundle: Bundle) -> tuple[str, ...] | None:
    """The launch plans that are to be active. Raises NotFound: there is none of a name."""
    plans = tuple(plan.name for plan in bundle.launch_plans)
    if not names:
        return None
    for name in names:
        if name not in (*plans, ALL):
            hint = f"{suggest(name, plans)}\n--activate without a name comes after every PATH"
            raise NotFound(f"there is no launch plan {name} to be activated", hint=hint)
    return plans if ALL in names else names


@contextmanager
def _progress() -> Generator[Sending]:
    """A bar on stderr while much is sent, where somebody looks."""
    with click.progressbar(
        length=0, label="sending the code", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def sending(done: int, size: int) -> None:
            if size >= LARGE:
                bar.length = size
                bar.update(done - bar.pos)

        yield sending


# -- what is shown ----------------------------------------------------------------------------


def _show(registered: Registered, given: dict[str, Any]) -> None:
    active = set(registered.activated)
    made = set(registered.made)
    rows = [
        (*_told(key), _state(key in made, key.kind == "launch_plan" and key.name in active))
        for key in sorted((*registered.made, *registered.same), key=_order)
    ]
    click.echo(table(rows))
    click.echo(f"version {registered.version}: {len(made)} new, {len(registered.same)} as before")
    workflows = [key.name for key in registered.made if key.kind == "workflow"]
    if workflows:
        say(f"look at them: volery workflows list{there.flag(given)}")


def _tell_missing_images(paths: tuple[str, ...]) -> None:
    """Attempts would fail for want of them, and later than now."""
    from volery.sdk import image  # it loads little, and no builder is looked for without specs

    if specs := image.known():
        from volery.images.making import missing

        for tag in missing(specs):
            say(f"there is no image {tag} yet: volery build {' '.join(paths)}")


def _state(new: bool, active: bool) -> str:  # noqa: FBT001 - two facts about a row
    state = styled("new", sys.stdout, fg="green") if new else "as before"
    return f"{state}, active" if active else state


def _order(key: EntityKey) -> tuple[str, str]:
    return key.kind, key.name


def _told(key: EntityKey) -> tuple[str, str]:
    return key.kind.replace("_", " "), key.name


def _show_found(found: Collected, given: dict[str, Any]) -> None:
    """What would be registered."""
    from volery.ir.whole import specs_of

    refs = list(specs_of(found.program.bundle))
    if given["output"] == "json":
        print_json(
            {
                "entities": [{"kind": ref.kind, "name": ref.name} for ref in refs],
                "root": None if found.root is None else str(found.root),
                "files": found.files,
            }
        )
        return
    click.echo(table([(ref.kind.replace("_", " "), ref.name) for ref in refs]))
    if found.root is not None:
        click.echo(f"with {len(found.files)} files of {found.root}:")
        for name in found.files:
            click.echo(f"  {name}")
    say("nothing was registered (--dry-run)")


def _document(registered: Registered) -> dict[str, Any]:
    return {
        "version": registered.version,
        "bundle": registered.bundle,
        "made": [{"kind": key.kind, "name": key.name} for key in registered.made],
        "same": [{"kind": key.kind, "name": key.name} for key in registered.same],
        "activated": list(registered.activated),
    }
