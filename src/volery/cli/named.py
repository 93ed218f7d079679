"""Executions that are named on a command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options
from volery.errors import ConfigError, VoleryError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from volery.services.home import Home
    from volery.store.base import ExecutionRecord, Store


class ExecutionName(click.ParamType[str]):
    """The name of an execution; the shell completes it from the newest ones."""

    name = "name"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 (click's signature)
        incomplete: str,
    ) -> list[CompletionItem]:
        return completions(ctx.params, incomplete)


def completions(params: Mapping[str, Any], incomplete: str) -> list[CompletionItem]:
    """Names of executions that begin so, for the shell."""
    from click.shell_completion import CompletionItem

    from volery.services import records

    try:
        with records.opened(home_of(params)) as store:
            found = records.newest(store, 200)
    except VoleryError:
        return []
    return [
        CompletionItem(each.id, help=f"{each.entity.name} {each.phase}")
        for each in found
        if each.id.startswith(incomplete)
    ]


def home_of(params: Mapping[str, Any]) -> Home:
    """The home that the options of a command mean."""
    from volery.services.home import Home

    chosen = options.settings_of({"home": params.get("home")})
    return Home(chosen.home, chosen.database)


def open_one(store: Store, name: str) -> ExecutionRecord:
    """An execution that has not ended. Raises NotFound, ConfigError."""
    from volery.services import records

    record = records.find(store, name)
    if record.phase.terminal:
        raise ConfigError(f"execution {record.id} has ended: it is {record.phase}")
    return record
