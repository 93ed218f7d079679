"""Options that several commands have, and the settings that they make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from volery.config import Settings, settings
from volery.errors import ConfigError

if TYPE_CHECKING:
    from volery.data.storage import Storage

IMPORT_ROOT = "import-root"
"""The label that keeps where the user's modules were found, for a later resume. Not for users."""


def home() -> click.Option:
    """Where records are kept."""
    return click.Option(
        ["--home"],
        type=click.Path(file_okay=False),
        help="Folder of the records.  [default: VOLERY_HOME or ~/.volery]",
    )


def output() -> click.Option:
    """The form of what goes to stdout."""
    return click.Option(
        ["--output"],
        type=click.Choice(["text", "json"]),
        help="What stdout holds: text for people, or one JSON document.  [default: text]",
    )


def driving() -> list[click.Option]:
    """For commands that drive executions."""
    return [
        click.Option(
            ["--workers"],
            type=int,
            metavar="N",
            help="At most so many worker processes.  [default: one for each processor]",
        ),
        click.Option(["--no-progress"], is_flag=True, default=None, help="Do not show progress."),
        home(),
        output(),
    ]


def running() -> list[click.Option]:
    """For a run."""
    return [
        click.Option(
            ["--inputs-file"],
            metavar="FILE",
            help="Inputs from a JSON or YAML file, - for JSON on stdin; options win over it.",
        ),
        click.Option(["--name"], help="Name of the execution.  [default: a new one]"),
        click.Option(["--project"], help="Project it belongs to.  [default: default]"),
        click.Option(["--domain"], help="Domain it belongs to.  [default: development]"),
        click.Option(
            ["--label", "labels"],
            multiple=True,
            metavar="KEY=VALUE",
            help="A label for the execution; may be given again.",
        ),
        *driving(),
    ]


def settings_of(given: Mapping[str, Any]) -> Settings:
    """The settings, those of the options among them. Raises ConfigError."""
    keys = Settings.__struct_fields__
    return settings({key: given[key] for key in keys if key in given})


def storage_of(given: Mapping[str, Any]) -> Storage:
    """Where large values and files are kept. Raises ConfigError."""
    from volery.data.storage import Storage

    return Storage(settings_of(given).storage)


def home_flag(given: Mapping[str, Any]) -> str:
    """`` --home FOLDER`` if it was given, for commands that are suggested; else nothing."""
    import shlex

    return f" --home {shlex.quote(given['home'])}" if given["home"] else ""


def labels_of(texts: tuple[str, ...]) -> dict[str, str]:
    """Labels from ``key=value``. Raises ConfigError."""
    labels: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise ConfigError(f"--label: expected KEY=VALUE, got {text!r}")
        if key == IMPORT_ROOT:
            raise ConfigError(
                f"--label: {key} is kept by Volery itself, for the folder of the code",
                hint="choose another key",
            )
        labels[key] = value
    return labels
