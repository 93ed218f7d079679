"""What every backend must do: act on executions, and tell where values come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from volery.errors import AlreadyExists, ConfigError, NotFound, RegistrationError, TypeMismatch
from volery.ids import new_execution_id
from volery.ir.policy import Limits
from volery.ir.values import EMPTY
from volery.testing.conformance.backend_driver import Driver
from volery.testing.conformance.backend_flows import (
    bundle_of,
    elsewhere,
    fragile,
    gated,
    sums,
    total,
)
from volery.wire.executions import EditedCode, NewExecution, Signal
from volery.wire.lineage import LineageQuery


class Acting:
    """Executions can be answered, ended and repeated."""

    def test_a_gate_takes_one_answer(self, driver: Driver) -> None:
        started = driver.start(gated)
        self._await_gate(driver, started.id)
        assert driver.backend.summary(started.id).gates == ("n0",)
        assert driver.backend.node(started.id, "n0").waiting
        [gate] = driver.backend.gates(started.id)
        assert (gate.execution, gate.path, gate.key) == (started.id, "n0", "ship")
        assert gate.question.startswith("gate ship waits for approval of")
        with pytest.raises(NotFound, match="shop"):
            driver.backend.signal(started.id, Signal("shop"))
        with pytest.raises(TypeMismatch):
            driver.backend.signal(started.id, Signal("ship", "perhaps"))
        driver.backend.signal(started.id, Signal("ship"))
        with pytest.raises((NotFound, AlreadyExists)):  # it may have moved on
            driver.backend.signal(started.id, Signal("ship"))
        assert driver.finish(started.id).phase == "SUCCEEDED"

    def test_an_abort_ends_it_once(self, driver: Driver) -> None:
        started = driver.start(gated)
        self._await_gate(driver, started.id)
        assert driver.backend.abort(started.id, "wrong data")
        ended = driver.finish(started.id)
        assert ended.phase == "ABORTED"
        assert ended.failure is not None
        assert "wrong data" in ended.failure.message
        assert not driver.backend.abort(started.id)

    def test_recovering_runs_what_failed_only(self, driver: Driver, tmp_path: Path) -> None:
        file = tmp_path / "file"
        failed = driver.run(fragile, inputs={"file": str(file)})
        file.write_text("four")
        name = new_execution_id()
        again = driver.backend.recover(failed.id, name)
        assert (again.id, again.recovers) == (name, failed.id)
        assert driver.finish(name).phase == "SUCCEEDED"
        assert driver.backend.outputs(name).values == {"o0": 4}
        assert driver.backend.node(name, "n0").recovered == f"{failed.id}/n0"
        assert driver.backend.node(name, "n1").recovered == ""

    def test_nothing_is_recovered_as_itself(self, driver: Driver, tmp_path: Path) -> None:
        """The failed execution was the answer, and nothing ran."""
        failed = driver.run(fragile, inputs={"file": str(tmp_path / "file")})
        with pytest.raises(AlreadyExists, match=failed.id):
            driver.backend.recover(failed.id, failed.id)

    def test_what_runs_again_has_as_long_as_was_said(self, driver: Driver, tmp_path: Path) -> None:
        """It had as long as its workflow says, which may be for ever."""
        hour, day = Limits(running=3_600.0), Limits(running=86_400.0)
        failed = driver.run(fragile, inputs={"file": str(tmp_path / "file")}, limits=hour)
        longer = NewExecution(failed.entity, limits=day)
        again = [
            failed,
            driver.backend.recover(failed.id),
            driver.backend.relaunch(failed.id),
            driver.backend.relaunch(failed.id, longer),
        ]
        assert [each.limits for each in again] == [hour, hour, hour, day]

    def test_nothing_is_relaunched_as_itself(self, driver: Driver) -> None:
        """The earlier execution was the answer, and nothing ran."""
        done = driver.run(sums, inputs={"values": [1]})
        with pytest.raises(AlreadyExists, match=done.id):
            driver.backend.relaunch(done.id, NewExecution(done.entity, name=done.id))

    def test_what_has_succeeded_or_runs_is_not_recovered(self, driver: Driver) -> None:
        waiting = driver.start(gated)
        done = driver.run(sums, inputs={"values": []})
        for id in (waiting.id, done.id):
            with pytest.raises(ConfigError, match=id):
                driver.backend.recover(id)
        driver.backend.abort(waiting.id)
        driver.finish(waiting.id)

    def test_relaunching_takes_other_inputs(self, driver: Driver) -> None:
        first = driver.run(sums, inputs={"values": [1], "by": 5}, labels={"team": "a"})
        again = driver.backend.relaunch(first.id)
        assert driver.backend.inputs(again.id).values == {"values": [1], "by": 5}
        assert (again.labels, again.bundle) == ({"team": "a"}, first.bundle)
        changes = driver.new(sums, inputs={"values": [2]}, name=new_execution_id())
        changed = driver.backend.relaunch(first.id, changes)
        assert changed.id == changes.name
        assert driver.backend.inputs(changed.id).values == {"values": [2], "by": 5}
        assert driver.finish(changed.id).phase == "SUCCEEDED"
        assert driver.finish(again.id).phase == "SUCCEEDED"

    def test_what_edited_code_would_run_again_is_told(self, driver: Driver, tmp_path: Path) -> None:
        failed = driver.run(fragile, inputs={"file": str(tmp_path / "file")})
        record = driver.backend.inputs(failed.id).record
        code = EditedCode(bundle_of(fragile), fragile.ref, record)
        told = driver.backend.verdicts(failed.id, code)
        assert [each.path for each in told] == ["n0", "n1"]
        assert told[1].why.startswith("it failed before")

    def test_edited_code_for_an_executor_that_there_is_not_is_refused(
        self, driver: Driver, tmp_path: Path
    ) -> None:
        failed = driver.run(fragile, inputs={"file": str(tmp_path / "file")})
        code = EditedCode(bundle_of(elsewhere), elsewhere.ref, EMPTY)
        with pytest.raises(RegistrationError, match="no executor is named 'moon'"):
            driver.backend.verdicts(failed.id, code)

    def test_why_something_ran_is_explained(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [1]})
        found = driver.backend.explain(ended.id, "n0")
        assert (found.task, found.cause) == (total.name, "uncached")
        with pytest.raises(NotFound):
            driver.backend.explain(ended.id, "n7")

    def test_nobody_is_told_where_nobody_asked_for_it(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": []})
        assert list(driver.backend.notices(ended.id)) == []

    def test_lineage_leads_from_an_output_to_the_inputs(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [4, 5]})
        found = driver.backend.lineage(LineageQuery(execution=ended.id))
        assert found.complete
        places = {(use.path, use.name, use.made) for use in found.uses}
        assert {("", "values", False), ("n0", "o0", True), ("n1", "o0", True)} <= places
        assert found.edges
        forward = LineageQuery(execution=ended.id, path="n0", way="downstream")
        below = driver.backend.lineage(forward).uses
        assert "n1" in {use.path for use in below}

    def _await_gate(self, driver: Driver, id: str) -> None:
        driver.until(id, lambda line: line.path == "n0")
