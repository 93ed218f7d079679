"""What tasks have made is listed newest first, on both databases."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from volery.ir.ref import Ref
from volery.store import artifacts as listing
from volery.store.artifacts import Artifacts, Made
from volery.store.database import Database, Query
from volery.store.lineage import Kept, Traces
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing.conformance.store_driver import Driver
from volery.wire.artifacts import ArtifactFilter

TASK = Ref("task", "flows.fit")
EVERYTHING = ArtifactFilter(content=False)


@pytest.fixture
def artifacts(database: Database) -> Artifacts:
    return Artifacts(database)


def use(path: str, at: float, **more) -> Kept:
    given = {"execution": "run", "digest": f"{at:064.0f}", "entity": TASK, "made": True, **more}
    return Kept(path=path, name=given.pop("name", "o0"), at=at, **given)


def trace(store: SqlStore, *uses: Kept, run: str = "run") -> None:
    Driver(store, run).begin()
    assert Traces(store.database).write(run, 0, -1, uses)


def paths(artifacts: Artifacts, where: ArtifactFilter, limit: int = 100, within=None) -> list[str]:
    """Execution and path of all pages."""
    found: list[str] = []
    after: Made | None = None
    while True:
        page = artifacts.page(where, within, limit, after)
        assert len(page.made) <= limit
        found += [f"{each.execution}/{each.path}" for each in page.made]
        after = page.last
        if after is None:
            return found


def test_what_tasks_have_made_is_listed_and_nothing_else(sql_store, artifacts):
    trace(
        sql_store,
        use("a", 1.0),
        use("b", 2.0, made=False),
        use("c", 3.0, reused=True),
        use("d", 4.0, entity=None),
        use("e", 5.0, entity=Ref("workflow", "flows.w")),
        use("", 6.0),
        use("f", 7.0, size=10, type="File"),
    )
    assert paths(artifacts, EVERYTHING) == ["run/f", "run/a"]
    assert paths(artifacts, ArtifactFilter()) == ["run/f"]
    (made,) = artifacts.page(ArtifactFilter(), None, 10).made
    assert (made.type, made.size, made.project) == ("File", 10, "project")
    assert made.key is not None


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_pages_go_on_where_the_one_before_ended(sql_store, artifacts, limit, monkeypatch):
    monkeypatch.setattr(listing, "MOST_LOOKED_AT", 10)
    uses = [use(f"n{number}", float(number // 3), size=number) for number in range(30)]
    trace(sql_store, *uses)
    expected = sorted(uses, key=lambda each: (each.at, each.path), reverse=True)
    assert paths(artifacts, ArtifactFilter(), limit) == [f"run/{each.path}" for each in expected]
    some = [f"run/{each.path}" for each in expected if each.path.startswith("n2")]
    assert paths(artifacts, ArtifactFilter(search="000002"), limit) == []
    digests = {each.path: each.digest for each in expected}
    assert paths(artifacts, ArtifactFilter(search=digests["n27"]), limit) == [
        f"run/{each.path}" for each in expected if each.digest == digests["n27"]
    ]
    assert len(some) == 11


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"project": "project"}, ["other/b", "run/c", "run/a"]),
        ({"project": "elsewhere"}, []),
        ({"domain": "domain", "execution": "run"}, ["run/c", "run/a"]),
        ({"domain": "production"}, []),
        ({"name": "flows.other"}, ["other/b"]),
        ({"execution": "unknown"}, []),
        ({"type": "fi"}, ["run/a"]),
        ({"type": "le[csv]"}, []),
        ({"search": "REPORT"}, ["run/c"]),
        ({"search": "50%"}, ["other/b"]),
        ({"since": 2.0}, ["other/b", "run/c"]),
        ({"since": 2.0, "until": 3.0}, ["run/c"]),
    ],
)
def test_artifacts_are_found(sql_store, artifacts, asked, expected):
    trace(
        sql_store,
        use("a", 1.0, type="File[csv]", name="o0"),
        use("c", 2.0, name="report.file", type="list[int]"),
    )
    other = use("b", 3.0, execution="other", entity=Ref("task", "flows.other"), preview="50% of it")
    trace(sql_store, other, run="other")
    where = ArtifactFilter(content=False, **asked)
    assert paths(artifacts, where, 2) == expected
    assert paths(artifacts, where, within=("project",)) == expected
    assert paths(artifacts, where, within=("elsewhere",)) == []
    assert paths(artifacts, where, within=()) == []


def test_those_of_a_project_are_read_off_the_list_and_not_off_its_executions(tmp_path):
    """All executions of the project came first, which are half a million."""
    with closing(open_sqlite(tmp_path / "volery.db")) as store:
        read, asked = store.database.read, list[Query]()

        def noted(*queries: Query) -> list[list[Any]]:
            asked.extend(queries)
            return read(*queries)

        store.database.read = noted
        for within in (None, ("project", "other")):
            Artifacts(store.database).page(ArtifactFilter(project="project"), within, 100)
        for statement, values in asked:
            (rows,) = read((f"EXPLAIN QUERY PLAN {statement}", values))
            assert not [detail for *_, detail in rows if "(project=?" in detail]
