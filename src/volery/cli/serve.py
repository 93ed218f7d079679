"""`volery serve`."""

from __future__ import annotations

from typing import Any

import click

from volery.cli import options
from volery.cli.options import settings_of


@click.command(params=[options.home(), options.storage()])
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8400,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for one that is free.",
)
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="A further name that the server is reached by; may be given again.",
)
@click.option(
    "--database",
    metavar="URL",
    help="PostgreSQL database of the records.  [default: VOLERY_DATABASE or the home]",
)
@click.option(
    "--workers",
    type=int,
    metavar="N",
    help="At most so many worker processes.  [default: one for each processor]",
)
@click.option(
    "--grace",
    default=30.0,
    show_default=True,
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="So long attempts that run may still take when the server is told to end; then they are "
    "stopped, and run again by whoever goes on.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the log, which goes to stderr.",
)
def serve(**given: Any) -> None:
    """Serve the API, drive executions and fire schedules, until Ctrl-C or SIGTERM.

    Without tokens everybody on this machine may do everything, and nobody from elsewhere comes in.
    """
    from volery.api.address import Address
    from volery.api.log_lines import log_to_stderr
    from volery.api.serve import serve as run

    log_to_stderr(given["log_format"])
    address = Address(given["host"], given["port"], given["names"])
    run(
        settings_of(given),
        address,
        lambda url: click.echo(f"volery serves at {url}"),
        given["grace"],
    )
