"""The hand of the suite of backends: a backend, a project of one's own, entities in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from volery.ids import new_execution_id
from volery.sdk.entity import Entity
from volery.testing.conformance.backend_flows import key_of, registration_of
from volery.wire.access import LOCAL, Identity
from volery.wire.backend import Backend
from volery.wire.entities import EntityKey, Registered
from volery.wire.executions import Event, Execution, NewExecution
from volery.wire.page import Page
from volery.wire.projects import NewProject

T = TypeVar("T")

Speaking = Callable[[Identity], Backend]
"""Gives a backend that speaks for somebody. It belongs to whoever made this."""


class Driver:
    """A backend that speaks for an admin, with a project that nobody else uses."""

    def __init__(self, speaking: Speaking) -> None:
        self.speaking = speaking
        self.backend = speaking(LOCAL)
        self.project = new_execution_id()
        self.backend.create_project(NewProject(self.project))

    def register(self, entity: Entity, **more: Any) -> Registered:
        """Make an entity known in the project."""
        return self.backend.register(registration_of(entity, self.project, **more))

    def key(self, entity: Entity, version: str = "") -> EntityKey:
        """What an entity is known by there."""
        return key_of(entity, self.project, version)

    def new(self, entity: Entity, **more: Any) -> NewExecution:
        """An execution of an entity there, as it is asked for."""
        return NewExecution(self.key(entity), **more)

    def start(self, entity: Entity, **more: Any) -> Execution:
        """Register an entity and start it."""
        self.register(entity)
        return self.backend.execute(self.new(entity, **more))

    def run(self, entity: Entity, **more: Any) -> Execution:
        """Do that, and wait for its end."""
        return self.finish(self.start(entity, **more).id)

    def finish(self, id: str) -> Execution:
        """Wait for the end of an execution."""
        for _ in self.backend.watch(id):
            pass
        return self.backend.execution(id)

    def until(self, id: str, found: Callable[[Event], bool]) -> Event:
        """Wait for a line of the journal."""
        return next(line for line in self.backend.watch(id) if found(line))


def pages(read: Callable[[str], Page[T]]) -> Iterator[Page[T]]:
    """All pages of a list, each read with the cursor of the one before."""
    page = read("")
    yield page
    while page.next is not None:
        page = read(page.next)
        yield page


def everything(read: Callable[[str], Page[T]]) -> list[T]:
    """All items of a list."""
    return [item for page in pages(read) for item in page.items]
