"""What every backend must do: show how scopes are built, and how far what is in them is."""

from __future__ import annotations

from pathlib import Path

import pytest

from volery.errors import CallError, NotFound
from volery.testing.conformance.backend_driver import Driver
from volery.testing.conformance.backend_flows import each, fragile, gated, plan, sums, total
from volery.wire.graphs import DataFlow, GraphEdge
from volery.wire.parts import PartsQuery
from volery.wire.progress import ScopeFilter


class Scopes:
    """Graphs, statuses, timelines, cells, failures."""

    def test_a_graph_is_that_of_the_code(self, driver: Driver) -> None:
        started = driver.run(sums, inputs={"values": [1]})
        graph = driver.backend.graph(started.id)
        assert (graph.kind, graph.title, graph.entity) == ("workflow", "sums", started.entity)
        assert [(node.path, node.title, node.task) for node in graph.nodes] == [
            ("n0", "total", "python"),
            ("n1", "one_more", "python"),
        ]
        assert graph.edges == (GraphEdge("n0", "n1", (DataFlow("o0", "value"),)),)
        assert (graph.complete, graph.total) == (True, 2)

    def test_what_is_registered_has_the_same_graph(self, driver: Driver) -> None:
        driver.register(plan, activate=(plan.name,))
        started = driver.finish(driver.backend.execute(driver.new(plan)).id)
        ran = driver.backend.graph(started.id)
        for key in (driver.key(plan), driver.key(plan, started.entity.version)):
            assert driver.backend.entity_graph(key) == ran
        driver.register(total)
        assert driver.backend.entity_graph(driver.key(total)).kind == "task"
        with pytest.raises(NotFound, match="n9"):
            driver.backend.entity_graph(driver.key(sums), "n9")

    def test_scopes_that_there_are_not_have_no_graph(self, driver: Driver) -> None:
        started = driver.run(sums, inputs={"values": [1]})
        for scope in ("n0", "n9", "n0/n1", "n0[0]", "]", "[", "n0[x]", "/", "a" * 10_000):
            with pytest.raises(NotFound):
                driver.backend.graph(started.id, scope)

    def test_statuses_say_how_far_it_is(self, driver: Driver) -> None:
        started = driver.run(sums, inputs={"values": [1]})
        found = driver.backend.statuses(started.id, ScopeFilter())
        assert (found.phase, found.ended, found.next) == ("SUCCEEDED", started.ended, None)
        assert [each.path for each in found.statuses] == ["n0", "n1"]
        for status in found.statuses:
            assert (status.phase, status.attempt) == ("SUCCEEDED", 1)
            assert status.started is not None
            assert status.ended is not None
            assert started.created <= status.created <= status.ended <= found.now

    def test_statuses_come_in_pages(self, driver: Driver) -> None:
        started = driver.run(sums, inputs={"values": [1]})
        first = driver.backend.statuses(started.id, ScopeFilter(), 1)
        rest = driver.backend.statuses(started.id, ScopeFilter(), 1, first.next or "")
        assert [each.path for each in (*first.statuses, *rest.statuses)] == ["n0", "n1"]
        assert rest.next is None

    def test_only_what_has_changed_is_told_again(self, driver: Driver) -> None:
        started = driver.run(sums, inputs={"values": [1]})
        whole = driver.backend.statuses(started.id, ScopeFilter())
        again = driver.backend.statuses(started.id, ScopeFilter(since=whole.seq))
        assert (again.statuses, again.seq, again.complete) == ((), whole.seq, True)
        last = driver.backend.events(started.id)[-2]  # the last one is the end of it all
        news = driver.backend.statuses(started.id, ScopeFilter(since=last.seq - 1))
        assert news.statuses == tuple(each for each in whole.statuses if each.path == last.path)

    def test_a_gate_waits(self, driver: Driver) -> None:
        started = driver.start(gated)
        driver.until(started.id, lambda line: line.path == "n0")
        [status] = driver.backend.statuses(started.id, ScopeFilter(("",))).statuses
        assert (status.kind, status.phase, status.waiting) == ("gate", "RUNNING", True)
        assert status.until is not None
        driver.backend.abort(started.id)
        driver.finish(started.id)

    def test_a_timeline_splits_attempts(self, driver: Driver) -> None:
        started = driver.run(sums, inputs={"values": [1]})
        found = driver.backend.timeline(started.id, ScopeFilter())
        assert [row.path for row in found.rows] == ["n0", "n1"]
        for row in found.rows:
            [attempt] = row.attempts
            times = [
                attempt.created,
                attempt.taken,
                attempt.started,
                attempt.returned,
                attempt.ended,
            ]
            assert all(times)
            assert attempt.number == 1
        first = driver.backend.timeline(started.id, ScopeFilter(), 1)
        rest = driver.backend.timeline(started.id, ScopeFilter(), 1, first.next or "")
        assert (*first.rows, *rest.rows) == found.rows
        with pytest.raises(CallError, match="cursor"):
            driver.backend.timeline(started.id, ScopeFilter(), 1, "x")

    def test_a_map_has_a_cell_for_each_element(self, driver: Driver) -> None:
        started = driver.run(each, inputs={"values": list(range(70))})
        cells = driver.backend.cells(started.id, "n0")
        assert (cells.length, cells.cells) == (70, b"\2" * 70)
        assert (cells.counts, cells.failed) == ({"SUCCEEDED": 70}, ())
        [status] = driver.backend.statuses(started.id, ScopeFilter()).statuses
        assert status.elements == {"SUCCEEDED": 70}
        graph = driver.backend.graph(started.id, "n0")
        assert graph.kind == "map"
        assert graph.element is not None
        assert graph.element.title == "one_more"
        for path in ("", "n1", "n0[0]"):
            with pytest.raises(NotFound, match="map"):
                driver.backend.cells(started.id, path)

    def test_an_opening_has_what_can_be_asked_for_alone(
        self, driver: Driver, tmp_path: Path
    ) -> None:
        backend = driver.backend
        good = driver.run(sums, inputs={"values": [1]}).id
        bad = driver.run(fragile, inputs={"file": str(tmp_path / "none")}).id
        waiting = driver.start(gated).id
        driver.until(waiting, lambda line: line.path == "n0" and line.event == "RUNNING")
        for id in (good, bad, waiting):
            found = backend.opening(id)
            assert found.summary == backend.summary(id)
            assert found.graph == backend.graph(id)
            assert found.statuses.statuses == backend.statuses(id, ScopeFilter()).statuses
            assert (found.scopes, found.gates) == (("",), backend.gates(id))
            assert found.inputs == backend.parts(id, PartsQuery(side="inputs", limit=100))
            assert (found.outputs is not None) == (id == good)
            assert (found.failure is not None) == (id == bad)
        found = backend.opening(bad)
        assert found.failure == backend.failure(bad)
        node = backend.node_opening(bad, "n1")
        assert node.node == backend.node(bad, "n1")
        assert node.attempts == backend.attempts(bad, "n1")
        assert node.failure == backend.failure(bad, "n1")
        assert node.inputs == backend.parts(bad, PartsQuery(path="n1", side="inputs", limit=100))
        good_node = backend.node_opening(bad, "n0")
        assert (good_node.failure, good_node.inputs) == (None, None)
        with pytest.raises(NotFound):
            backend.node_opening(bad, "n9")
        backend.abort(waiting)
        driver.finish(waiting)

    def test_a_scope_is_opened_with_how_far_it_is(self, driver: Driver) -> None:
        backend = driver.backend
        id = driver.run(sums, inputs={"values": [1]}).id
        found = backend.scope_opening(id, "")
        assert (found.graph, found.scopes, found.cells) == (backend.graph(id), ("",), None)
        assert found.statuses is not None
        assert found.statuses.statuses == backend.statuses(id, ScopeFilter()).statuses
        with pytest.raises(NotFound):
            backend.scope_opening(id, "n9")

    def test_a_map_is_opened_with_its_cells(self, driver: Driver) -> None:
        id = driver.run(each, inputs={"values": list(range(70))}).id
        found = driver.backend.scope_opening(id, "n0")
        assert found.graph == driver.backend.graph(id, "n0")
        assert (found.scopes, found.statuses) == ((), None)
        assert found.cells is not None
        assert found.cells.cells == b"\2" * 70

    def test_an_element_that_is_carried_out_with_others_is_opened(self, driver: Driver) -> None:
        id = driver.run(each, inputs={"values": list(range(600))}).id
        start, end = driver.backend.cells(id, "n0").ranges[-1]
        found = driver.backend.node_opening(id, f"n0[{start}]")
        assert (found.node.path, found.node.phase) == (f"n0[{start}]", "SUCCEEDED")
        assert found.node.range == f"n0[{start}:{end}]"
        assert found.attempts == driver.backend.attempts(id, found.node.range)
        assert driver.backend.inputs(id, found.node.path).values == {"value": start}
        assert driver.backend.outputs(id, found.node.path).values == {"o0": start + 1}

    def test_a_failure_tells_where_it_was(self, driver: Driver, tmp_path: Path) -> None:
        failed = driver.run(fragile, inputs={"file": str(tmp_path / "none")})
        for path, attempt in (("n1", 0), ("n1", 1), ("", 0)):
            report = driver.backend.failure(failed.id, path, attempt)
            assert report.failure.code == "FileNotFoundError"
            assert report.exception.startswith("FileNotFoundError: ")
            assert report.frames[-1].text in report.failure.traceback
            assert (report.origin is None) == bool(path)
        [_, status] = driver.backend.statuses(failed.id, ScopeFilter()).statuses
        assert status.failure is not None
        assert status.failure.code == "FileNotFoundError"
        for path, attempt in (("n0", 0), ("n1", 2), ("n9", 0)):
            with pytest.raises(NotFound):
                driver.backend.failure(failed.id, path, attempt)
