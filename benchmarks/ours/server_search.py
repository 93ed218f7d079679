"""Lists, counts and summaries in a store with very much in it. Milliseconds, the 95th percentile.

    python ours/server_search.py sqlite|URL EXECUTIONS NODES

The store is filled with so many executions, and one of so many node executions, by the database
itself; half of them have values that were traced, and most a line in the audit. Each query is asked
for many different things, and first once without being timed; the store in a home is asked
directly, and then over HTTP, until an answer has come whole. What is reported is the slowest of the
queries.
"""

import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles

from measure import clocked, report
from samples import SEED
from serving import Served, received, serving
from traces import CONSUMERS, EVERY, trace
from volery.store.database import Database
from volery.store.search import Search
from volery.store.search_names import by_name
from volery.store.search_ways import NEWEST, TOOK, Order, Place, Wanted
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.wire.executions import ExecutionFilter, NodeFilter

sys.path.append(str(Path(__file__).parents[2]))
from tests.store.many import PARENTS, SECONDS, fill

TIMES = 40
PAGE = 100
LONGEST, SHORTEST = Order(TOOK), Order(TOOK, ascending=True)


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
    """What PostgreSQL does by itself before long."""
    with database.write() as cursor:
        cursor.execute("ANALYZE")


def queries(search: Search, executions: int) -> dict[str, Callable[[random.Random], object]]:
    """What people ask, by name: each with something else each time."""

    def listed(
        marks: tuple[tuple[str, tuple[str, ...]], ...] = (),
        order: Order = NEWEST,
        **where: object,
    ) -> object:
        wanted = Wanted(ExecutionFilter(**where), None, marks)
        return search.executions(wanted, PAGE, order=order)

    def over_time(since: float, until: float, **where: object) -> object:
        return search.over_time(Wanted(ExecutionFilter(**where)), since, until, 60)

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
        "by a beginning of the name": lambda draw: listed(name=f"flows.w{draw.randrange(20)}*"),
        "by a beginning that most have": lambda _: listed(name="flows.*", phases=("FAILED",)),
        "longest": lambda _: listed(order=LONGEST),
        "longest of a project": lambda draw: listed(project=project(draw), order=LONGEST),
        "longest of an entity": lambda draw: listed(
            name=f"flows.w{draw.randrange(200)}", order=LONGEST
        ),
        "longest by a common label": lambda draw: listed(
            (("label.team", (f"t{draw.randrange(10)}",)),), order=LONGEST
        ),
        "shortest that failed": lambda _: listed(phases=("FAILED",), order=SHORTEST),
        "by name": lambda _: by_name(search, Wanted(), PAGE, None, backwards=False),
        "by name, failed in a project": lambda draw: by_name(
            search,
            Wanted(ExecutionFilter(project=project(draw), phases=("FAILED",))),
            PAGE,
            None,
            backwards=True,
        ),
        "over time, all": lambda _: over_time(0.0, executions * SECONDS),
        "over time, a week": lambda draw: over_time(at := since(draw), at + 604_800),
        "over time of a project": lambda draw: over_time(
            0.0, executions * SECONDS, project=project(draw)
        ),
        "over time by a search": lambda draw: over_time(
            0.0, executions * SECONDS, search=f"w{draw.randrange(200)}"
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
    "by name": "executions?limit=100&sort=name",
    "by name, of a project": "executions?limit=100&sort=name&project=p{twenty}",
    "by name, with a search": "executions?limit=100&sort=name&ascending=true&search=w{some}",
    "longest of a project": "executions?limit=100&sort=duration&project=p{twenty}",
    "gates": "gates",
    "gates of a large one": "executions/large/gates",
    "artifacts": "artifacts",
    "artifacts of a project": "artifacts?project=p{twenty}",
    "artifacts of a task": "artifacts?name=flows.step&domain=production",
    "artifacts before some time": "artifacts?until={moment}",
    "where a value comes from": "lineage?execution={traced}",
    "where a task has what it made from": "lineage?execution={traced}&path=n0",
    "what a value went into": "lineage?execution={traced}&way=downstream",
    "what one that many have used went into": "lineage?execution={used}&way=downstream",
    "journal of a large one": "executions/large/journal",
    "the audit": "audit",
    "the audit, further back": "audit?cursor={line}",
    "schedules": "schedules",
    "the system": "system",
    "a node": "executions/large/node?path=d/n{step}",
    "a node, opened": "executions/large/node/opening?path=d/n{step}",
    "a large one, opened": "executions/large/opening",
    "graph of a large one": "executions/large/graph",
    "graph of a large scope": "executions/large/graph?scope=d",
    "statuses of a large scope": "executions/large/statuses?scope=d",
    "timeline of a large scope": "executions/large/timeline?scope=d",
    "timeline of the execution itself": "executions/large/timeline",
    "all at a glance": "glance",
    "over time": "counts/over-time?since=0&until={end}",
    "over time of a project": "counts/over-time?since=0&until={end}&project=p{twenty}",
    "a grid of an entity": "fleet?name=flows.w{some}",
    "what can be in a grid": "fleet/entities",
    "names that begin like this": "suggestions?field=name&prefix=flows.w{ten}",
}


def _id(number: int, every: int) -> str:
    """The id of an execution with a serial number that is a multiple: see `EXECUTIONS`."""
    serial = PARENTS + 1 + number
    return f"e{(number - serial % every) * 7919 % 1_000_003}"


def requests(served: Served, executions: int) -> dict[str, Callable[[random.Random], object]]:
    """What people ask a server, by name."""
    connection = served.connection()

    def asked(path: str) -> Callable[[random.Random], object]:
        def ask(draw: random.Random) -> object:
            drawn = {"ten": 10, "twenty": 20, "some": 200, "many": 10_000}
            parts: dict[str, object] = {name: draw.randrange(most) for name, most in drawn.items()}
            parts["end"] = executions * SECONDS
            parts["step"] = 10 * draw.randrange(200) + 1
            parts["moment"] = draw.randrange(1, executions) * SECONDS
            parts["line"] = draw.randrange(1, executions // 2)
            parts["traced"] = _id(draw.randrange(CONSUMERS, executions), EVERY)
            parts["used"] = _id(draw.randrange(CONSUMERS, executions), CONSUMERS)
            return received(connection, "GET", f"/api/v1/{path.format(**parts)}")

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
            if where == "sqlite":
                trace(store)
            else:
                analyzed(store.database)
            measured["store"] = [slowest(queries(Search(store.database), executions))]
        if where == "sqlite":
            with serving(folder) as served:
                measured["ready"] = [served.seconds]
                measured["http"] = [slowest(requests(served, executions))]
    report(measured)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
