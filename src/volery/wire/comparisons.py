"""Comparisons: of two executions, and of two versions of an entity."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from volery.wire.entities import EntityKey, EntitySummary
from volery.wire.executions import Execution

What = Literal["entity", "version", "spec", "inputs", "phase", "failure", "node", "outputs"]


class Difference(msgspec.Struct, frozen=True):
    """Something in which two executions differ.

    Attributes:
        name: of the input, the output, the node's path; empty: there is only one.
        left, right: what it is in each, for people; empty: it is not there.
    """

    what: What
    name: str
    left: str
    right: str


class PairedValue(msgspec.Struct, frozen=True):
    """An input or output of two executions.

    Attributes:
        same: they mean the same.
        left, right: as in `Values.values`.
        left_type, right_type: for people; empty: it has none of this name.
    """

    name: str
    same: bool
    left: Any = None
    right: Any = None
    left_type: str = ""
    right_type: str = ""


class NodeSide(msgspec.Struct, frozen=True):
    """A node execution of one of them. `reused`: its outputs were made elsewhere."""

    phase: str
    created: float
    ended: float | None = None
    attempt: int = 0
    reused: bool = False


class PairedNode(msgspec.Struct, frozen=True):
    """A node execution of two executions; None: it is not there."""

    path: str
    kind: str
    entity: str
    left: NodeSide | None = None
    right: NodeSide | None = None


class ComparisonQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which executions. `scope`: the node executions directly in it are paired."""

    left: str
    right: str
    scope: str = ""


class Comparison(msgspec.Struct, frozen=True):
    """Two executions, side by side.

    Attributes:
        differences: those that tell most come first, a hundred at most.
        spec: in what the specs differ, in sentences.
        nodes: node executions of the scope, by path.
        next: the cursor of more of them; None: there are none.
    """

    left: Execution
    right: Execution
    differences: tuple[Difference, ...]
    inputs: tuple[PairedValue, ...]
    outputs: tuple[PairedValue, ...]
    spec: tuple[str, ...]
    nodes: tuple[PairedNode, ...]
    next: str | None = None


class SpecChange(msgspec.Struct, frozen=True):
    """A place in a spec, as JSON, in which two versions differ.

    Attributes:
        path: such as ``graph.nodes[n2].inputs``; parts of a list are named by their id or name
            where they have one.
        left, right: what is there; of what is long, its beginning as text. Values, such as
            defaults, are text too, as Python writes them.
    """

    path: str
    change: Literal["added", "removed", "changed"]
    left: Any = None
    right: Any = None


class DiffQuery(EntityKey, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which versions of an entity; `version` counts for nothing."""

    left: str
    right: str


class FileEdit(msgspec.Struct, frozen=True):
    """A file of the code in which two versions differ.

    Attributes:
        path: in the package.
        lines: as ``diff -u`` writes them, without its head; none: it is no text, or too long.
        complete: False: there are more lines than these.
    """

    path: str
    change: Literal["added", "removed", "changed"]
    lines: tuple[str, ...] = ()
    complete: bool = True


class EntityDiff(msgspec.Struct, frozen=True):
    """In what two versions of an entity differ.

    Attributes:
        lines: in sentences.
        changes: the same, place by place.
        files: files of the code that are new, gone or changed, in sentences.
        edits: what is different in them, of the first of them.
        complete: False: there is more than what is told.
    """

    left: EntitySummary
    right: EntitySummary
    lines: tuple[str, ...]
    changes: tuple[SpecChange, ...]
    files: tuple[str, ...]
    complete: bool = True
    edits: tuple[FileEdit, ...] = ()
