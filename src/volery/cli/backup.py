"""`volery backup`: a copy of a home that is in use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec import to_builtins

from volery.cli import options
from volery.cli.output import print_json, say


@click.command(
    params=[
        click.Argument(["folder"], type=click.Path(path_type=Path, file_okay=False)),
        options.home(),
        options.storage(),
        options.output(),
    ]
)
def backup(folder: Path, **given: Any) -> None:
    """Back up the home into a FOLDER, while it is in use.

    The database is copied as it is at one moment, with all that it refers to in the storage of the
    home. A folder can be used again: what is in it is not copied again, and the backup in it holds
    until the new one is complete. volery restore makes a home of it.
    """
    from volery.clock import SystemClock
    from volery.services.backup import back_up
    from volery.services.home import Home

    chosen = options.settings_of(given)
    home = Home(chosen.home, chosen.database)
    manifest = back_up(home, home.storage(chosen.storage), folder, SystemClock())
    if given["output"] == "json":
        print_json(to_builtins(manifest))
        return
    say(f"{home.folder} is backed up in {folder}")
    if not manifest.content:
        say(f"  without what is in {manifest.storage}, which is a storage of its own")
