"""Artifacts: what tasks have made, for whoever may see it."""

from __future__ import annotations

from volery.services import cursors
from volery.services.access import require
from volery.services.tracing import Tracing
from volery.store.artifacts import Artifacts, Made
from volery.store.lineage import Kept
from volery.wire.access import Identity
from volery.wire.artifacts import Artifact, ArtifactFilter
from volery.wire.page import MOST, Page

READ = 20
"""So often it is read on in the journals before anything is shown."""


class ArtifactViews:
    """See the module's text. Any thread may use it.

    Args:
        table: has what was traced.
        tracing: reads on.
    """

    def __init__(self, table: Artifacts, tracing: Tracing) -> None:
        self._table = table
        self._tracing = tracing

    def page(self, who: Identity, where: ArtifactFilter, limit: int, cursor: str) -> Page[Artifact]:
        """See `Views.artifacts`."""
        if where.project:
            require(who, "viewer", where.project)
        after = cursors.read(cursor, Made, "artifacts")
        self._tracing.catch_up(READ)
        found, last = self._table.page(where, who.projects, min(limit, MOST), after)
        return Page(tuple(map(_shown, found)), None if last is None else cursors.written(last))


def _shown(use: Kept) -> Artifact:
    return Artifact(
        digest=use.digest,
        execution=use.execution,
        path=use.path,
        name=use.name,
        at=use.at,
        entity=use.key,
        type=use.type,
        size=use.size,
        uri=use.uri,
        preview=use.preview,
    )
