"""Lists, counts and summaries in a store with very much in it. Milliseconds, the 95th percentile.

    python ours/server_search.py sqlite|URL EXECUTIONS NODES

The store is filled with so many executions, and one of so many node executions, by the database
itself. Each query is asked for many different things, and first once without being timed; the store
in a home is asked directly, and then over HTTP. What is reported is the slowest of the queries.
"""

import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles

import msgspec

from measure import clocked, refuse, report
from samples import SEED
from serving import Served, answer, serving
from volery.ir.codec import canonical
from volery.ir.specs import Bundle
from volery.store.base import NewExecution, Ref
from volery.store.database import Database
from volery.store.search import Search
from volery.store.search_ways import Place, Wanted
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.wire.executions import ExecutionFilter, NodeFilter

TIMES = 40
PAGE = 100
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
    SELECT {parents} + i, 'e' || (i * 7919 % 1000003),
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
           i * {seconds}, CASE WHEN i % 200 = 11 THEN NULL ELSE i * {seconds} + 5 END,
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


def fill(store: SqlStore, executions: int, nodes: int) -> None:
    """Put in what is searched."""
    store.put_bundle("bundle", canonical(Bundle()))
    store.put_bundle("labels", msgspec.msgpack.encode(()))
    for name in ["large", *(f"parent{number}" for number in range(PARENTS))]:
        entity = Ref("workflow", "flows.parent")
        new = NewExecution(name, "p0", "development", entity, "bundle", b"\x80", name)
        refuse(store.create(new, 0.0) != "created", name)
    more = {"numbers": _NUMBERS.format(executions), "parents": PARENTS + 1, "seconds": SECONDS}
    with store.database.write() as cursor:
        scope = """
            INSERT INTO scopes (execution, path, root, state)
            SELECT execution, 'd', root, state FROM scopes WHERE execution = 'large'"""
        cursor.execute(scope)
        cursor.execute(NODES.format(numbers=_NUMBERS.format(nodes)))
        child = """
            INSERT INTO nodes (
                execution, path, scope, kind, phase, attempt, user_failures, system_failures,
                created
            ) SELECT id, 'child', '', 'launch_plan', 'RUNNING', 0, 0, 0, 0.0 FROM executions"""
        cursor.execute(child)
        cursor.execute(EXECUTIONS.format(**more).replace(f"i % {PARENTS + 1}", f"i % {PARENTS}"))
        cursor.execute(MARKS.format("'label.team', 't' || (serial % 10)", "1 = 1"))
        cursor.execute(MARKS.format("'label.run', 'r' || (serial / 10)", "serial % 10 = 0"))
        cursor.execute(MARKS.format("'input.day', 'd' || (serial % 365)", "child = 0"))


@contextmanager
def opened(where: str, home: Path) -> Iterator[SqlStore]:
    """The store: in a new home, or in a database that is there."""
    if where == "sqlite":
        store = open_sqlite(home / "volery.db")
    else:
        from volery.store.postgres import open_postgres

        store = open_postgres(where)
    with closing(store):
        yield store


def analyzed(database: Database) -> None:
    """What a database does by itself before long."""
    with database.write() as cursor:
        cursor.execute("ANALYZE")


def queries(search: Search, executions: int) -> dict[str, Callable[[random.Random], object]]:
    """What people ask, by name: each with something else each time."""

    def listed(marks: tuple[tuple[str, tuple[str, ...]], ...] = (), **where: object) -> object:
        wanted = Wanted(ExecutionFilter(**where), None, marks)
        return search.executions(wanted, PAGE)

    def counted(**where: object) -> object:
        return search.count(Wanted(ExecutionFilter(**where)))

    def project(draw: random.Random) -> str:
        return f"p{draw.randrange(20)}"

    def deep(draw: random.Random) -> object:
        place = Place(draw.random() * executions * SECONDS, 0)
        return search.executions(Wanted(), PAGE, place)

    def since(draw: random.Random) -> float:
        return draw.random() * executions * SECONDS

    day = "input.day"
    return {
        "newest": lambda _: listed(),
        "a page from the middle": deep,
        "of a project": lambda draw: listed(project=project(draw), domain="production"),
        "of a project, with children": lambda d: listed(project=project(d), children=True),
        "failed in a project": lambda draw: listed(project=project(draw), phases=("FAILED",)),
        "open or failed": lambda _: listed(phases=("RUNNING", "FAILED")),
        "of an entity": lambda draw: listed(name=f"flows.w{draw.randrange(200)}"),
        "failed of an entity in a project": lambda draw: listed(
            project=project(draw), name=f"flows.w{draw.randrange(200)}", phases=("FAILED",)
        ),
        "of a version": lambda draw: listed(version=f"v{draw.randrange(executions // 1000)}"),
        "of a day": lambda draw: listed(since=(at := since(draw)), until=at + 86_400),
        "by a common label": lambda d: listed((("label.team", (f"t{d.randrange(10)}",)),)),
        "by a common label, failed": lambda draw: listed(
            (("label.team", (f"t{draw.randrange(10)}",)),), phases=("FAILED",)
        ),
        "by a label of one": lambda draw: listed(
            (("label.run", (f"r{draw.randrange(executions // 10)}",)),)
        ),
        "by an input in a project": lambda draw: listed(
            ((day, (f"d{draw.randrange(365)}",)),), project=project(draw)
        ),
        "children of one": lambda draw: listed(parent=f"parent{draw.randrange(PARENTS)}"),
        "failed children of one": lambda draw: listed(
            parent=f"parent{draw.randrange(PARENTS)}", phases=("FAILED",)
        ),
        "by a part of the name": lambda draw: listed(search=f"w{draw.randrange(200)}"),
        "by what nothing has": lambda _: listed(search="nothing has this"),
        "counts": lambda _: counted(),
        "counts of a project": lambda draw: counted(project=project(draw)),
        "counts of an entity in a project": lambda draw: counted(
            project=project(draw), name=f"flows.w{draw.randrange(200)}"
        ),
        "last lines of 1,000 families": lambda draw: search.latest(
            [f"e{draw.randrange(1_000_003)}" for _ in range(1000)]
        ),
        **_of_nodes(search),
    }


def _of_nodes(search: Search) -> dict[str, Callable[[random.Random], object]]:
    def nodes(after: str = "", **where: object) -> object:
        return search.nodes("large", NodeFilter(**where), after, PAGE)

    return {
        "nodes": lambda draw: nodes(f"d/n{draw.randrange(100_000)}"),
        "nodes of the execution itself": lambda _: nodes(scope=""),
        "nodes of a large scope": lambda draw: nodes(f"d/n{draw.randrange(100_000)}", scope="d"),
        "failed nodes": lambda _: nodes(phases=("FAILED",)),
        "nodes by a part of the path": lambda draw: nodes(search=f"n{draw.randrange(100_000)}"),
        "counts of nodes": lambda _: search.phases("large"),
        "elements of maps": lambda _: search.elements("large"),
        "gates that wait": lambda _: search.waiting("large", PAGE),
    }


# -- over HTTP --------------------------------------------------------------------------------

LISTS = {
    "newest": "executions?limit=100",
    "of a project": "executions?limit=100&project=p{twenty}&domain=production",
    "failed in a project": "executions?limit=100&project=p{twenty}&phase=FAILED",
    "open or failed": "executions?limit=100&phase=RUNNING&phase=FAILED",
    "of an entity": "executions?limit=100&name=flows.w{some}",
    "by a common label": "executions?limit=100&label=team=t{ten}",
    "by a label of one": "executions?limit=100&label=run=r{many}",
    "by a part of the name": "executions?limit=100&search=w{some}",
    "children of one": "executions?limit=100&parent=parent{ten}",
    "counts": "counts",
    "counts of a project": "counts?project=p{twenty}",
    "one of them": "executions/parent{ten}",
    "summary of a large one": "executions/large/summary",
    "nodes": "executions/large/nodes?limit=100",
    "nodes of a large scope": "executions/large/nodes?limit=100&scope=d",
    "failed nodes": "executions/large/nodes?limit=100&phase=FAILED",
    "nodes by a part of the path": "executions/large/nodes?limit=100&search=n{some}",
    "a node": "executions/large/node?path=d/n{some}1",
}


def requests(served: Served) -> dict[str, Callable[[random.Random], object]]:
    """What people ask a server, by name."""
    connection = served.connection()

    def asked(path: str) -> Callable[[random.Random], object]:
        def ask(draw: random.Random) -> object:
            drawn = {"ten": 10, "twenty": 20, "some": 200, "many": 10_000}
            parts = {name: draw.randrange(most) for name, most in drawn.items()}
            return answer(connection, "GET", f"/api/v1/{path.format(**parts)}")

        return ask

    return {f"HTTP: {name}": asked(path) for name, path in LISTS.items()}


# -- measuring --------------------------------------------------------------------------------


def slowest(asked: dict[str, Callable[[random.Random], object]]) -> float:
    """Ask everything; the 95th percentile of what takes longest."""
    draw = random.Random(SEED)  # noqa: S311 - the same in every run
    found = 0.0
    for name, ask in asked.items():
        ask(draw)
        taken = [clocked(lambda ask=ask: ask(draw))[0] * 1000 for _ in range(TIMES)]
        p95 = quantiles(taken, n=20)[-1]
        print(f"{name:36} {quantiles(taken, n=2)[0]:8.2f} {p95:8.2f} ms", file=sys.stderr)
        found = max(found, p95)
    return found


def main(where: str, executions: int, nodes: int) -> None:
    measured: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with opened(where, folder / "home") as store:
            seconds, _ = clocked(lambda: fill(store, executions, nodes))
            print(f"filled in {seconds:.0f} s", file=sys.stderr)
            analyzed(store.database)
            measured["store"] = [slowest(queries(Search(store.database), executions))]
        if where == "sqlite":
            with serving(folder) as served:
                measured["http"] = [slowest(requests(served))]
    report(measured)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
