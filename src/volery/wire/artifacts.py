"""Artifacts: values that tasks have made, wherever."""

from __future__ import annotations

import msgspec

from volery.wire.entities import EntityKey
from volery.wire.executions import Instant


class ArtifactFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which artifacts, newest first. None and empty: any.

    Attributes:
        name: of the task.
        execution: where they were made.
        type: what their type begins with, as it is shown.
        content: only what is content, or kept elsewhere for its size.
        since, until: made from then on, and before.
        search: a part of the output's name or of the preview, or the beginning of the digest.
    """

    project: str = ""
    domain: str = ""
    name: str = ""
    execution: str = ""
    type: str = ""
    content: bool = True
    since: Instant | None = None
    until: Instant | None = None
    search: str = ""


class Artifact(msgspec.Struct, frozen=True):
    """A value that a task has made.

    Attributes:
        digest: identity of the value; see `LineageQuery`.
        name: of the output, and where in it: ``o0``, ``report.file``, ``rows[3]``.
        entity: the task, with the version of its code.
        type: for people; empty: it was not written down.
        size: bytes of what is content, or kept elsewhere.
        uri: of content that lies outside of the storage.
        preview: of the value, short.
    """

    digest: str
    execution: str
    path: str
    name: str
    at: float
    entity: EntityKey | None = None
    type: str = ""
    size: int | None = None
    uri: str = ""
    preview: str = ""
