"""Which attempts are meant by a command that shows something of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from volery.cli.output import say

if TYPE_CHECKING:
    from volery.wire.backend import Backend

PAGE = 500


def attempts_of(
    backend: Backend, name: str, node: str | None, attempt: int | None
) -> Iterator[tuple[str, int]]:
    """Attempts by path and number. That there are none at a node is told.

    Args:
        backend: has them.
        name: of the execution.
        node: the path of one of its nodes; of one that consists of others, those of these; None:
            those of all nodes.
        attempt: the number of one; None: the newest of each node.
    """
    if node is None:
        yield from _tried(backend, name, "", attempt)
        return
    found = backend.node(name, node)
    if number := attempt or found.attempt:
        yield node, number
        return
    within = [
        each
        for each in _tried(backend, name, node, attempt)
        if each[0].startswith((f"{node}/", f"{node}["))
    ]
    if not within:
        say(f"{node} was not tried yet" if found.ended is None else f"{node} has no attempts")
    yield from within


def _tried(
    backend: Backend, name: str, part: str, attempt: int | None
) -> Iterator[tuple[str, int]]:
    """Those of nodes that have some, and that have this in their paths."""
    from volery.wire.executions import NodeFilter

    cursor: str | None = ""
    while cursor is not None:
        page = backend.nodes(name, NodeFilter(search=part), PAGE, cursor)
        yield from ((each.path, attempt or each.attempt) for each in page.items if each.attempt)
        cursor = page.next
