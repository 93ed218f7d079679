"""What every backend must do: start executions, find them and show them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from volery.errors import AlreadyExists, CallError, NotFound
from volery.ids import new_execution_id
from volery.ir.values import join_record, pack, split_record, unpack
from volery.sdk.workflow import workflow
from volery.testing.conformance.backend_driver import Driver, everything, pages
from volery.testing.conformance.backend_flows import each, fragile, plan, sums, total
from volery.wire.entities import EntityKey
from volery.wire.executions import Execution, ExecutionFilter, NewExecution, Node, NodeFilter


class Executing:
    """Whatever is accepted reaches an end."""

    def test_an_execution_gives_its_outputs(self, driver: Driver) -> None:
        started = driver.start(sums, inputs={"values": [1, 2]})
        assert started.entity.name == sums.name
        assert (started.root, started.parent, started.driven) == (started.id, "", True)
        ended = driver.finish(started.id)
        assert (ended.phase, ended.failure) == ("SUCCEEDED", None)
        assert ended.ended is not None
        assert ended.ended >= ended.created
        outputs = driver.backend.outputs(ended.id)
        assert (outputs.values, outputs.types) == ({"o0": 7}, {"o0": "int"})
        assert unpack(split_record(outputs.record)["o0"]) == 7
        assert driver.backend.inputs(ended.id).values == {"values": [1, 2], "by": 2}

    def test_a_task_is_run_by_itself(self, driver: Driver) -> None:
        ended = driver.run(total, inputs={"values": [1, 2], "by": 1})
        assert driver.backend.outputs(ended.id).values == {"o0": 3}

    def test_a_packed_record_wins_over_json(self, driver: Driver) -> None:
        record = join_record({"values": pack([5])})
        ended = driver.run(sums, inputs={"values": [1], "by": 1}, record=record)
        assert driver.backend.outputs(ended.id).values == {"o0": 6}

    def test_all_that_is_wrong_with_inputs_is_told(self, driver: Driver) -> None:
        driver.register(sums)
        with pytest.raises(CallError) as caught:
            driver.backend.execute(driver.new(sums, inputs={"by": "two", "wrong": 1}))
        for told in ("values", "by", "int", "wrong"):
            assert told in caught.value.message
        with pytest.raises(CallError):
            driver.backend.execute(driver.new(sums, record=b"\xc1"))
        assert driver.backend.executions(ExecutionFilter(driver.project)).items == ()

    def test_the_same_name_and_content_is_answered_alike(self, driver: Driver) -> None:
        name = new_execution_id()
        first = driver.start(sums, inputs={"values": [1]}, name=name)
        again = driver.backend.execute(driver.new(sums, inputs={"values": [1]}, name=name))
        assert (first.id, again.id, again.created) == (name, name, first.created)
        with pytest.raises(AlreadyExists, match=name):
            driver.backend.execute(driver.new(sums, inputs={"values": [2]}, name=name))

    def test_a_name_of_another_domain_is_taken(self, driver: Driver) -> None:
        """The answer was the other domain's execution, and nothing ran."""
        started = driver.start(sums, inputs={"values": [1]}, name=new_execution_id())
        driver.register(sums, domain="production")
        there = replace(driver.key(sums), domain="production")
        with pytest.raises(AlreadyExists, match=started.id):
            driver.backend.execute(NewExecution(there, inputs={"values": [1]}, name=started.id))

    def test_of_those_started_together_each_is_answered_by_itself(self, driver: Driver) -> None:
        driver.register(sums)
        name, other = new_execution_id(), new_execution_id()
        news = [
            driver.new(sums, inputs={"values": [1]}, name=name),
            driver.new(sums, inputs={"values": "one"}),
            driver.new(sums, inputs={"values": [2]}, name=name),
            driver.new(sums, inputs={"values": [3]}, name=other),
            NewExecution(EntityKey("workflow", "flows.unknown", "", driver.project)),
            driver.new(sums, inputs={"values": [1]}, name=name),
        ]
        first, wrong, taken, second, unknown, again = driver.backend.execute_all(news)
        assert isinstance(first, Execution)
        assert isinstance(second, Execution)
        assert isinstance(again, Execution)
        assert (first.id, second.id, again.id) == (name, other, name)
        assert isinstance(wrong, CallError)
        assert isinstance(taken, AlreadyExists)
        assert isinstance(unknown, NotFound)
        assert driver.backend.execute_all([]) == []
        for id, value in ((name, 3), (other, 7)):
            assert driver.finish(id).phase == "SUCCEEDED"
            assert driver.backend.outputs(id).values == {"o0": value}

    def test_asking_again_after_a_newer_version_came_is_answered_alike(
        self, driver: Driver
    ) -> None:
        driver.register(plan, version="one", activate=(plan.name,))
        new = driver.new(plan, name=new_execution_id())
        first = driver.backend.execute(new)
        driver.register(plan, version="two", activate=(plan.name,))
        again = driver.backend.execute(new)
        assert (again.id, again.entity.version) == (first.id, "one")
        with pytest.raises(AlreadyExists):
            driver.backend.execute(replace(new, entity=driver.key(plan, "two")))

    def test_what_cannot_be_a_name_is_refused(self, driver: Driver) -> None:
        driver.register(sums)
        with pytest.raises(CallError):
            driver.backend.execute(driver.new(sums, inputs={"values": []}, name="No name/"))

    def test_an_entity_that_there_is_not_is_not_run(self, driver: Driver) -> None:
        driver.register(sums)
        for key in (
            EntityKey("workflow", "flows.unknown", "", driver.project),
            EntityKey("task", sums.name, "", driver.project),
        ):
            with pytest.raises(NotFound, match=key.name):
                driver.backend.execute(NewExecution(key))

    def test_what_was_said_is_kept(self, driver: Driver) -> None:
        said = {"labels": {"team": "a"}, "annotations": {"note": "b c"}, "priority": 7}
        started = driver.start(sums, inputs={"values": []}, max_parallelism=3, **said)
        assert (started.labels, started.annotations) == ({"team": "a"}, {"note": "b c"})
        assert (started.priority, started.max_parallelism) == (7, 3)

    def test_an_execution_is_pinned_to_its_bundle(self, driver: Driver) -> None:
        first = driver.register(sums, version="one")
        started = driver.backend.execute(driver.new(sums, inputs={"values": []}))
        driver.register(_other, version="two")
        assert (started.bundle, started.entity.version) == (first.bundle, "one")


@workflow
def _other(values: list[int]) -> int:
    """Another entity of this name would be another bundle; this one only moves time on."""
    return total(values=values)


class Listing:
    """Executions are found by what they are."""

    def test_lists_are_newest_first_and_filtered(self, driver: Driver, tmp_path: Path) -> None:
        good = driver.run(sums, inputs={"values": [1]}, labels={"team": "a", "run": "1"})
        other = driver.run(sums, inputs={"values": [2]}, labels={"team": "a"})
        bad = driver.run(fragile, inputs={"file": str(tmp_path / "none")})
        assert _found(driver) == [bad.id, other.id, good.id]
        assert _found(driver, phases=("FAILED", "ABORTED")) == [bad.id]
        assert _found(driver, name=sums.name) == [other.id, good.id]
        assert _found(driver, kind="task") == []
        assert _found(driver, version=bad.entity.version) == [bad.id]
        assert _found(driver, labels={"team": "a", "run": "1"}) == [good.id]
        assert _found(driver, inputs={"values": [2]}) == [other.id]
        assert _found(driver, search=good.id[:8]) == [good.id]
        assert _found(driver, since=bad.created) == [bad.id]
        assert _found(driver, until=other.created) == [good.id]
        assert _found(driver, domain="production") == []

    def test_counts_are_by_phase(self, driver: Driver, tmp_path: Path) -> None:
        driver.run(sums, inputs={"values": [1]})
        driver.run(fragile, inputs={"file": str(tmp_path / "none")})
        counted = driver.backend.count(ExecutionFilter(driver.project)).phases
        assert {name: count for name, count in counted.items() if count} == {
            "SUCCEEDED": 1,
            "FAILED": 1,
        }

    def test_pages_hold_while_more_is_started(self, driver: Driver) -> None:
        driver.register(sums)
        new = driver.new(sums, inputs={"values": []})
        older = [driver.backend.execute(new).id for _ in range(5)]
        found: list[str] = []
        where = ExecutionFilter(driver.project)
        for page in pages(lambda cursor: driver.backend.executions(where, 2, cursor)):
            found += [each.id for each in page.items]
            driver.backend.execute(new)
        assert found == older[::-1]


def _found(driver: Driver, **more: Any) -> list[str]:
    where = ExecutionFilter(driver.project, **more)
    found = everything(lambda cursor: driver.backend.executions(where, 2, cursor))
    return [each.id for each in found]


class Showing:
    """All of an execution can be seen, while it runs and after."""

    def test_nodes_come_by_path_with_their_attempts(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [1]})
        nodes = _nodes(driver, ended.id)
        assert [(each.path, each.phase, each.attempt) for each in nodes] == [
            ("n0", "SUCCEEDED", 1),
            ("n1", "SUCCEEDED", 1),
        ]
        assert nodes[0].entity.endswith("total")
        assert driver.backend.node(ended.id, "n1") == nodes[1]
        [attempt] = driver.backend.attempts(ended.id, "n0")
        assert (attempt.number, attempt.phase) == (1, "SUCCEEDED")
        assert driver.backend.inputs(ended.id, "n1").values == {"value": 2}
        assert driver.backend.outputs(ended.id, "n1").values == {"o0": 3}

    def test_nodes_are_found_by_scope_phase_and_path(self, driver: Driver, tmp_path: Path) -> None:
        failed = driver.run(fragile, inputs={"file": str(tmp_path / "none")})
        assert [each.path for each in _nodes(driver, failed.id, phases=("FAILED",))] == ["n1"]
        assert [each.path for each in _nodes(driver, failed.id, search="n0")] == ["n0"]
        assert len(_nodes(driver, failed.id, scope="")) == 2
        assert _nodes(driver, failed.id, scope="n0") == []

    def test_a_summary_says_how_far_it_is(self, driver: Driver) -> None:
        ended = driver.run(each, inputs={"values": [1, 2, 3]})
        summary = driver.backend.summary(ended.id)
        assert summary.execution == ended
        assert summary.elements == {"SUCCEEDED": 3}
        assert summary.gates == ()
        assert summary.journal == driver.backend.events(ended.id)[-1].seq

    def test_a_failure_is_told_where_it_happened(self, driver: Driver, tmp_path: Path) -> None:
        failed = driver.run(fragile, inputs={"file": str(tmp_path / "none")})
        assert failed.phase == "FAILED"
        assert failed.failure is not None
        assert (failed.failure.path, failed.failure.code) == ("n1", "FileNotFoundError")
        with pytest.raises(NotFound):
            driver.backend.outputs(failed.id)
        node = driver.backend.node(failed.id, "n1")
        assert node.failure is not None
        assert "Traceback" in node.failure.traceback

    def test_the_journal_is_read_on_from_anywhere(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [1]})
        lines = driver.backend.events(ended.id)
        assert [line.seq for line in lines] == sorted({line.seq for line in lines})
        assert (lines[-1].path, lines[-1].event) == ("", "SUCCEEDED")
        assert driver.backend.events(ended.id, lines[1].seq, 2) == lines[2:4]
        assert driver.backend.events(ended.id, lines[-1].seq) == ()

    def test_watching_gives_the_same_lines_and_ends(self, driver: Driver) -> None:
        started = driver.start(sums, inputs={"values": [1]})
        watched = tuple(driver.backend.watch(started.id))
        assert watched == driver.backend.events(started.id)
        assert tuple(driver.backend.watch(started.id, watched[2].seq)) == watched[3:]
        assert list(driver.backend.watch(started.id, watched[-1].seq)) == []

    def test_a_log_has_what_was_printed_and_logged(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [1]})
        log = driver.backend.log(ended.id, "n0", 1)
        told = {(each.stream, each.level, each.text) for each in log.records}
        assert ("stdout", "", "summing 1 numbers") in told
        assert ("log", "WARNING", "by 2") in told
        assert log.complete
        assert driver.backend.log(ended.id, "n0", 1, log.next).records == ()
        assert driver.backend.log(ended.id, "n1", 1).records == ()

    def test_a_log_of_what_there_is_not_names_what_is_near(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [1]})
        with pytest.raises(NotFound, match="no node 'n00'") as caught:
            driver.backend.log(ended.id, "n00", 1)
        assert "n0" in str(caught.value.hint)
        with pytest.raises(NotFound, match="no attempt 2") as caught:
            driver.backend.log(ended.id, "n0", 2)
        assert "1" in str(caught.value.hint)

    def test_what_there_is_not_is_not_found(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [1]})
        backend = driver.backend
        looks: tuple[Callable[[str], object], ...] = (
            backend.execution,
            backend.summary,
            backend.inputs,
            backend.outputs,
            backend.events,
            backend.notices,
            backend.abort,
            backend.recover,
            backend.relaunch,
            lambda id: backend.nodes(id, NodeFilter()),
            lambda id: next(backend.watch(id)),
        )
        for look in looks:
            with pytest.raises(NotFound, match="unknown"):
                look("unknown")
        for look_at in (backend.node, backend.attempts, backend.inputs, backend.outputs):
            with pytest.raises(NotFound):
                look_at(ended.id, "n7")


def _nodes(driver: Driver, id: str, **more: Any) -> list[Node]:
    where = NodeFilter(**more)
    return everything(lambda cursor: driver.backend.nodes(id, where, 1, cursor))
