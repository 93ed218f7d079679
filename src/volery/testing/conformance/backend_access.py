"""What every backend must do: let everybody do what their role says, where it says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from volery.errors import AlreadyExists, Forbidden, NotFound
from volery.ids import new_execution_id
from volery.testing.conformance.backend_driver import Driver, everything
from volery.testing.conformance.backend_flows import (
    HOURLY,
    fragile,
    gated,
    plan,
    registration_of,
    sums,
)
from volery.wire.access import LOCAL, Identity, NewToken, Role
from volery.wire.backend import Backend
from volery.wire.entities import EntityFilter
from volery.wire.executions import ExecutionFilter, NewExecution, Signal
from volery.wire.projects import NewProject
from volery.wire.schedules import Backfill


class Access:
    """Rights are a role, perhaps in some projects; what is changed is written down."""

    def test_a_backend_speaks_for_somebody(self, driver: Driver) -> None:
        assert driver.backend.identity().may("admin", None)
        who = Identity(f"reader-{driver.project}", "viewer", (driver.project,))
        assert driver.speaking(who).identity() == who

    def test_a_viewer_sees_and_changes_nothing(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [1]})
        driver.register(plan)
        viewer = self._somebody(driver, "viewer")
        assert viewer.execution(ended.id) == ended
        assert viewer.outputs(ended.id).values == {"o0": 3}
        assert viewer.entity(driver.key(sums)).summary.key.name == sums.name
        for change in (
            lambda: viewer.execute(NewExecution(driver.key(sums), inputs={"values": []})),
            lambda: viewer.register(registration_of(sums, driver.project)),
            lambda: viewer.activate(driver.key(plan)),
            lambda: viewer.deactivate(driver.key(plan)),
            lambda: viewer.abort(ended.id),
            lambda: viewer.recover(ended.id),
            lambda: viewer.relaunch(ended.id),
            *self._admins_only(viewer),
        ):
            with pytest.raises(Forbidden):
                change()

    def test_an_operator_starts_and_stops(self, driver: Driver) -> None:
        operator = self._somebody(driver, "operator")
        operator.register(registration_of(sums, driver.project))
        started = operator.execute(NewExecution(driver.key(sums), inputs={"values": [1]}))
        assert driver.finish(started.id).phase == "SUCCEEDED"
        assert not operator.abort(started.id)
        for change in self._admins_only(operator):
            with pytest.raises(Forbidden):
                change()

    def test_other_projects_are_as_if_they_were_not(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [1]})
        stranger = self._somebody(Driver(driver.speaking), "operator")
        for look in (
            lambda: stranger.execution(ended.id),
            lambda: stranger.outputs(ended.id),
            lambda: stranger.events(ended.id),
            lambda: next(stranger.watch(ended.id)),
            lambda: stranger.log(ended.id, "n0", 1),
            lambda: stranger.abort(ended.id),
            lambda: stranger.entity(driver.key(sums)),
            lambda: stranger.execute(NewExecution(driver.key(sums))),
        ):
            with pytest.raises(NotFound):
                look()
        assert driver.project not in {each.id for each in stranger.projects()}
        where = ExecutionFilter(search=ended.id)
        assert everything(lambda cursor: stranger.executions(where, 10, cursor)) == []
        assert sum(stranger.count(where).phases.values()) == 0
        listed = everything(
            lambda cursor: stranger.entities("workflow", EntityFilter(name=sums.name), 10, cursor)
        )
        assert driver.project not in {each.key.project for each in listed}

    def test_a_token_is_shown_without_its_secret_and_can_be_revoked(self, driver: Driver) -> None:
        name = f"token-{driver.project}"
        made = driver.backend.create_token(NewToken(name, "operator", (driver.project,), days=1))
        assert made.secret.startswith("vol_")
        [listed] = [each for each in driver.backend.tokens() if each.name == name]
        assert (listed.role, listed.projects, listed.revoked) == (
            "operator",
            (driver.project,),
            None,
        )
        with pytest.raises(AlreadyExists):
            driver.backend.create_token(NewToken(name))
        assert driver.backend.revoke_token(name).revoked is not None
        with pytest.raises(NotFound):
            driver.backend.revoke_token(f"no-{name}")

    def test_the_audit_has_each_change_newest_first(self, driver: Driver) -> None:
        operator = self._somebody(driver, "operator")
        name = operator.identity().name
        operator.register(registration_of(sums, driver.project))
        started = operator.execute(NewExecution(driver.key(sums), inputs={"values": []}))
        driver.finish(started.id)
        operator.abort(started.id)
        lines = [
            line
            for line in everything(lambda cursor: driver.backend.audit(5, cursor))
            if line.who == name
        ]
        assert [line.seq for line in lines] == sorted((line.seq for line in lines), reverse=True)
        assert (lines[0].what, lines[0].on) == ("executions.abort", started.id)
        assert (lines[1].what, lines[1].on) == ("executions.create", started.id)
        assert {line.project for line in lines} == {driver.project}

    def test_the_audit_has_what_is_done_to_executions(self, driver: Driver, tmp_path: Path) -> None:
        operator = self._somebody(driver, "operator")
        waiting = driver.start(gated).id
        driver.until(waiting, lambda line: line.path == "n0")
        operator.signal(waiting, Signal("ship"))
        failed = driver.run(fragile, inputs={"file": str(tmp_path / "file")}).id
        recovered, relaunched = operator.recover(failed).id, operator.relaunch(failed).id
        driver.register(plan, schedule=HOURLY, activate=(plan.name,))
        [filled] = operator.backfill(Backfill(driver.key(plan), since=0.0, until=3_600.0))
        assert {
            (line.what, line.on)
            for line in everything(lambda cursor: driver.backend.audit(100, cursor))
            if line.who == operator.identity().name
        } == {
            ("executions.signal", waiting),
            ("executions.recover", recovered),
            ("executions.relaunch", relaunched),
            ("schedules.backfill", plan.name),
            ("executions.create", filled.execution),
        }
        assert driver.backend.execution(filled.execution).by == operator.identity().name

    def test_health_is_told(self, driver: Driver) -> None:
        health = driver.speaking(LOCAL).health()
        assert health.ok, health.checks
        assert {each.name for each in health.checks} >= {"database", "storage"}

    def _somebody(self, driver: Driver, role: Role) -> Backend:
        name = f"{role}-{new_execution_id()}"
        return driver.speaking(Identity(name, role, (driver.project,)))

    def _admins_only(self, backend: Backend) -> list[Callable[[], object]]:
        return [
            lambda: backend.create_project(NewProject(new_execution_id())),
            lambda: backend.create_token(NewToken(new_execution_id())),
            lambda: backend.revoke_token("unknown"),
            backend.tokens,
            backend.audit,
        ]
