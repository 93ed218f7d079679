"""`volery migrate`."""

from __future__ import annotations

from typing import Any

import click

from volery.cli import options
from volery.cli.options import settings_of
from volery.cli.output import print_json


@click.command(
    params=[
        options.home(),
        click.Option(
            ["--database"],
            metavar="URL",
            help="PostgreSQL database of the records.  [default: VOLERY_DATABASE or the home]",
        ),
        options.output(),
    ]
)
def migrate(**given: Any) -> None:
    """Bring the records to this version, or make them where there are none.

    Every command that writes does so by itself. This is for when it has to be done before a server
    begins.
    """
    from volery.services.home import Home

    settings = settings_of(given)
    home = Home(settings.home, settings.database)
    before = home.schema()
    if not settings.database:
        home.make()
    home.open().close()
    now = home.schema()
    if given["output"] == "json":
        print_json({"records": home.place, "from": before or None, "to": now})
        return
    brought = f", brought from schema {before} to {now}" if 0 < before < now else ""
    click.echo(f"the records in {home.place} are of this version{brought}")
