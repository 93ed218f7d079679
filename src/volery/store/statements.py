"""Every SQL statement of the store's port, once; values are given in the order of the marks.

They keep to the SQL that SQLite and PostgreSQL share; a dialect may translate the marks.
"""

# ruff: noqa: S608, whatever is put into a statement here is a constant of this file

from __future__ import annotations

from functools import cache

# -- bundles ----------------------------------------------------------------------------------

PUT_BUNDLE = "INSERT INTO bundles (digest, data) VALUES (?, ?) ON CONFLICT DO NOTHING"

BUNDLE = "SELECT data FROM bundles WHERE digest = ?"

# -- owners -----------------------------------------------------------------------------------

ENLIST = "INSERT INTO owners (id, pool, expires) VALUES (?, ?, ?)"

RENEW = "UPDATE owners SET expires = ? WHERE id = ? AND gone = 0"

REVIVE = """
    UPDATE owners SET gone = 0, expires = ?
    WHERE id = ? AND gone = 1
      AND NOT EXISTS (SELECT 1 FROM executions WHERE owner = owners.id AND phase = 'RUNNING')
      AND NOT EXISTS (
        SELECT 1 FROM attempts WHERE owner = owners.id AND phase IN ('LAUNCHING', 'RUNNING'))"""

RETIRE = "UPDATE owners SET gone = 1 WHERE id = ? AND gone = 0"

EXPIRED = "SELECT id FROM owners WHERE gone = 0 AND expires <= ?"

BURY = "UPDATE owners SET gone = 1 WHERE id = ? AND gone = 0 AND expires <= ?"

OWNERS = "SELECT id, pool, expires, gone FROM owners WHERE gone = 0 ORDER BY id"

OWNER = "SELECT id, pool, expires, gone FROM owners WHERE id = ?"

ORPHANS = """
    SELECT e.id, e.owner
    FROM owners AS me
    JOIN owners AS mate ON mate.pool = me.pool AND mate.gone = 1
    JOIN executions AS e ON e.owner = mate.id AND e.phase = 'RUNNING'
    WHERE me.id = ? AND me.gone = 0
    LIMIT ?"""

# The second mark is the owner of old again: both are NULL, or they are equal.
TAKE = "UPDATE executions SET owner = ? WHERE id = ? AND (owner = ? OR COALESCE(owner, ?) IS NULL)"

_FAMILY = "(SELECT id FROM executions WHERE root = ?)"

DRIVE_SCOPES = f"UPDATE scopes SET driver = ? WHERE execution IN {_FAMILY}"

DRIVE_ATTEMPTS = f"""
    UPDATE attempts SET driver = ? WHERE execution IN {_FAMILY} AND ended IS NULL"""

DRIVE_PUT_OFF = f"UPDATE put_off SET driver = ? WHERE execution IN {_FAMILY}"

# -- executions -------------------------------------------------------------------------------

CREATE_EXECUTION = """
    INSERT INTO executions (
        id, project, domain, entity_kind, entity_name, bundle, root, parent_execution, parent_path,
        owner, labels, created, options, max_parallelism, queue, most, when_full, version,
        annotations, notify, scheduled, child
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING
    RETURNING id"""

MARK = """
    INSERT INTO marks (name, value, created, serial)
    SELECT ?, ?, created, serial FROM executions WHERE id = ?
    ON CONFLICT DO NOTHING"""

_EXECUTIONS = """
    SELECT e.id, e.project, e.domain, e.entity_kind, e.entity_name, e.bundle, e.root,
           e.parent_execution, e.parent_path, top.owner, e.labels, e.phase, e.failure, e.created,
           e.ended, e.options, e.max_parallelism, e.queue, e.most, e.when_full, e.version,
           e.annotations, e.notify, e.scheduled, e.serial
    FROM executions AS e JOIN executions AS top ON top.id = e.root"""

EXECUTION = f"{_EXECUTIONS} WHERE e.id = ?"


def executions(*, before: bool, phases: int, owner: bool) -> str:
    """A page of executions: values are an owner, `before` (an id), as many phases, the limit."""
    conditions: list[str] = []
    if owner:
        conditions.append("e.owner = ?")
    if before:
        conditions.append("e.serial < (SELECT serial FROM executions WHERE id = ?)")
    if phases == 1:
        conditions.append("e.phase = ?")
    elif phases:
        conditions.append(f"e.phase IN ({', '.join('?' * phases)})")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"{_EXECUTIONS}{where} ORDER BY e.serial DESC LIMIT ?"


def executions_among(keys: str, condition: str, way: str) -> str:
    """Executions: values are those of `keys` and of the condition, the limit.

    `keys`: a query that gives `at` and `serial`, what they are ordered by; `way`: DESC or ASC.
    """
    return f"""
        {_EXECUTIONS} JOIN ({keys}) AS found ON found.serial = e.serial
        WHERE {condition} ORDER BY found.at {way}, found.serial {way} LIMIT ?"""


STANDING = """
    SELECT root, parent_execution, parent_path, options, max_parallelism, queue, most, when_full
    FROM executions WHERE id = ?"""

DRIVER = "SELECT COALESCE(owner, '') FROM executions WHERE id = ?"

PHASE = "SELECT phase FROM executions WHERE id = ?"

END_EXECUTION = """
    UPDATE executions SET phase = ?, failure = ?, ended = ? WHERE id = ? AND phase = 'RUNNING'"""

# -- executions that share a limit --------------------------------------------------------------

OLDEST_IN_QUEUE = """
    SELECT e.id, e.root, s.state, s.abort
    FROM executions AS e JOIN scopes AS s ON s.execution = e.id AND s.path = ''
    WHERE e.queue = ? AND e.phase = 'RUNNING' ORDER BY e.serial LIMIT ?"""

IN_QUEUE = "SELECT COUNT(*) FROM executions WHERE queue = ? AND phase = 'RUNNING'"

# The limit keeps the count as cheap as the queue is allowed to be long.
OLDER_IN_QUEUE = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM executions
        WHERE queue = ? AND phase = 'RUNNING'
          AND serial < (SELECT serial FROM executions WHERE id = ?)
        LIMIT ?
    ) AS older"""

# -- scopes -----------------------------------------------------------------------------------

CREATE_SCOPE = "INSERT INTO scopes (execution, path, root, driver, state) VALUES (?, ?, ?, ?, ?)"

CREATE_INPUTS = "INSERT INTO inputs (execution, path, record) VALUES (?, ?, ?)"

_DRIVER_OF_ROOT = "(SELECT COALESCE(owner, '') FROM executions WHERE id = ?)"

DIRTY = "SELECT execution, path FROM scopes WHERE wake_seq > planned_seq AND driver = ? LIMIT ?"

DIRTY_OF = f"""
    SELECT execution, path FROM scopes
    WHERE wake_seq > planned_seq AND driver = {_DRIVER_OF_ROOT} AND root = ? LIMIT ?"""

# An execution has the phase of its outermost scope, any other scope that of its node execution.
SCOPE = """
    SELECT COALESCE(n.phase, e.phase), s.version, s.wake_seq, s.planned_seq, s.state, s.abort,
           s.aborts
    FROM scopes AS s
    JOIN executions AS e ON e.id = s.execution
    LEFT JOIN nodes AS n ON n.execution = s.execution AND n.path = s.path
    WHERE s.execution = ? AND s.path = ?"""

CHILDREN = """
    SELECT n.path, n.kind, n.phase, n.attempt, a.phase, a.failure, a.elements, n.user_failures,
           n.system_failures, n.failure, n.until, n.signal, a.graph
    FROM nodes AS n
    LEFT JOIN attempts AS a
        ON a.execution = n.execution AND a.path = n.path AND a.number = n.attempt
    WHERE n.execution = ? AND n.scope = ? AND n.seq > ?"""

INPUTS = "SELECT record FROM inputs WHERE execution = ? AND path = ?"

STATE = "SELECT state FROM scopes WHERE execution = ? AND path = ?"

PLANNED = """
    UPDATE scopes
    SET version = version + 1, planned_seq = ?, state = COALESCE(?, state), wake_at = ?
    WHERE execution = ? AND path = ? AND version = ?
    RETURNING driver, aborts"""

# The same by facts that wake the scope for this very plan, if nothing else has woken it.
PLANNED_AHEAD = """
    UPDATE scopes
    SET version = version + 1, wake_seq = wake_seq + 1, planned_seq = ?,
        state = COALESCE(?, state), wake_at = ?
    WHERE execution = ? AND path = ? AND version = ? AND wake_seq = ? - 1
    RETURNING driver, aborts"""

# There is nothing left to plan in a scope that has ended.
SETTLED = """
    UPDATE scopes SET planned_seq = wake_seq, wake_at = NULL WHERE execution = ? AND path = ?"""

WAKE_SCOPE = "UPDATE scopes SET wake_seq = wake_seq + 1 WHERE execution = ? AND path = ?"

WAKE = f"{WAKE_SCOPE} RETURNING wake_seq"

WAKE_SEQ = "SELECT wake_seq FROM scopes WHERE execution = ? AND path = ?"

ASK = """
    UPDATE scopes SET abort = COALESCE(abort, ?), aborts = aborts + 1, wake_seq = wake_seq + 1
    WHERE execution = ? AND path = ?"""

# A scope hears from the one above what that one has heard, so saying it again changes nothing.
STOP = """
    UPDATE scopes SET abort = COALESCE(abort, ?), aborts = ?, wake_seq = wake_seq + 1
    WHERE execution = ? AND path = ? AND aborts < ?"""

# -- time -------------------------------------------------------------------------------------

UPCOMING = """
    SELECT (SELECT MIN(wake_at) FROM scopes WHERE driver = ? AND wake_at IS NOT NULL),
           (SELECT MIN(due) FROM put_off WHERE driver = ? AND due IS NOT NULL),
           (SELECT MIN(stop_at) FROM attempts WHERE driver = ? AND stop_at IS NOT NULL)"""

UPCOMING_OF = """
    SELECT (SELECT wake_at FROM scopes
            WHERE driver = COALESCE(top.owner, '') AND wake_at IS NOT NULL AND root = top.id
            ORDER BY wake_at LIMIT 1),
           (SELECT due FROM put_off
            WHERE driver = COALESCE(top.owner, '') AND due IS NOT NULL AND root = top.id
            ORDER BY due LIMIT 1),
           (SELECT stop_at FROM attempts
            WHERE driver = COALESCE(top.owner, '') AND stop_at IS NOT NULL AND root = top.id
            ORDER BY stop_at LIMIT 1)
    FROM executions AS top WHERE top.id = ?"""

_SLEEPERS = "SELECT execution, path, root FROM scopes WHERE driver"

SLEEPERS = f"{_SLEEPERS} = ? AND wake_at <= ? ORDER BY wake_at LIMIT ?"

SLEEPERS_OF = f"""
    {_SLEEPERS} = {_DRIVER_OF_ROOT} AND root = ? AND wake_at <= ? ORDER BY wake_at LIMIT ?"""

WAKE_SLEEPER = """
    UPDATE scopes SET wake_seq = wake_seq + 1, wake_at = NULL
    WHERE execution = ? AND path = ? AND wake_at <= ?"""

_PUT_OFF = "SELECT execution, root FROM put_off WHERE driver"

PUT_OFF = f"{_PUT_OFF} = ? AND due <= ? ORDER BY due LIMIT ?"

PUT_OFF_OF = f"{_PUT_OFF} = {_DRIVER_OF_ROOT} AND root = ? AND due <= ? ORDER BY due LIMIT ?"

LOOK_AT = """
    INSERT INTO put_off (execution, root, driver, due) VALUES (?, ?, ?, ?)
    ON CONFLICT (execution) DO UPDATE
    SET due = CASE WHEN put_off.due < excluded.due THEN put_off.due ELSE excluded.due END"""

LOOK_NOW = "UPDATE put_off SET due = 0 WHERE execution = ?"

LOOK_LATER = "UPDATE put_off SET due = ? WHERE execution = ?"

LOOK_NO_MORE = "DELETE FROM put_off WHERE execution = ?"

SLOTS = "SELECT COUNT(*) FROM attempts WHERE execution = ? AND slot = 1"

DUE = """
    SELECT path, number FROM attempts
    WHERE execution = ? AND phase = 'LAUNCHING' AND ready = 0 AND due <= ?
    ORDER BY priority DESC, created, place LIMIT ?"""

NEXT_DUE = """
    SELECT MIN(due), COUNT(*) FROM attempts
    WHERE execution = ? AND phase = 'LAUNCHING' AND ready = 0"""

READY = """
    UPDATE attempts SET ready = 1, slot = ? WHERE execution = ? AND path = ? AND number = ?"""

_OVERDUE = "SELECT execution, path, number, root FROM attempts WHERE driver"

OVERDUE = f"{_OVERDUE} = ? AND stop_at <= ? ORDER BY stop_at, execution, path LIMIT ?"

OVERDUE_OF = f"""
    {_OVERDUE} = {_DRIVER_OF_ROOT} AND root = ? AND stop_at <= ?
    ORDER BY stop_at, execution, path LIMIT ?"""

# -- node executions --------------------------------------------------------------------------

CREATE_NODE = """
    INSERT INTO nodes (
        execution, path, scope, kind, phase, attempt, user_failures, system_failures, failure,
        created, ended, element, until, reuse
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

NODE = """
    SELECT n.kind, n.phase, n.attempt, a.phase, a.owner, a.stop, n.child, n.signal IS NOT NULL
    FROM nodes AS n
    LEFT JOIN attempts AS a
        ON a.execution = n.execution AND a.path = n.path AND a.number = n.attempt
    WHERE n.execution = ? AND n.path = ?"""

CRASHES = "SELECT system_failures FROM nodes WHERE execution = ? AND path = ?"

NODE_PHASE = "SELECT phase, ended FROM nodes WHERE execution = ? AND path = ?"

MOVE_NODE = """
    UPDATE nodes SET phase = ?, failure = ?, ended = ?, seq = COALESCE(?, seq), reuse = ?
    WHERE execution = ? AND path = ? AND phase = 'RUNNING'"""

MOVED_NODE = f"{MOVE_NODE} RETURNING 1"

RELAUNCH_NODE = """
    UPDATE nodes SET attempt = ?, user_failures = ?, system_failures = ?
    WHERE execution = ? AND path = ?"""

CHANGE_NODE = "UPDATE nodes SET seq = ? WHERE execution = ? AND path = ?"

# By the fact that its scope was woken for just before.
NOTE_NODE = """
    UPDATE nodes SET seq = (
        SELECT wake_seq FROM scopes
        WHERE scopes.execution = nodes.execution AND scopes.path = nodes.scope
    )
    WHERE execution = ? AND path = ?"""

SIGNAL_NODE = "UPDATE nodes SET signal = ?, seq = ? WHERE execution = ? AND path = ?"

SET_CHILD = "UPDATE nodes SET child = ? WHERE execution = ? AND path = ?"

_NODES = """
    SELECT path, kind, phase, attempt, failure, child, created, ended, until, reuse,
           signal IS NOT NULL
    FROM nodes WHERE execution = ?"""

NODES = f"{_NODES} ORDER BY path"

ENDED_NODE = f"{_NODES} AND path = ? AND ended IS NOT NULL"


def nodes_where(condition: str) -> str:
    """Node executions by path: values are the execution, those of the condition, the limit."""
    return f"{_NODES} AND {condition} ORDER BY path LIMIT ?"


# -- calls ------------------------------------------------------------------------------------

CREATE_CALL = """
    INSERT INTO calls (
        execution, path, scope, seq, kind, entity_kind, entity_name, bundle, inputs
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""

CALLS = """
    SELECT path, kind FROM calls
    WHERE execution = ? AND scope = ? AND seq > ? ORDER BY seq, serial"""

CALL = """
    SELECT path, kind, entity_kind, entity_name, bundle, inputs
    FROM calls WHERE execution = ? AND path = ?"""

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

CHILDREN_OUTPUTS = f"""{_NODE_OUTPUTS}
    AND n.scope = ? AND n.element IS NOT NULL AND (n.element, n.path) > (?, ?)
    ORDER BY n.element, n.path LIMIT ?"""

# -- attempts ---------------------------------------------------------------------------------

CREATE_ATTEMPT = """
    INSERT INTO attempts (
        execution, path, number, root, driver, place, priority, executor, owner, ready, due,
        deadline, until, stop_at, created, taken
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

_OUTBOX = "owner IS NULL AND phase = 'LAUNCHING' AND ready = 1"

_TAKEN = "SELECT execution, path, number, executor, priority, created, place FROM attempts"

_IN_TURN = "executor = ? ORDER BY priority DESC, created, place LIMIT ?"

OUTBOX = f"{_TAKEN} WHERE {_OUTBOX} AND driver = ? AND {_IN_TURN}"

OUTBOX_OF = f"{_TAKEN} WHERE {_OUTBOX} AND root = ? AND {_IN_TURN}"


@cache
def have_work(executors: int) -> str:
    """Who drives what an owner may take, and for which executors: values are these, and the owner.

    Those of its pool, itself included.
    """
    return f"""
        {_wanted(executors)}
        SELECT mate.id, wanted.executor
        FROM owners AS me JOIN owners AS mate ON mate.pool = me.pool AND mate.gone = 0, wanted
        WHERE me.id = ? AND me.gone = 0 AND EXISTS (
            SELECT 1 FROM attempts
            WHERE {_OUTBOX} AND driver = mate.id AND attempts.executor = wanted.executor
        )"""


@cache
def has_work(executors: int) -> str:
    """The same of one family: values are the executors, the root and the owner."""
    return f"""
        {_wanted(executors)}
        SELECT family.id, wanted.executor
        FROM executions AS family, wanted
        WHERE family.id = ? AND EXISTS (SELECT 1 FROM owners WHERE id = ? AND gone = 0)
          AND EXISTS (
            SELECT 1 FROM attempts
            WHERE {_OUTBOX} AND root = family.id AND attempts.executor = wanted.executor
        )"""


def _wanted(executors: int) -> str:
    """A table of as many executors."""
    return f"WITH wanted (executor) AS (VALUES {', '.join(['(?)'] * executors)})"


CLAIM = """
    UPDATE attempts SET owner = ?, executor = ?, taken = ?
    WHERE execution = ? AND path = ? AND number = ?"""

# What an attempt that has ended no longer stands in.
_OVER = "slot = 0, stop_at = NULL, driver = ''"

_OF_RUNNING_NODE = """
    EXISTS (
        SELECT 1 FROM nodes
        WHERE nodes.execution = attempts.execution AND nodes.path = attempts.path
          AND nodes.phase = 'RUNNING' AND nodes.attempt = attempts.number
    )"""

_OF_LIVING_OWNER = "EXISTS (SELECT 1 FROM owners WHERE id = attempts.owner AND gone = 0)"

# No owner is compared here, as a start carries none. A late one, of a former owner, shows the
# attempt as begun a little too early and decides nothing; the end does, and is its owner's alone.
START_ATTEMPT = f"""
    UPDATE attempts
    SET phase = 'RUNNING', started = ?, stop_at = CASE WHEN stop IS NULL THEN until END
    WHERE execution = ? AND path = ? AND number = ?
      AND phase = 'LAUNCHING' AND owner IS NOT NULL AND {_OF_RUNNING_NODE}
    RETURNING 1"""

# The last mark is the phase again: that an owner is gone is said by others, of the attempts that it
# has left behind.
END_ATTEMPT = f"""
    UPDATE attempts
    SET phase = ?, failure = ?, elements = ?, graph = ?, started = COALESCE(started, ?),
        returned = ?, ended = ?, {_OVER}
    WHERE execution = ? AND path = ? AND number = ? AND owner = ?
      AND ended IS NULL AND {_OF_RUNNING_NODE} AND (? = 'LOST' OR {_OF_LIVING_OWNER})
    RETURNING 1"""

IS_OPEN = f"""
    SELECT 1 FROM attempts
    WHERE execution = ? AND path = ? AND number = ? AND owner = ?
      AND ended IS NULL AND {_OF_RUNNING_NODE} AND {_OF_LIVING_OWNER}"""

ABORT_ATTEMPT = f"""
    UPDATE attempts SET phase = 'ABORTED', ended = ?, {_OVER}
    WHERE execution = ? AND path = ? AND number = ? AND owner IS NULL AND ended IS NULL"""

TIME_OUT_ATTEMPT = f"""
    UPDATE attempts SET phase = 'FAILED', failure = ?, ended = ?, {_OVER}
    WHERE execution = ? AND path = ? AND number = ? AND owner IS NULL AND stop_at <= ?"""

TIMES = "SELECT deadline, until FROM attempts WHERE execution = ? AND path = ? AND number = ?"

STOP_ATTEMPT = """
    UPDATE attempts SET stop = ?, stop_at = NULL
    WHERE execution = ? AND path = ? AND number = ?
      AND owner IS NOT NULL AND stop IS NULL AND ended IS NULL"""

TO_STOP = """
    SELECT execution, path, number, executor, stop FROM attempts
    WHERE owner = ? AND stop IS NOT NULL AND phase IN ('LAUNCHING', 'RUNNING')"""

_HELD = """
    SELECT attempts.execution, attempts.path, attempts.number, attempts.executor, attempts.owner
    FROM attempts"""

_IS_HELD = "attempts.owner IS NOT NULL AND attempts.phase IN ('LAUNCHING', 'RUNNING')"

HELD = f"{_HELD} WHERE {_IS_HELD} AND driver = ?"

HELD_OF = f"{_HELD} WHERE {_IS_HELD} AND driver = {_DRIVER_OF_ROOT} AND root = ?"

# An owner without a row is as gone as one that is said to be.
_LOST = f"""{_HELD} LEFT JOIN owners AS o ON o.id = attempts.owner
    WHERE {_IS_HELD} AND COALESCE(o.gone, 1) = 1 AND {_OF_RUNNING_NODE}"""

LOST = f"{_LOST} AND driver = ? LIMIT ?"

LOST_OF = f"{_LOST} AND driver = {_DRIVER_OF_ROOT} AND root = ? LIMIT ?"

_LIVES = "EXISTS (SELECT 1 FROM owners WHERE id = ? AND gone = 0)"

# Marks: the new owner, the attempt, the owner of old, and the new one again.
INHERIT = f"""
    UPDATE attempts SET owner = ?
    WHERE execution = ? AND path = ? AND number = ? AND owner = ?
      AND ended IS NULL AND NOT {_OF_LIVING_OWNER} AND {_LIVES}
    RETURNING 1"""

_ATTEMPTS = """
    SELECT path, number, phase, owner, failure, created, started, ended, due, deadline, until,
           graph, executor, taken, returned
    FROM attempts WHERE execution = ?"""

ATTEMPTS = f"{_ATTEMPTS} ORDER BY path, number"

ATTEMPT = f"{_ATTEMPTS} AND path = ? AND number = ?"

ATTEMPTS_OF_NODE = f"{_ATTEMPTS} AND path = ? ORDER BY number"

# -- cache ------------------------------------------------------------------------------------

KEEP = """
    INSERT INTO cache (key, task, parts, outputs, execution, path, created, expires)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE
    SET task = excluded.task, parts = excluded.parts, outputs = excluded.outputs,
        execution = excluded.execution, path = excluded.path, created = excluded.created,
        expires = excluded.expires"""

_CACHE = "SELECT key, task, parts, outputs, execution, path, created, expires FROM cache"

CACHED = f"{_CACHE} WHERE key = ? AND (expires IS NULL OR expires > ?)"

NEAREST = f"{_CACHE} WHERE task = ? ORDER BY created DESC, key LIMIT ?"

CLEAR_CACHE = "DELETE FROM cache"

CLEAR_CACHE_OF = "DELETE FROM cache WHERE task = ?"

RESERVE = """
    INSERT INTO reservations (key, execution, path) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET execution = excluded.execution, path = excluded.path"""

# Only as long as somebody drives the family of the holder.
HOLDER = """
    SELECT r.execution, r.path
    FROM reservations AS r
    JOIN executions AS e ON e.id = r.execution
    JOIN executions AS top ON top.id = e.root
    JOIN owners AS o ON o.id = top.owner
    WHERE r.key = ? AND top.phase = 'RUNNING' AND o.gone = 0"""

KEYS_OF_NODE = "SELECT key FROM reservations WHERE execution = ? AND path = ?"

KEYS_OF_EXECUTION = "SELECT key FROM reservations WHERE execution = ?"

KEYS_OF_FAMILY = """
    SELECT r.key FROM executions AS e JOIN reservations AS r ON r.execution = e.id
    WHERE e.root = ? AND e.phase = 'RUNNING'"""

ROOTS_OF_OWNER = "SELECT id FROM executions WHERE owner = ? AND phase = 'RUNNING'"

RELEASE = "DELETE FROM reservations WHERE key = ?"

WAIT = "INSERT INTO waits (key, execution, path) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

WAITING = """
    SELECT w.execution, w.path, e.root
    FROM waits AS w
    JOIN executions AS e ON e.id = w.execution
    LEFT JOIN nodes AS n ON n.execution = w.execution AND n.path = w.path
    WHERE w.key = ? AND COALESCE(n.phase, e.phase) = 'RUNNING' ORDER BY w.execution, w.path"""

STOP_WAITING = "DELETE FROM waits WHERE key = ?"

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
