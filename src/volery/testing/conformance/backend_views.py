"""What every backend must do: show many executions, and several things side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from volery.errors import CallError, NotFound
from volery.testing.conformance.backend_driver import Driver, everything, pages
from volery.testing.conformance.backend_flows import (
    HOURLY,
    fragile,
    gated,
    one_more,
    plan,
    sums,
    total,
)
from volery.wire.access import Identity
from volery.wire.artifacts import ArtifactFilter
from volery.wire.comparisons import ComparisonQuery, DiffQuery
from volery.wire.executions import ExecutionFilter, NewExecution, Signal
from volery.wire.glance import GlanceQuery
from volery.wire.order import Order, Sort
from volery.wire.schedules import Course
from volery.wire.suggestions import Field, SuggestionQuery


class Viewing:
    """What pages show is the same whoever asks, and nobody sees what is not theirs."""

    @pytest.mark.parametrize("sort", ["started", "duration", "name"])
    def test_a_list_goes_by_what_was_asked_for(self, driver: Driver, sort: Sort) -> None:
        ids = [driver.run(entity, inputs={"values": [1]}).id for entity in (total, sums, total)]
        where, order = ExecutionFilter(driver.project), Order(sort, ascending=True)
        found = everything(lambda cursor: driver.backend.executions(where, 2, cursor, order))
        assert sorted(each.id for each in found) == sorted(ids)
        keys = [
            {
                "started": each.created,
                "duration": (each.ended or 0.0) - each.created,
                "name": each.entity.name,
            }[sort]
            for each in found
        ]
        assert keys == sorted(keys)

    def test_entities_are_found_by_the_beginning_of_their_name(self, driver: Driver) -> None:
        id = driver.run(sums, inputs={"values": [1]}).id
        for name, expected in (("*", [id]), (f"{sums.name[:-2]}*", [id]), ("none*", [])):
            where = ExecutionFilter(driver.project, name=name)
            assert [each.id for each in driver.backend.executions(where).items] == expected

    def test_executions_are_counted_over_time(self, driver: Driver, tmp_path: Path) -> None:
        driver.run(sums, inputs={"values": [1]})
        bad = driver.run(fragile, inputs={"file": str(tmp_path / "none")})
        counted = driver.backend.over_time(ExecutionFilter(driver.project), 10)
        assert {phase: sum(some) for phase, some in counted.counts.items()} == {
            "SUCCEEDED": 1,
            "FAILED": 1,
        }
        assert counted.since < bad.created < counted.until
        with pytest.raises(CallError):
            driver.backend.over_time(ExecutionFilter(since=2.0, until=1.0))

    def test_a_glance_has_what_matters_now(self, driver: Driver, tmp_path: Path) -> None:
        driver.run(sums, inputs={"values": [1]})
        bad = driver.run(fragile, inputs={"file": str(tmp_path / "none")})
        id = driver.start(gated).id
        driver.until(id, lambda line: line.path == "n0" and line.event == "RUNNING")
        driver.register(plan, schedule=HOURLY, activate=(plan.name,))
        found = driver.backend.glance(GlanceQuery(driver.project))
        counts = ExecutionFilter(driver.project)
        assert found.lately.all == driver.backend.count(counts)
        assert [each.id for each in found.running] == [id]
        assert [each.id for each in found.failed] == [bad.id]
        assert [each.gate.execution for each in found.gates] == [id]
        assert found.schedules == driver.backend.schedules(driver.project)
        assert found.system.engines == driver.backend.system().engines
        later = GlanceQuery(driver.project, since=(bad.ended or 0.0) + 1)
        assert driver.backend.glance(later).failed == ()
        driver.backend.abort(id)
        driver.finish(id)

    def test_what_failed_last_comes_first_whenever_it_began(
        self, driver: Driver, tmp_path: Path
    ) -> None:
        long = driver.start(gated).id
        driver.until(long, lambda line: line.path == "n0" and line.event == "RUNNING")
        short = driver.run(fragile, inputs={"file": str(tmp_path / "none")})
        driver.backend.signal(long, Signal("ship", value=False))
        assert driver.finish(long).phase == "FAILED"
        since_then = GlanceQuery(driver.project, since=short.created)
        assert [each.id for each in driver.backend.glance(since_then).failed] == [long, short.id]

    def test_a_launch_plan_tells_what_it_did_and_what_it_does_next(self, driver: Driver) -> None:
        driver.register(plan, version="v1")
        assert driver.backend.course(driver.key(plan, "v1")) == Course("", (), ())
        driver.register(plan, version="v2", schedule=HOURLY)
        id = driver.backend.execute(NewExecution(driver.key(plan, "v2"))).id
        driver.finish(id)
        found = driver.backend.course(driver.key(plan, "v2"))
        assert (found.told, len(found.fires)) == ("0 * * * * (UTC)", 8)
        assert [each.id for each in found.executions] == [id]
        with pytest.raises(NotFound):
            driver.backend.course(driver.key(plan, "v3"))

    def test_gates_that_wait_are_told_of(self, driver: Driver) -> None:
        id = driver.start(gated).id
        driver.until(id, lambda line: line.path == "n0" and line.event == "RUNNING")
        (waiting,) = driver.backend.waiting_gates(driver.project).items
        (gate,) = driver.backend.gates(id)
        assert (waiting.gate, waiting.root, waiting.entity.name) == (gate, id, gated.name)
        driver.backend.abort(id)
        driver.finish(id)
        assert driver.backend.waiting_gates(driver.project, "development").items == ()

    def test_executions_stand_side_by_side(self, driver: Driver) -> None:
        ids = [driver.run(sums, inputs={"values": [1]}).id for _ in range(3)]
        where = ExecutionFilter(driver.project, name=sums.name)
        first = driver.backend.fleet(where, limit=2)
        rest = driver.backend.fleet(where, limit=2, cursor=first.next or "")
        assert [each.id for each in (*first.executions, *rest.executions)] == ids[::-1]
        assert [(row.entity, row.phases) for row in first.rows] == [
            (total.name, ("SUCCEEDED", "SUCCEEDED")),
            (one_more.name, ("SUCCEEDED", "SUCCEEDED")),
        ]
        (lately,) = driver.backend.fleet_entities(where, 2)
        assert (lately.entity.name, lately.runs[0].id) == (sums.name, ids[-1])

    def test_two_executions_are_compared(self, driver: Driver) -> None:
        left, right = (driver.run(sums, inputs={"values": [n]}).id for n in (1, 2))
        found = driver.backend.compare(ComparisonQuery(left, right))
        assert (found.left.id, found.right.id) == (left, right)
        assert [(each.what, each.name) for each in found.differences] == [
            ("inputs", "values"),
            ("outputs", "o0"),
        ]
        assert [each.path for each in found.nodes] == ["n0", "n1"]

    def test_two_versions_are_compared(self, driver: Driver) -> None:
        for version in ("v1", "v2"):
            driver.register(sums, version=version)
        found = driver.backend.diff(_versions(driver, "v1", "v2"))
        assert (found.left.key.version, found.right.key.version) == ("v1", "v2")
        assert (found.lines, found.changes, found.files, found.complete) == ((), (), (), True)
        with pytest.raises(NotFound):
            driver.backend.diff(_versions(driver, "v1", "v3"))

    def test_what_tasks_have_made_is_listed(self, driver: Driver) -> None:
        id = driver.run(sums, inputs={"values": [1]}).id
        where = ArtifactFilter(driver.project, content=False)
        read = pages(lambda cursor: driver.backend.artifacts(where, 1, cursor))
        found = [each for page in read for each in page.items]
        assert [(each.execution, each.path, each.preview) for each in found] == [
            (id, "n1", "3"),
            (id, "n0", "2"),
        ]
        assert driver.backend.artifacts(ArtifactFilter(driver.project)).items == ()

    def test_what_is_typed_is_gone_on_with(self, driver: Driver) -> None:
        id = driver.run(sums, inputs={"values": [1]}, labels={"team": "a"}).id
        asked: tuple[tuple[Field, str, str], ...] = (
            ("id", id[:3], id),
            ("name", sums.name[:3], sums.name),
            ("label", "te", "team"),
            ("label", "team=", "team=a"),
            ("workflow", "sums", sums.name),
        )
        for field, prefix, expected in asked:
            query = SuggestionQuery(field, prefix, driver.project)
            assert expected in driver.backend.suggestions(query)

    def test_who_is_at_work_is_told(self, driver: Driver) -> None:
        driver.run(sums, inputs={"values": [1]})
        found = driver.backend.system()
        assert found.ok
        (engine,) = [each for each in found.engines if each.here]
        assert engine.alive
        assert [each.name for each in found.executors if each.default] == ["process"]

    def test_a_stranger_sees_nothing_of_it(self, driver: Driver) -> None:
        driver.register(sums, version="v1")
        driver.register(plan)
        id = driver.run(sums, inputs={"values": [1]}).id
        stranger = driver.speaking(Identity("onlooker", "admin", ("another",)))
        for ask in (
            lambda: stranger.over_time(ExecutionFilter(driver.project)),
            lambda: stranger.glance(GlanceQuery(driver.project)),
            lambda: stranger.course(driver.key(plan)),
            lambda: stranger.opening(id),
            lambda: stranger.node_opening(id, "n0"),
            lambda: stranger.scope_opening(id, ""),
            lambda: stranger.waiting_gates(driver.project),
            lambda: stranger.fleet(ExecutionFilter(driver.project)),
            lambda: stranger.fleet_entities(ExecutionFilter(driver.project)),
            lambda: stranger.compare(ComparisonQuery(id, id)),
            lambda: stranger.diff(_versions(driver, "v1", "v1")),
            lambda: stranger.artifacts(ArtifactFilter(driver.project)),
            lambda: stranger.suggestions(SuggestionQuery("name", "", driver.project)),
        ):
            with pytest.raises(NotFound):
                ask()
        assert stranger.over_time(ExecutionFilter()).counts == {}
        glance = stranger.glance(GlanceQuery())
        assert (glance.running, glance.failed, glance.gates, glance.schedules) == ((), (), (), ())
        assert stranger.fleet(ExecutionFilter()).executions == ()
        assert stranger.artifacts(ArtifactFilter(content=False)).items == ()
        assert stranger.suggestions(SuggestionQuery("name")) == ()


def _versions(driver: Driver, left: str, right: str) -> DiffQuery:
    return DiffQuery("workflow", sums.name, project=driver.project, left=left, right=right)
