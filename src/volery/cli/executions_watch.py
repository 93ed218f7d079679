"""`volery executions watch` and `logs`: what goes on, and what tasks write."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.attempts import attempts_of
from volery.cli.named import ExecutionName, NodePath
from volery.cli.output import iso, plainly, print_json
from volery.errors import ConfigError

if TYPE_CHECKING:
    from volery.wire.backend import Backend
    from volery.wire.logs import LogRecord

PERIOD = 0.25
"""Seconds between looks at a log that is followed."""


@click.command(
    "watch",
    short_help="Follow an execution to its end.",
    params=[
        click.Argument(["name"], type=ExecutionName()),
        click.Option(["--no-progress"], is_flag=True, default=None, help="Do not show progress."),
        there.server(),
        options.home(),
        options.output(),
    ],
)
def watch(name: str, **given: Any) -> int:
    """Follow the execution NAME to its end, wherever it runs.

    The exit status is that of volery run. Ctrl-C ends the watching and nothing else.
    """
    from volery.cli.follow import follow

    with there.backend(given) as backend:
        execution = backend.execution(name)
        if not execution.driven:
            resume = f"volery executions resume {name}{there.flag(given)}"
            raise ConfigError(f"nobody drives execution {name}", hint=f"finish it: {resume}")
        return follow(backend, execution, given, asks=False)


LOGS = """Show what tasks of the execution NAME have printed and logged.

NODE is the path of one of its node executions, as volery executions get shows it; of one that
consists of others, such as a subworkflow or a map, these are shown. Without it all are.

\b
  volery executions logs nightly                   all of it, each line with its node
  volery executions logs nightly train --follow    one task, while it runs
  volery executions logs nightly train --attempt 1
"""


@click.command(
    "logs",
    help=LOGS,
    short_help="Show what tasks have printed and logged.",
    params=[
        click.Argument(["name"], type=ExecutionName()),
        click.Argument(["node"], type=NodePath(), required=False),
        options.attempt(),
        click.Option(["--follow"], is_flag=True, help="Wait for more until the attempt is over."),
        there.server(),
        options.home(),
        options.output(),
    ],
)
def logs(name: str, node: str | None, *, attempt: int | None, follow: bool, **given: Any) -> None:
    """See `LOGS`."""
    written: list[dict[str, Any]] = []
    with there.backend(given) as backend:
        for path, number in attempts_of(backend, name, node, attempt):
            for record in _records(backend, name, path, number, follow=follow):
                if given["output"] == "json":
                    written.append(_document(path, number, record))
                else:
                    text = plainly(_text(record))
                    click.echo(text if path == node else f"{path} | {text}")
    if given["output"] == "json":
        print_json(written)


def _records(
    backend: Backend, name: str, path: str, number: int, *, follow: bool
) -> Iterator[LogRecord]:
    start = 0
    while True:
        log = backend.log(name, path, number, start)
        yield from log.records
        if log.complete or (log.next == start and not follow):
            return
        if log.next == start:
            time.sleep(PERIOD)
        start = log.next


def _text(record: LogRecord) -> str:
    """A line as it was printed; of what was logged also how grave it is, and who says it."""
    return f"{record.level} {record.logger}: {record.text}" if record.level else record.text


def _document(path: str, number: int, record: LogRecord) -> dict[str, Any]:
    return {
        "path": path,
        "attempt": number,
        "at": iso(record.at),
        "stream": record.stream,
        "level": record.level or None,
        "logger": record.logger or None,
        "text": record.text,
    }
