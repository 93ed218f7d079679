"""`volery executions decks`: what tasks show of their work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.attempts import attempts_of
from volery.cli.named import ExecutionName, NodePath
from volery.cli.output import instant, iso, print_json, say, table
from volery.data.decks import escaped

if TYPE_CHECKING:
    from volery.wire.decks import Deck


HELP = """Show which decks a task of the execution NAME has made, or save them.

NODE is the path of the task's node execution, as volery executions get shows it; of one that
consists of others, such as a subworkflow or a map, these are shown.

\b
  volery executions decks nightly train                which there are
  volery executions decks nightly train --save decks   as files that a browser shows
"""


@click.command(
    "decks",
    help=HELP,
    short_help="Show which decks a task has made, or save them.",
    params=[
        click.Argument(["name"], type=ExecutionName()),
        click.Argument(["node"], type=NodePath()),
        options.attempt(),
        click.Option(
            ["--save"],
            metavar="FOLDER",
            type=click.Path(file_okay=False, path_type=Path),
            help="Write each as a file of HTML into a folder, which is made.",
        ),
        there.server(),
        options.home(),
        options.output(),
    ],
)
def decks(name: str, node: str, *, attempt: int | None, save: Path | None, **given: Any) -> None:
    """See `HELP`."""
    with there.backend(given, reading=True) as backend:
        tried = list(attempts_of(backend, name, node, attempt))
        found = [(*each, deck) for each in tried for deck in backend.decks(name, *each)]
        if save is not None:
            for path, number, deck in found:
                folder = save if path == node else save / escaped(path)
                say(f"saved {_saved(backend.deck(name, path, number, deck.name), deck, folder)}")
    if given["output"] == "json":
        print_json([_document(path, deck) for path, _, deck in found])
    elif tried and not found:
        say(f"{node} has made no decks")
    elif found and save is None:
        rows = [(each.name, _size(each), instant(each.written), path) for path, _, each in found]
        click.echo(table([("NAME", "SIZE", "WRITTEN", "NODE"), *rows]))


def _saved(html: str, deck: Deck, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{escaped(deck.name)}.html"
    file.write_text(html, encoding="utf-8")
    return file


def _size(deck: Deck) -> str:
    return f"{deck.size:,} bytes"


def _document(path: str, deck: Deck) -> dict[str, Any]:
    return {"path": path, "name": deck.name, "size": deck.size, "written": iso(deck.written)}
