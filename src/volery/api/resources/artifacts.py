"""Artifacts: what tasks have made."""

from __future__ import annotations

from volery.api.routes import get
from volery.wire.artifacts import Artifact, ArtifactFilter
from volery.wire.backend import Backend
from volery.wire.page import Limit, Page


class ArtifactPage(ArtifactFilter, frozen=True, forbid_unknown_fields=True):
    """Which artifacts, and which part of their list.

    Attributes:
        limit: most items of a page.
        cursor: `next` of the page before.
    """

    limit: Limit = 100
    cursor: str = ""


@get("/artifacts")
def artifacts(backend: Backend, query: ArtifactPage) -> Page[Artifact]:
    """List what tasks have made, newest first; a page may be short, and not the last."""
    return backend.artifacts(query, query.limit, query.cursor)


ROUTES = [artifacts]
