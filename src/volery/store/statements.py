"""Every SQL statement of the stores, once; values are given in the order of the marks.

They keep to the SQL that SQLite and PostgreSQL share; a dialect may translate the marks.
"""

# ruff: noqa: S608, whatever is put into a statement here is a constant of this file

from __future__ import annotations

# -- bundles ----------------------------------------------------------------------------------

PUT_BUNDLE = "INSERT INTO bundles (digest, data) VALUES (?, ?) ON CONFLICT DO NOTHING"

BUNDLE = "SELECT data FROM bundles WHERE digest = ?"

# -- executions -------------------------------------------------------------------------------

CREATE_EXECUTION = """
    INSERT INTO executions (
        id, project, domain, entity_kind, entity_name, bundle, root, parent_execution, parent_path,
        owner, labels, created
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING"""

_EXECUTIONS = """
    SELECT e.id, e.project, e.domain, e.entity_kind, e.entity_name, e.bundle, e.root,
           e.parent_execution, e.parent_path, top.owner, e.labels, e.phase, e.failure, e.created,
           e.ended
    FROM executions AS e JOIN executions AS top ON top.id = e.root"""

EXECUTION = f"{_EXECUTIONS} WHERE e.id = ?"


def executions(*, before: bool, phases: int) -> str:
    """A page of executions: values are `before` (an id), as many phases, and the limit."""
    conditions: list[str] = []
    if before:
        conditions.append("e.serial < (SELECT serial FROM executions WHERE id = ?)")
    if phases:
        conditions.append(f"e.phase IN ({', '.join('?' * phases)})")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"{_EXECUTIONS}{where} ORDER BY e.serial DESC LIMIT ?"


# The second mark is the owner of old again: both are NULL, or they are equal.
TAKE = """
    UPDATE executions SET owner = ?
    WHERE id = (SELECT root FROM executions WHERE id = ?)
      AND (owner = ? OR COALESCE(owner, ?) IS NULL)"""

ROOT_OF_RUNNING = "SELECT root FROM executions WHERE id = ? AND phase = 'RUNNING'"

ROOT_OF = "SELECT root FROM executions WHERE id = ?"

END_OF_EXECUTION = "SELECT phase, parent_execution, parent_path FROM executions WHERE id = ?"

END_EXECUTION = "UPDATE executions SET phase = ?, failure = ?, ended = ? WHERE id = ?"

# -- scopes -----------------------------------------------------------------------------------

CREATE_SCOPE = "INSERT INTO scopes (execution, path, root, state) VALUES (?, ?, ?, ?)"

CREATE_INPUTS = "INSERT INTO inputs (execution, path, record) VALUES (?, ?, ?)"

DIRTY = "SELECT execution, path FROM scopes WHERE wake_seq > planned_seq LIMIT ?"

DIRTY_OF = """
    SELECT execution, path FROM scopes WHERE wake_seq > planned_seq AND root = ? LIMIT ?"""

# An execution has the phase of its outermost scope, any other scope that of its node execution.
SCOPE = """
    SELECT COALESCE(n.phase, e.phase), s.version, s.wake_seq, s.planned_seq, s.state, s.abort
    FROM scopes AS s
    JOIN executions AS e ON e.id = s.execution
    LEFT JOIN nodes AS n ON n.execution = s.execution AND n.path = s.path
    WHERE s.execution = ? AND s.path = ?"""

CHILDREN = """
    SELECT n.path, n.kind, n.phase, n.attempt, a.phase, a.failure, a.elements, n.user_failures,
           n.system_failures, n.failure
    FROM nodes AS n
    LEFT JOIN attempts AS a
        ON a.execution = n.execution AND a.path = n.path AND a.number = n.attempt
    WHERE n.execution = ? AND n.scope = ? AND n.seq > ?"""

INPUTS = "SELECT record FROM inputs WHERE execution = ? AND path = ?"

STATE = "SELECT state FROM scopes WHERE execution = ? AND path = ?"

PLANNED = """
    UPDATE scopes SET version = version + 1, planned_seq = ?, state = COALESCE(?, state)
    WHERE execution = ? AND path = ? AND version = ?
    RETURNING root"""

SETTLED = "UPDATE scopes SET planned_seq = wake_seq WHERE execution = ? AND path = ?"

WAKE = """
    UPDATE scopes SET wake_seq = wake_seq + 1 WHERE execution = ? AND path = ?
    RETURNING wake_seq"""

STOP = """
    UPDATE scopes SET abort = ?, wake_seq = wake_seq + 1
    WHERE execution = ? AND path = ? AND abort IS NULL"""

# -- node executions --------------------------------------------------------------------------

CREATE_NODE = """
    INSERT INTO nodes (
        execution, path, scope, kind, phase, attempt, user_failures, system_failures, failure,
        created, ended
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

NODE = """
    SELECT n.phase, n.attempt, a.phase, a.owner, a.flagged, n.child
    FROM nodes AS n
    LEFT JOIN attempts AS a
        ON a.execution = n.execution AND a.path = n.path AND a.number = n.attempt
    WHERE n.execution = ? AND n.path = ?"""

MOVE_NODE = """
    UPDATE nodes SET phase = ?, failure = ?, ended = ? WHERE execution = ? AND path = ?"""

RELAUNCH_NODE = """
    UPDATE nodes SET attempt = ?, user_failures = ?, system_failures = ?
    WHERE execution = ? AND path = ?"""

CHANGE_NODE = "UPDATE nodes SET seq = ? WHERE execution = ? AND path = ?"

SET_CHILD = "UPDATE nodes SET child = ? WHERE execution = ? AND path = ?"

NODES = """
    SELECT path, kind, phase, attempt, failure, child, created, ended
    FROM nodes WHERE execution = ? ORDER BY path"""

# -- outputs ----------------------------------------------------------------------------------

CREATE_OUTPUTS = "INSERT INTO outputs (execution, path, record) VALUES (?, ?, ?)"

EXECUTION_OUTPUTS = "SELECT path, record FROM outputs WHERE execution = ? AND path = ?"

_NODE_OUTPUTS = """
    SELECT n.path, o.record
    FROM nodes AS n
    JOIN outputs AS o
        ON o.execution = COALESCE(n.child, n.execution)
        AND o.path = CASE WHEN n.child IS NULL THEN n.path ELSE '' END
    WHERE n.execution = ?"""

NODE_OUTPUTS = f"{_NODE_OUTPUTS} AND n.path = ?"

CHILDREN_OUTPUTS = f"{_NODE_OUTPUTS} AND n.scope = ?"

# -- attempts ---------------------------------------------------------------------------------

CREATE_ATTEMPT = """
    INSERT INTO attempts (execution, path, number, root, place, created)
    VALUES (?, ?, ?, ?, ?, ?)"""

_OPEN = "phase IN ('LAUNCHING', 'RUNNING')"

_OUTBOX = """
    SELECT execution, path, number FROM attempts WHERE owner IS NULL AND phase = 'LAUNCHING'"""

OUTBOX = f"{_OUTBOX} ORDER BY created, place LIMIT ?"

OUTBOX_OF = f"{_OUTBOX} AND root = ? ORDER BY created, place LIMIT ?"

CLAIM = "UPDATE attempts SET owner = ? WHERE execution = ? AND path = ? AND number = ?"

_IS_CURRENT = """
    EXISTS (
        SELECT 1 FROM nodes
        WHERE nodes.execution = attempts.execution AND nodes.path = attempts.path
          AND nodes.phase = 'RUNNING' AND nodes.attempt = attempts.number
    )"""

# No owner is compared here, as a start carries none. A late one, of a former owner, shows the
# attempt as begun a little too early and decides nothing; the end does, and is its owner's alone.
START_ATTEMPT = f"""
    UPDATE attempts SET phase = 'RUNNING', started = ?
    WHERE execution = ? AND path = ? AND number = ?
      AND phase = 'LAUNCHING' AND owner IS NOT NULL AND {_IS_CURRENT}"""

END_ATTEMPT = f"""
    UPDATE attempts
    SET phase = ?, failure = ?, elements = ?, started = COALESCE(started, ?), ended = ?
    WHERE execution = ? AND path = ? AND number = ? AND owner = ? AND {_OPEN} AND {_IS_CURRENT}"""

ABORT_ATTEMPT = """
    UPDATE attempts SET phase = 'ABORTED', ended = ?
    WHERE execution = ? AND path = ? AND number = ?"""

FLAG_ATTEMPT = """
    UPDATE attempts SET flagged = 1 WHERE execution = ? AND path = ? AND number = ?"""

FLAGGED = f"""
    SELECT execution, path, number FROM attempts WHERE owner = ? AND flagged = 1 AND {_OPEN}"""

HELD = f"""
    SELECT execution, path, number, owner FROM attempts WHERE owner IS NOT NULL AND {_OPEN}"""

HELD_OF = f"{HELD} AND root = ?"

ATTEMPTS = """
    SELECT path, number, phase, owner, failure, created, started, ended
    FROM attempts WHERE execution = ? ORDER BY path, number"""

# -- journal ----------------------------------------------------------------------------------

WRITE_LINE = """
    INSERT INTO journal (root, at, execution, path, attempt, event, detail)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""

JOURNAL = """
    SELECT seq, at, execution, path, attempt, event, detail
    FROM journal WHERE root = ? AND seq > ? ORDER BY seq LIMIT ?"""

STORY = """
    SELECT seq, at, execution, path, attempt, event, detail
    FROM journal WHERE root = ? AND execution = ? AND path = ? ORDER BY seq"""
