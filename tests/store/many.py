"""A store with very many executions, and one of very many node executions."""

from __future__ import annotations

import msgspec

from volery.ir.codec import canonical
from volery.ir.interface import Interface
from volery.ir.nodes import Graph, Node, TaskTarget, WorkflowTarget
from volery.ir.specs import Bundle, TaskSpec, WorkflowSpec
from volery.store.base import NewExecution, Ref
from volery.store.sql import SqlStore

SECONDS = 10.0
"""Between one execution and the next."""
PARENTS = 100

_NUMBERS = """
    WITH RECURSIVE numbers (i) AS (
        SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i < {}
    )"""

# Half is in one of twenty projects; of a hundred, three did not go well; a third are children.
EXECUTIONS = """
    INSERT INTO executions (
        serial, id, project, domain, entity_kind, entity_name, bundle, root, parent_execution,
        parent_path, labels, phase, created, ended, version, child, traced
    ) {numbers}
    SELECT {parents} + 1 + i, 'e' || (i * 7919 % 1000003),
           'p' || CASE WHEN i % 2 = 0 THEN 0 ELSE i / 2 % 20 END,
           CASE i % 3 WHEN 0 THEN 'production' ELSE 'development' END,
           'workflow', 'flows.w' || (i * 31 % 200), 'bundle',
           CASE WHEN i % 3 = 1 THEN 'parent' || (i % {parents})
                ELSE 'e' || (i * 7919 % 1000003) END,
           CASE WHEN i % 3 = 1 THEN 'parent' || (i % {parents}) END,
           CASE WHEN i % 3 = 1 THEN 'child' END,
           (SELECT data FROM bundles WHERE digest = 'labels'),
           CASE WHEN i % 100 = 7 THEN 'FAILED' WHEN i % 100 = 9 THEN 'ABORTED'
                WHEN i % 200 = 11 THEN 'RUNNING' ELSE 'SUCCEEDED' END,
           {since} + i * {seconds},
           CASE WHEN i % 200 = 11 THEN NULL ELSE {since} + i * {seconds} + i * 31 % 997 END,
           'v' || (i / 1000), CASE WHEN i % 3 = 1 THEN 1 ELSE 0 END, -1
    FROM numbers"""

MARKS = """
    INSERT INTO marks (name, value, created, serial)
    SELECT {}, created, serial FROM executions WHERE {}"""

NODES = """
    INSERT INTO nodes (
        execution, path, scope, kind, phase, attempt, user_failures, system_failures, created, ended
    ) {numbers}
    SELECT 'large', CASE WHEN i % 100 = 0 THEN 'n' ELSE 'd/n' END || i,
           CASE WHEN i % 100 = 0 THEN '' ELSE 'd' END, 'task',
           CASE WHEN i % 1000 = 7 THEN 'FAILED' WHEN i % 1000 = 9 THEN 'RUNNING'
                ELSE 'SUCCEEDED' END,
           1, 0, 0, 1.0, CASE WHEN i % 1000 = 9 THEN NULL ELSE 2.0 END
    FROM numbers"""

SCOPE = """
    INSERT INTO scopes (execution, path, root, state)
    SELECT execution, 'd', root, state FROM scopes WHERE execution = 'large'"""

CHILD = """
    INSERT INTO nodes (
        execution, path, scope, kind, phase, attempt, user_failures, system_failures, created
    ) SELECT id, 'child', '', 'launch_plan', 'RUNNING', 0, 0, 0, 0.0 FROM executions"""


def fill(store: SqlStore, executions: int, nodes: int = 0, *, since: float = 0.0) -> None:
    """Fill a store that is empty.

    Args:
        store: what is filled.
        executions: how many; some of them with children, which count.
        nodes: node executions of another one, which is called `large`.
        since: when the first one was started.
    """
    store.put_bundle("bundle", canonical(_bundle(nodes)))
    store.put_bundle("labels", msgspec.msgpack.encode(()))
    for name in ["large", *(f"parent{number}" for number in range(PARENTS))]:
        entity = Ref("workflow", "flows.parent")
        new = NewExecution(name, "p0", "development", entity, "bundle", b"\x80", name)
        assert store.create(new, since) == "created"
    more = {"parents": PARENTS, "seconds": SECONDS, "since": since}
    many = EXECUTIONS.format(numbers=_NUMBERS.format(executions), **more)
    with store.database.write() as cursor:
        cursor.execute(SCOPE)
        cursor.execute(CHILD)
        cursor.execute(NODES.format(numbers=_NUMBERS.format(nodes)))
        cursor.execute(many)
        cursor.execute(MARKS.format("'label.team', 't' || (serial % 10)", "1 = 1"))
        cursor.execute(MARKS.format("'label.run', 'r' || (serial / 10)", "serial % 10 = 0"))
        cursor.execute(MARKS.format("'input.day', 'd' || (serial % 365)", "child = 0"))


def _bundle(nodes: int) -> Bundle:
    """What the executions are of that have children or nodes; see `NODES`."""
    steps = [f"n{number}" for number in range(1, nodes + 1)]
    outer, inner = steps[99::100], [step for step in steps if not step.endswith("00")]
    return Bundle(
        tasks=(TaskSpec("flows.step", Interface()),),
        workflows=(
            _workflow("flows.inner", inner),
            _workflow("flows.parent", outer, Node("d", WorkflowTarget("flows.inner"))),
        ),
    )


def _workflow(name: str, steps: list[str], *others: Node) -> WorkflowSpec:
    nodes = [Node(step, TaskTarget("flows.step")) for step in steps]
    return WorkflowSpec(name, Interface(), Graph((*nodes, *others)))
