"""`volery version`."""

from __future__ import annotations

import sys

import click

from volery._version import __version__
from volery.cli import options
from volery.cli.output import print_json


def text() -> str:
    """The version of Volery and of the Python under it, in a line."""
    return f"volery {__version__} (Python {sys.version.split()[0]})"


@click.command(params=[options.output()])
def version(output: str | None) -> None:
    """Say which version this is."""
    if output == "json":
        print_json({"volery": __version__, "python": sys.version.split()[0]})
    else:
        click.echo(text())
