"""Values as people look into them: part by part, each with a preview."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Side = Literal["inputs", "outputs"]

Position = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class PartsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which parts of which value.

    Attributes:
        path: of a node execution; empty: the execution itself.
        side: its inputs or its outputs.
        name: of one of them; empty: what is asked for are these themselves.
        at: a way into that one: positions of parts, such as ``3.0.12``.
        start: the first part that is shown.
        limit: most parts that are.
    """

    path: str = ""
    side: Side = "outputs"
    name: str = ""
    at: Annotated[str, msgspec.Meta(pattern=r"^(\d{1,15}(\.\d{1,15}){0,99})?$")] = ""
    start: Position = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class Part(msgspec.Struct, frozen=True):
    """A part of a value: an element, an entry, a field.

    Attributes:
        key: its name, key or position, as a preview.
        type: for people.
        preview: see `types.preview`.
        size: bytes of the packed value; None: nobody knows without opening it.
        digest: identity of a whole input or output, and of content; empty elsewhere.
        opens: it has parts itself.
    """

    key: Any
    type: str
    preview: Any
    size: int | None = None
    digest: str = ""
    opens: bool = False


class Parts(msgspec.Struct, frozen=True):
    """Some parts of a value.

    Attributes:
        type: of the value, for people.
        length: how many parts it has.
        start: position of the first one here.
    """

    type: str
    length: int
    start: int
    parts: tuple[Part, ...] = ()
