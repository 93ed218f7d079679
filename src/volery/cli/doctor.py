"""`volery doctor`: whether everything that is needed is there and works."""

from __future__ import annotations

import sys
from typing import Any

import click
from msgspec import to_builtins

from volery.cli import options
from volery.cli.errors import FAILED
from volery.cli.output import print_json, styled
from volery.wire.health import Check


@click.command(params=[options.home(), options.storage(), options.output()])
def doctor(**given: Any) -> int:
    """Look whether everything that is needed is there and works, and say what to do where not.

    The home and the disk it is on, the database, the storage, worker processes, extra packages.
    Nothing is changed.
    """
    from volery.services.doctor import examine

    found: list[Check] = []
    for check in examine(options.settings_of(given)):
        found.append(check)
        if given["output"] != "json":
            mark = (
                styled("ok", sys.stdout, fg="green")
                if check.ok
                else styled("no", sys.stdout, fg="red")
            )
            click.echo(f"{mark}  {check.name}: {check.detail}")
            if check.hint:
                click.echo(f"      hint: {check.hint}")
    if given["output"] == "json":
        print_json([to_builtins(check) for check in found])
    return 0 if all(check.ok for check in found) else FAILED
