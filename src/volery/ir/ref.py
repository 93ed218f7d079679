"""What definitions are called, and where they are written."""

from __future__ import annotations

from typing import Literal

import msgspec

EntityKind = Literal["task", "workflow", "launch_plan"]


class Ref(msgspec.Struct, frozen=True):
    """An entity of the same bundle, by kind and name."""

    kind: EntityKind
    name: str


class Source(msgspec.Struct, frozen=True, gc=False):
    """Where in the user's code something is written; `file` is relative to the import root."""

    file: str
    line: int
