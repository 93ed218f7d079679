"""`volery serve`."""

from __future__ import annotations

import json
from typing import Any

import click

from volery.cli import options
from volery.cli.options import settings_of

HELP = """Serve the API, drive executions and fire schedules, until Ctrl-C or SIGTERM.

Without tokens everybody on this machine may do everything, and nobody from elsewhere comes in.

\b
  volery serve                              at http://127.0.0.1:8400, for this machine
  volery serve --port 0 --output json       at a port that is free; one line on stdout says which
  volery tokens create ada --role admin     with a token others may come in as well:
  volery serve --host 0.0.0.0
"""


@click.command(
    help=HELP,
    short_help="Serve the API, drive executions and fire schedules.",
    params=[options.home(), options.storage(), options.executor(), options.output()],
)
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
    "--public-url",
    metavar="URL",
    help="Where people reach the server, for links in notices.  [default: VOLERY_PUBLIC_URL, or "
    "the address if only this machine reaches it]",
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
    """See `HELP`."""
    from urllib.parse import urlsplit

    from volery.api.address import Address
    from volery.api.log_lines import log_to_stderr
    from volery.api.serve import serve as run
    from volery.executors import known

    log_to_stderr(given["log_format"])
    settings = settings_of(given)
    known.check([settings.executor, *settings.executors])
    names = (*given["names"], *filter(None, [urlsplit(settings.public_url).hostname]))
    run(
        settings,
        Address(given["host"], given["port"], names),
        lambda url: click.echo(_ready(url, given["output"])),
        given["grace"],
    )


def _ready(url: str, form: str | None) -> str:
    """The line that stdout gets once requests are answered; whoever waits for it reads one."""
    return json.dumps({"url": url}) if form == "json" else f"volery serves at {url}"
