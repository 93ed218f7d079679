"""Changes that several verbs of the SQL store make. Each belongs to the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable

from volery.engine.model import ScopeState
from volery.ids import ROOT
from volery.store import records, statements as sql
from volery.store.base import NewExecution
from volery.store.database import Cursor
from volery.store.journal import Entry


def write(cursor: Cursor, root: str, at: float, entries: Iterable[Entry]) -> None:
    """Add lines to the journal of a family."""
    cursor.executemany(sql.WRITE_LINE, [(root, at, *entry) for entry in entries])


def create_execution(cursor: Cursor, new: NewExecution, at: float) -> bool:
    """Insert an execution with its outermost scope. False when the id is taken."""
    cursor.execute(sql.CREATE_EXECUTION, records.execution_row(new, at))
    if cursor.rowcount == 0:
        return False
    create_scope(cursor, new.id, ROOT, root=new.root, inputs=new.inputs, state=new.state)
    return True


def create_scope(
    cursor: Cursor, execution: str, path: str, *, root: str, inputs: bytes, state: ScopeState
) -> None:
    """Insert a scope, dirty."""
    cursor.execute(sql.CREATE_SCOPE, (execution, path, root, records.pack(state)))
    cursor.execute(sql.CREATE_INPUTS, (execution, path, inputs))


def wake(cursor: Cursor, execution: str, path: str) -> int:
    """A fact for the next plan of a scope; returns the new `wake_seq`."""
    cursor.execute(sql.WAKE, (execution, path))
    return cursor.fetchone()[0]


def stop(cursor: Cursor, execution: str, path: str, reason: str) -> bool:
    """Ask a scope for an abort. False when somebody has asked before; the first reason stands."""
    cursor.execute(sql.STOP, (reason, execution, path))
    return cursor.rowcount == 1
