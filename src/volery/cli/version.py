"""`volery version`."""

from __future__ import annotations

import sys

import click

from volery._version import __version__


def text() -> str:
    """The version of Volery and of the Python under it, in a line."""
    return f"volery {__version__} (Python {sys.version.split()[0]})"


@click.command()
def version() -> None:
    """Say which version this is."""
    click.echo(text())
