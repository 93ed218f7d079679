"""Tasks, workflows and launch plans, as they are registered."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from litestar.handlers import HTTPRouteHandler

from volery.api.routes import get, post
from volery.ir.nodes import EntityKind
from volery.wire.backend import Backend
from volery.wire.entities import (
    Entity,
    EntityFilter,
    EntityKey,
    EntitySummary,
    Registered,
    Registration,
)
from volery.wire.page import Limit, Page

KINDS: dict[str, EntityKind] = {
    "tasks": "task",
    "workflows": "workflow",
    "launch-plans": "launch_plan",
}
"""What each kind is called in routes."""


class EntityQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which entities.

    Attributes:
        project: empty: any.
        domain: empty: any.
        name: the whole name; empty: any.
        search: a part of the name.
        versions: all versions of each, and not only the newest.
        limit: most items of a page.
        cursor: `next` of the page before.
    """

    project: str = ""
    domain: str = ""
    name: str = ""
    search: str = ""
    versions: bool = False
    limit: Limit = 100
    cursor: str = ""

    def filter(self) -> EntityFilter:
        """The same without what concerns pages."""
        return EntityFilter(self.project, self.domain, self.name, self.search, self.versions)


@post("/registrations", 201)
def register(backend: Backend, data: Registration) -> Registered:
    """Register the entities of a bundle, all or none; the same again changes nothing."""
    return backend.register(data)


def _routes_of(noun: str, kind: EntityKind) -> Iterator[HTTPRouteHandler]:
    told = noun.replace("-", " ")

    def entities(backend: Backend, query: EntityQuery) -> Page[EntitySummary]:
        return backend.entities(kind, query.filter(), query.limit, query.cursor)

    def newest(backend: Backend, project: str, domain: str, name: str) -> Entity:
        return backend.entity(EntityKey(kind, name, "", project, domain))

    def version(backend: Backend, project: str, domain: str, name: str, version: str) -> Entity:
        return backend.entity(EntityKey(kind, name, version, project, domain))

    entities.__doc__ = f"List {told}, by project, domain and name; versions newest first."
    newest.__doc__ = f"Get one of the {told}: its newest version, of launch plans the active one."
    version.__doc__ = f"Get one of the {told} in a version."
    yield get(f"/{noun}")(entities)
    yield get(f"/{noun}/{{project}}/{{domain}}/{{name}}")(newest)
    yield get(f"/{noun}/{{project}}/{{domain}}/{{name}}/{{version}}")(version)


PLAN = "/launch-plans/{project}/{domain}/{name}"


@post(f"{PLAN}/activate")
def activate_newest(backend: Backend, project: str, domain: str, name: str) -> EntitySummary:
    """Make the newest version of a launch plan the active one, in place of another."""
    return backend.activate(EntityKey("launch_plan", name, "", project, domain))


@post(f"{PLAN}/{{version}}/activate")
def activate(backend: Backend, project: str, domain: str, name: str, version: str) -> EntitySummary:
    """Make a version of a launch plan the active one, in place of another."""
    return backend.activate(EntityKey("launch_plan", name, version, project, domain))


@post(f"{PLAN}/deactivate")
def deactivate(backend: Backend, project: str, domain: str, name: str) -> bool:
    """See to it that no version of a launch plan is active; false: none was."""
    return backend.deactivate(EntityKey("launch_plan", name, "", project, domain))


@post(f"{PLAN}/{{version}}/deactivate")
def deactivate_version(
    backend: Backend, project: str, domain: str, name: str, version: str
) -> bool:
    """The same, if this version is the active one."""
    return backend.deactivate(EntityKey("launch_plan", name, version, project, domain))


ROUTES = [
    register,
    *(route for noun, kind in KINDS.items() for route in _routes_of(noun, kind)),
    activate_newest,
    activate,
    deactivate,
    deactivate_version,
]
