"""What is named on a command line, and completed by the shell: executions, nodes, entities, ..."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.output import instant
from volery.errors import VoleryError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from volery.ir.ref import EntityKind
    from volery.services.home import Home
    from volery.wire.backend import Backend

NEWEST = 200
"""Among so many executions, nodes or entities a name is completed."""
PATIENCE = "0.5"
"""Seconds that somebody who pressed the tabulator waits for a server."""


class _Named(click.ParamType[str], ABC):
    """What the shell completes from what is there."""

    name = "name"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 (click's signature)
        incomplete: str,
    ) -> list[CompletionItem]:
        return _completed(
            ctx.params, incomplete, lambda backend: self.found(backend, ctx.params, incomplete)
        )

    @abstractmethod
    def found(self, backend: Backend, params: Mapping[str, Any], incomplete: str) -> dict[str, str]:
        """Words that fit, with a help for each. `params`: what stands before it."""


class ExecutionName(_Named):
    """The name of an execution; the shell completes it from the newest ones."""

    def found(
        self,
        backend: Backend,
        params: Mapping[str, Any],  # noqa: ARG002 (others need it)
        incomplete: str,
    ) -> dict[str, str]:
        return _executions(backend, incomplete)


class NodePath(_Named):
    """The path of a node execution of the execution that stands before it."""

    name = "path"

    def found(self, backend: Backend, params: Mapping[str, Any], incomplete: str) -> dict[str, str]:
        from volery.wire.executions import NodeFilter

        id = params.get("execution") or params.get("name") or ""
        page = backend.nodes(id, NodeFilter(search=incomplete), NEWEST)
        return {each.path: f"{each.entity} {each.phase}" for each in page.items}


class GateName(_Named):
    """The name of a gate that waits in the execution that stands before it."""

    def found(
        self,
        backend: Backend,
        params: Mapping[str, Any],
        incomplete: str,  # noqa: ARG002 (few gates wait at once)
    ) -> dict[str, str]:
        gates = backend.gates(params.get("name") or "")
        return {each.name: each.question.partition("\n")[0] for each in gates}


class TokenName(_Named):
    """The name of a token that still counts."""

    def found(
        self,
        backend: Backend,
        params: Mapping[str, Any],  # noqa: ARG002 (others need it)
        incomplete: str,  # noqa: ARG002
    ) -> dict[str, str]:
        return {each.name: each.role for each in backend.tokens() if each.revoked is None}


class EntityName(_Named):
    """The name of an entity that is registered; of one kind, or of any."""

    def __init__(self, *kinds: EntityKind) -> None:
        self._kinds = kinds or ("workflow", "task", "launch_plan")

    def found(
        self,
        backend: Backend,
        params: Mapping[str, Any],  # noqa: ARG002 (others need it)
        incomplete: str,
    ) -> dict[str, str]:
        from volery.wire.entities import EntityFilter

        where = EntityFilter(search=incomplete)
        pages = (backend.entities(kind, where, NEWEST) for kind in self._kinds)
        return {
            each.key.name: each.description.partition("\n")[0]
            for page in pages
            for each in page.items
        }


class EntityVersion(_Named):
    """A version of the entity whose name stands before it."""

    name = "version"

    def __init__(self, kind: EntityKind) -> None:
        self._kind: EntityKind = kind

    def found(
        self,
        backend: Backend,
        params: Mapping[str, Any],
        incomplete: str,  # noqa: ARG002 (an entity has few)
    ) -> dict[str, str]:
        from volery.wire.entities import EntityFilter

        where = EntityFilter(name=params.get("name") or "", versions=True)
        page = backend.entities(self._kind, where, NEWEST)
        return {each.key.version: f"registered {instant(each.created)}" for each in page.items}


class OrFile(click.ParamType[str]):
    """A name, or a file or folder here; the shell completes both."""

    name = "name"

    def __init__(self, named: _Named) -> None:
        self._named = named

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        # First: bash forgets for it what came before.
        files = CompletionItem(incomplete, type="file")
        return [files, *self._named.shell_complete(ctx, param, incomplete)]


def executions_named(params: Mapping[str, Any], incomplete: str) -> list[CompletionItem]:
    """Executions whose names begin so."""
    return _completed(params, incomplete, lambda backend: _executions(backend, incomplete))


def _executions(backend: Backend, incomplete: str) -> dict[str, str]:
    from volery.wire.executions import ExecutionFilter

    page = backend.executions(ExecutionFilter(search=incomplete), NEWEST)
    return {each.id: f"{each.entity.name} {each.phase}" for each in page.items}


def _completed(
    params: Mapping[str, Any], incomplete: str, found: Callable[[Backend], dict[str, str]]
) -> list[CompletionItem]:
    """What the shell is told: words that begin so, with a help for each; nothing on any error."""
    from click.shell_completion import CompletionItem

    given = {"server": params.get("server"), "home": params.get("home"), "patience": PATIENCE}
    try:
        with there.backend(given, reading=True) as backend:
            words = found(backend)
    except VoleryError:
        return []
    begun = {word: told for word, told in words.items() if word.startswith(incomplete)}
    return [CompletionItem(word, help=told) for word, told in begun.items()]


def home_of(params: Mapping[str, Any]) -> Home:
    """The home that the options of a command mean."""
    from volery.services.home import Home

    chosen = options.settings_of({"home": params.get("home")})
    return Home(chosen.home, chosen.database)
