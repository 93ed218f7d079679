"""Lineage: where values come from, and what has used them."""

from __future__ import annotations

from typing import Literal

import msgspec

from volery.wire.entities import EntityKey

Way = Literal["upstream", "downstream"]


class Use(msgspec.Struct, frozen=True):
    """A value, at a node execution that has taken or given it.

    Attributes:
        digest: identity of the value.
        name: of the input or output; inside of it a path such as ``rows[3].file``.
        made: it is an output here; else an input.
        entity: what has run there, with the version of its code.
        reused: the outputs were made elsewhere, and come from the cache or an earlier execution.
        uri: of content that lies outside of the storage.
        preview: of the value, short.
    """

    digest: str
    execution: str
    path: str
    name: str
    made: bool
    at: float
    entity: EntityKey | None = None
    reused: bool = False
    uri: str = ""
    preview: str = ""


class Lineage(msgspec.Struct, frozen=True):
    """What is known of where something comes from, or of what it went into.

    Attributes:
        uses: each value at each node execution that the search has come to.
        edges: pairs of positions in `uses`: the second comes from the first.
        complete: False: there is more, beyond the limit.
    """

    uses: tuple[Use, ...]
    edges: tuple[tuple[int, int], ...]
    complete: bool = True


class LineageQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose lineage: of a value by digest, of content by its URI, of a node execution.

    Attributes:
        path: with `execution`; ``""`` is the execution itself.
        way: ``upstream``: where it comes from.
        depth: so many steps.
    """

    digest: str = ""
    uri: str = ""
    execution: str = ""
    path: str = ""
    way: Way = "upstream"
    depth: int = 10
