"""What lineage, artifacts and the audit have of the executions that `tests.store.many` makes."""

from msgspec import msgpack

from volery.store.lineage import NONE, Source
from volery.store.sql import SqlStore

EVERY = 2
"""Every so many of the executions have values: an input, a task that has taken it, its output."""
CONSUMERS = 50
"""Of so many executions in a row the first has made the table that the others have taken."""

_USE = """
    INSERT INTO uses (
        execution, path, made, name, digest, telling, at, entity_kind, entity_name, reused, uri,
        preview, sources, type, size
    ) SELECT id, ?, ?, ?, {digest}, 1, created + ?, ?, ?, 0, '', 'a table of 1,000 rows', ?,
             'table', 1000
      FROM executions WHERE serial % ? = 0"""

_TAKEN = f"""
    CASE WHEN serial % {CONSUMERS} = 0 THEN 'raw' || serial
         ELSE 'made' || (serial - serial % {CONSUMERS}) END"""
_MADE = "'made' || serial"

_READER = """
    INSERT INTO readers (execution, path, reader_execution, reader_path)
    SELECT id, ?, id, ? FROM executions WHERE serial % ? = 0"""

_LINES = """
    INSERT INTO audit (at, who, what, subject, project, detail)
    SELECT created, 'u' || (serial % 10), 'executions.create', id, project,
           'workflow ' || entity_name
    FROM executions WHERE child = 0 ORDER BY serial"""

_WORKFLOW, _TASK = ("workflow", "flows.parent"), ("task", "flows.step")


def trace(store: SqlStore) -> None:
    """Fill the tables of a store that has been filled with executions."""
    taken = msgpack.encode((Source("", "table", made=False),))
    made = msgpack.encode((Source("n0", "o0"),))
    with store.database.write() as cursor:
        for path, of, name, digest, seconds, entity, sources in (
            ("", 0, "table", _TAKEN, 0.0, _WORKFLOW, NONE),
            ("n0", 0, "table", _TAKEN, 1.0, _TASK, taken),
            ("n0", 1, "o0", _MADE, 2.0, _TASK, NONE),
            ("", 1, "o0", _MADE, 3.0, _WORKFLOW, made),
        ):
            given = (path, of, name, seconds, *entity, sources, EVERY)
            cursor.execute(_USE.format(digest=digest), given)
        for path, reader in (("", "n0"), ("n0", "")):
            cursor.execute(_READER, (path, reader, EVERY))
        cursor.execute(_LINES)
