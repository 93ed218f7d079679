"""Projects."""

from __future__ import annotations

from volery.api.routes import get, post
from volery.wire.backend import Backend
from volery.wire.projects import NewProject, Project


@get("/projects")
def projects(backend: Backend) -> tuple[Project, ...]:
    """List the projects that you may see."""
    return backend.projects()


@post("/projects", 201)
def create_project(backend: Backend, data: NewProject) -> Project:
    """Make a project."""
    return backend.create_project(data)


ROUTES = [projects, create_project]
