"""Options that several commands have, and the settings that they make."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from volery.config import Settings, settings
from volery.errors import CallError, ConfigError
from volery.ids import is_execution_name
from volery.ir.policy import Limits
from volery.sdk.options import MOST

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.services.home import Home
    from volery.services.orchestrator import Bounds, Particulars


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


def storage() -> click.Option:
    """Where large values and files are kept."""
    return click.Option(
        ["--storage"],
        metavar="URL",
        help="Folder or bucket of large values and files.  [default: VOLERY_STORAGE or the home]",
    )


def attempt() -> click.Option:
    """Which attempt of a node execution is meant."""
    return click.Option(
        ["--attempt"],
        type=click.IntRange(min=1),
        metavar="N",
        help="Which attempt.  [default: the newest]",
    )


def executor() -> click.Option:
    """Where attempts run."""
    return click.Option(
        ["--executor"],
        metavar="NAME",
        help="What carries out attempts that do not say it themselves: process, docker, "
        "kubernetes.  [default: VOLERY_EXECUTOR or process]",
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


def inputs_file() -> click.Option:
    """For what has inputs."""
    return click.Option(
        ["--inputs-file"],
        type=click.Path(allow_dash=True),
        metavar="FILE",
        help="Inputs from a JSON or YAML file, - for JSON on stdin; options win over it.",
    )


def starting() -> list[click.Option]:
    """For what starts an execution; see `particulars`."""
    return [
        click.Option(["--name"], help="Name of the execution.  [default: a new one]"),
        click.Option(
            ["--label", "labels"],
            multiple=True,
            metavar="KEY=VALUE",
            help="A label for the execution; may be given again.",
        ),
        click.Option(
            ["--overwrite-cache"],
            is_flag=True,
            default=None,
            help="Look nothing up in the cache; fill it anew.",
        ),
        click.Option(
            ["--priority"],
            type=int,
            metavar="N",
            help="Among attempts that wait, those with a higher one go first.  [default: 0]",
        ),
        click.Option(
            ["--timeout"],
            metavar="DURATION",
            help="End it when it has taken so long, such as 90s or 2h.",
        ),
        executor(),
        click.Option(
            ["--max-parallelism"],
            type=int,
            metavar="N",
            help="At most so many attempts at once.",
        ),
    ]


def running() -> list[click.Option]:
    """For a run."""
    return [
        inputs_file(),
        click.Option(["--project"], help="Project it belongs to.  [default: default]"),
        click.Option(["--domain"], help="Domain it belongs to.  [default: development]"),
        *starting(),
        storage(),
        *driving(),
    ]


def particulars(given: Mapping[str, Any]) -> Particulars:
    """What a command line says about an execution, for `Engine.submit`.

    Raises:
        CallError, ConfigError: a part of it cannot be used.
    """
    found: Particulars = {"name": _name_of(given), "labels": _labels_of(given["labels"])}
    if given["overwrite_cache"]:
        found["overwrite_cache"] = True
    if given["priority"] is not None:
        found["priority"] = _whole("--priority", given["priority"], -MOST)
    if given["executor"] is not None:
        found["executor"] = given["executor"]
    if given["max_parallelism"] is not None:
        found["max_parallelism"] = _whole("--max-parallelism", given["max_parallelism"], 1)
    if given["timeout"] is not None:
        found["limits"] = Limits(running=seconds_of("--timeout", given["timeout"]))
    return found


def _name_of(given: Mapping[str, Any]) -> str | None:
    """The name that was given. Raises CallError: nothing can be named so."""
    chosen: str | None = given["name"]
    if chosen is not None and not is_execution_name(chosen):
        raise CallError(
            f"--name: {chosen!r} cannot name an execution",
            hint="lower-case letters, digits and dashes, a letter first, at most 63 of them",
        )
    return chosen


def _whole(flag: str, number: int, least: int) -> int:
    if not least <= number <= MOST:
        raise CallError(f"{flag}: expected a whole number from {least} to {MOST}, got {number}")
    return number


def seconds_of(flag: str, text: str) -> float:
    """A duration such as ``1h30m``, in seconds. Raises CallError: it is none."""
    from volery.durations import read_duration

    try:
        found = read_duration(text) / 1_000_000
    except ValueError:
        found = 0.0
    if found <= 0:
        raise CallError(f"{flag}: expected a duration such as 90s or 1h30m, got {text!r}")
    return found


def settings_of(given: Mapping[str, Any]) -> Settings:
    """The settings, those of the options among them. Raises ConfigError."""
    keys = Settings.__struct_fields__
    return settings({key: given[key] for key in keys if key in given})


def bounds(settings: Settings) -> Bounds:
    """How large dynamic work may grow."""
    from volery.services.orchestrator import Bounds

    return Bounds(settings.dynamic_depth, settings.dynamic_nodes)


def recorded_storage(home: Home, url: str) -> str:
    """What a record keeps of a storage: nothing of the home's own, which moves with the home.

    Raises ConfigError: the URL cannot be used, or something in it may be a secret.
    """
    if not url or _same_place(url, home.storage().url):
        return ""
    scheme, _, rest = url.partition("://")
    if scheme != "file" and ("?" in rest or ":" in rest.partition("/")[0]):
        raise ConfigError(
            f"the storage is {scheme}://..., and what stands behind ? or : in it may be a secret",
            hint="give credentials as variables or in the setting `storage_options`",
        )
    return url


def storage_to_drive(
    execution: str, recorded: Storage, home: Home, given: Mapping[str, Any]
) -> Storage:
    """The storage with which an execution goes on: the option's, else the one on record.

    Raises ConfigError: a setting chose another one, where its data is not.
    """
    chosen = settings_of(given).storage
    if given["storage"] is not None:
        return home.storage(chosen)
    if chosen and not _same_place(chosen, recorded.url):
        moved = f"volery executions resume {execution} --storage {shlex.quote(chosen)}"
        raise ConfigError(
            f"execution {execution} has its data in {recorded.url}, the settings say {chosen}",
            hint="take VOLERY_STORAGE, or `storage` in the file of the settings, away\n"
            f"if the data was moved: {moved}{home_flag(given)}",
        )
    return recorded


def _same_place(one: str, other: str) -> bool:
    from volery.data.places import parts_of, path_of

    def place(url: str) -> object:
        folder = path_of(url)
        return parts_of(url) if folder is None else os.path.realpath(folder)

    return place(one) == place(other)


def home_flag(given: Mapping[str, Any]) -> str:
    """`` --home FOLDER`` if it was given, for commands that are suggested; else nothing."""
    return f" --home {shlex.quote(given['home'])}" if given["home"] else ""


def _labels_of(texts: tuple[str, ...]) -> dict[str, str]:
    """Labels from ``key=value``. Raises ConfigError."""
    if not texts:
        return {}
    from volery.services.records import RESERVED

    labels: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise ConfigError(f"--label: expected KEY=VALUE, got {text!r}")
        if key in RESERVED:
            raise ConfigError(
                f"--label: {key} is kept by Volery itself, for {RESERVED[key]}",
                hint="choose another key",
            )
        labels[key] = value
    return labels
