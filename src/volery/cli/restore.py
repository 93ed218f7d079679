"""`volery restore`: a home made of a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec import to_builtins

from volery.cli import options
from volery.cli.output import instant, print_json, say


@click.command(
    params=[
        click.Argument(["folder"], type=click.Path(path_type=Path, file_okay=False)),
        options.home(),
        options.output(),
    ]
)
def restore(folder: Path, **given: Any) -> None:
    """Make a home of the backup in a FOLDER.

    The home must have no database. What ran when the backup was made is interrupted in it: a
    server goes on with it, or volery executions resume.
    """
    from volery.clock import SystemClock
    from volery.services.backup import restore
    from volery.services.home import Home

    chosen = options.settings_of(given)
    home = Home(chosen.home, chosen.database)
    manifest = restore(folder, home, SystemClock())
    if given["output"] == "json":
        print_json(to_builtins(manifest))
        return
    say(f"{home.folder} is as it was on {instant(manifest.created)}")
    if not manifest.content:
        say(f"  values and files are in {manifest.storage}, as they were")
