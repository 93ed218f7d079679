"""Tasks, workflows and launch plans, as they are registered."""

from __future__ import annotations

from collections.abc import Iterator

from litestar.handlers import HTTPRouteHandler

from volery.api.routes import get, post
from volery.ir.ref import EntityKind
from volery.wire.backend import Backend
from volery.wire.entities import (
    Entity,
    EntityFilter,
    EntityKey,
    EntitySummary,
    Registered,
    Registration,
)
from volery.wire.graphs import Graph
from volery.wire.page import Limit, Page

KINDS: dict[str, EntityKind] = {
    "tasks": "task",
    "workflows": "workflow",
    "launch-plans": "launch_plan",
}
"""What each kind is called in routes."""


class EntityPage(EntityFilter, frozen=True, forbid_unknown_fields=True):
    """Which entities of a kind, and which part of their list.

    Attributes:
        limit: most items of a page.
        cursor: `next` of the page before.
    """

    limit: Limit = 100
    cursor: str = ""


@post("/registrations", 201)
def register(backend: Backend, data: Registration) -> Registered:
    """Register the entities of a bundle, all or none; the same again changes nothing."""
    return backend.register(data)


def _routes_of(noun: str, kind: EntityKind) -> Iterator[HTTPRouteHandler]:
    told = noun.replace("-", " ")

    def entities(backend: Backend, query: EntityPage) -> Page[EntitySummary]:
        return backend.entities(kind, query, query.limit, query.cursor)

    def newest(backend: Backend, project: str, domain: str, name: str) -> Entity:
        return backend.entity(EntityKey(kind, name, "", project, domain))

    def version(backend: Backend, project: str, domain: str, name: str, version: str) -> Entity:
        return backend.entity(EntityKey(kind, name, version, project, domain))

    def graph(
        backend: Backend, project: str, domain: str, name: str, version: str, *, scope: str = ""
    ) -> Graph:
        return backend.entity_graph(EntityKey(kind, name, version, project, domain), scope)

    entities.__doc__ = f"List {told}, by project, domain and name; versions newest first."
    newest.__doc__ = f"Get one of the {told}: its newest version, of launch plans the active one."
    version.__doc__ = f"Get one of the {told} in a version."
    graph.__doc__ = f"Get the graph of one of the {told}, or that of a scope inside."
    yield get(f"/{noun}")(entities)
    yield get(f"/{noun}/{{project}}/{{domain}}/{{name}}")(newest)
    yield get(f"/{noun}/{{project}}/{{domain}}/{{name}}/{{version}}")(version)
    yield get(f"/{noun}/{{project}}/{{domain}}/{{name}}/{{version}}/graph")(graph)


@post("/launch-plans/activate")
def activate(backend: Backend, data: EntityKey) -> EntitySummary:
    """Make a version of a launch plan the active one; without one the newest."""
    return backend.activate(data)


@post("/launch-plans/deactivate")
def deactivate(backend: Backend, data: EntityKey) -> bool:
    """See to it that no version of a launch plan is active; false: none was."""
    return backend.deactivate(data)


ROUTES = [
    register,
    *(route for noun, kind in KINDS.items() for route in _routes_of(noun, kind)),
    activate,
    deactivate,
]
