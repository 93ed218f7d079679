"""What every store must do: time, and room for attempts."""

from __future__ import annotations

import pytest

from volery.engine.model import (
    BODY,
    AttemptPhase,
    Create,
    Launch,
    Phase,
)
from volery.ids import ROOT, join
from volery.store.base import (
    Claim,
    Store,
)
from volery.testing.conformance.store_driver import FAILURE, Driver


class Time:
    """Time wakes scopes, makes attempts ready, and ends what takes too long."""

    def test_a_scope_is_woken_when_its_time_has_come(self, run: Driver) -> None:
        run.plan(wake_at=50.0)
        assert run.store.wake("owner", "run", 49.0) == 50.0
        assert run.dirty() == set()
        assert run.store.wake("owner", "run", 50.0) is None
        assert run.dirty() == {("run", ROOT)}
        run.plan()
        assert run.store.wake("owner", "run", 60.0) is None
        assert run.dirty() == set()

    def test_each_plan_sets_the_time_anew(self, run: Driver) -> None:
        run.plan(wake_at=50.0)
        run.plan(wake_at=80.0)
        assert run.store.wake("owner", None, 60.0) == 80.0
        run.plan()
        assert run.store.wake("owner", None, 90.0) is None
        assert run.dirty() == set()

    def test_what_has_ended_sleeps_no_more(self, run: Driver) -> None:
        sub = run.open("sub")
        run.plan(sub, wake_at=50.0)
        run.finish(path=sub)
        run.plan(finish_phase=Phase.ABORTED, wake_at=60.0)
        assert run.store.wake("owner", None, 70.0) is None
        assert run.dirty() == set()

    def test_time_passes_for_the_families_of_an_owner_or_for_one(self, run: Driver) -> None:
        other = Driver(run.store, "other")
        other.begin(owner="me")
        run.plan(wake_at=50.0)
        other.plan(wake_at=40.0)
        assert run.store.wake("owner", None, 10.0) == 50.0
        assert run.store.wake("me", "run", 10.0) == 50.0
        assert run.store.wake("owner", "unknown", 60.0) is None
        assert run.store.wake("me", None, 60.0) is None
        assert run.dirty() == set()
        assert other.dirty() == {("other", ROOT)}

    def test_an_attempt_that_is_put_off_is_not_in_the_outbox(self, run: Driver) -> None:
        run.plan(create=[Create("a", "task")], launch=[Launch("a", 1, due=5000.0)])
        assert run.claim() == []
        assert run.store.wake("owner", "run", 4999.0) == 5000.0
        assert run.claim() == []
        assert run.store.wake("owner", None, 5000.0) is None
        assert run.claim() == [Claim("run", "a", 1)]
        assert run.store.attempts("run")[0].due == 5000.0

    def test_attempts_become_ready_each_in_its_time(self, run: Driver) -> None:
        times = {"a": 5000.0, "b": 0.0, "c": 6000.0, "d": 4000.0}
        create = [Create(id, "task") for id in times]
        run.plan(create=create, launch=[Launch(id, 1, due=due) for id, due in times.items()])
        assert [claim.path for claim in run.claim()] == ["b"]
        assert run.store.wake("owner", "run", 0.0) == 4000.0
        assert run.store.wake("owner", "run", 5500.0) == 6000.0
        assert [claim.path for claim in run.claim()] == ["a", "d"]

    def test_what_was_put_off_and_is_aborted_is_not_waited_for(self, run: Driver) -> None:
        run.plan(create=[Create("a", "task")], launch=[Launch("a", 1, due=5000.0)])
        run.stop("a")
        assert run.children()["a"].attempt_phase is AttemptPhase.ABORTED
        assert run.store.wake("owner", "run", 10.0) is None

    @pytest.mark.parametrize(
        ("deadline", "until", "message"),
        [(70.0, None, "did not begin"), (70.0, 90.0, "did not begin"), (90.0, 70.0, "in all")],
    )
    def test_an_attempt_that_nobody_takes_in_time_fails(
        self, run: Driver, deadline: float, until: float | None, message: str
    ) -> None:
        launch = Launch("a", 1, deadline=deadline, until=until)
        run.plan(create=[Create("a", "task")], launch=[launch])
        run.launch("b")
        seq = run.store.load("run", ROOT, -1).wake_seq
        assert run.store.wake("owner", "run", 10.0) == 70.0
        assert run.store.time_out("owner", "run", 69.0) == 0
        assert run.store.time_out("owner", None, 70.0) == 1
        child = run.children(seq)["a"]
        assert child.attempt_phase is AttemptPhase.FAILED
        assert child.attempt_failure is not None
        failure = child.attempt_failure
        assert (failure.code, failure.kind, failure.retryable) == ("TimedOut", "USER", False)
        assert message in failure.message
        assert (failure.path, failure.execution) == ("a", "run")
        assert run.dirty() == {("run", ROOT)}
        attempt = run.store.attempts("run")[0]
        assert (attempt.ended, attempt.deadline, attempt.until) == (70.0, deadline, until)
        assert run.events("a")[1:] == [(1, "FAILED", failure.message)]
        assert run.store.wake("owner", "run", 80.0) is None
        assert run.store.time_out("owner", None, 99.0) == 0
        assert run.claim() == [Claim("run", "b", 1)]

    def test_an_attempt_that_somebody_owns_is_flagged_once(self, run: Driver) -> None:
        run.plan(create=[Create("a", "task")], launch=[Launch("a", 1, deadline=5000.0)])
        run.claim("me")
        run.plan()
        assert run.store.time_out("owner", "run", 5000.0) == 1
        assert run.store.time_out("owner", "run", 5000.0) == 0
        assert run.store.flagged("me") == [(Claim("run", "a", 1), "timeout")]
        assert run.store.wake("owner", "run", 10.0) is None
        assert run.dirty() == set()
        assert run.events("a")[1:] == [(1, "TIMEOUT", "")]
        run.stop("a")
        assert run.store.flagged("me") == [(Claim("run", "a", 1), "timeout")]
        assert run.end("a", owner="me", phase=AttemptPhase.FAILED, failure=FAILURE) == 1
        assert run.store.flagged("me") == []

    def test_once_it_runs_an_attempt_has_the_time_that_it_has_in_all(self, run: Driver) -> None:
        launch = [Launch("a", 1, deadline=5000.0, until=6000.0), Launch("b", 1, deadline=5000.0)]
        run.plan(create=[Create("a", "task"), Create("b", "task")], launch=launch)
        run.claim()
        run.started("a")
        run.started("b")
        assert run.store.wake("owner", "run", 10.0) == 6000.0
        assert run.store.time_out("owner", "run", 5999.0) == 0
        assert run.store.time_out("owner", "run", 6000.0) == 1
        assert run.store.flagged("owner") == [(Claim("run", "a", 1), "timeout")]

    def test_what_is_asked_to_stop_already_is_not_timed_out(self, run: Driver) -> None:
        launch = Launch("a", 1, deadline=5000.0, until=6000.0)
        run.plan(create=[Create("a", "task")], launch=[launch])
        run.claim()
        run.stop("a")
        run.started("a")
        assert run.store.wake("owner", "run", 10.0) is None
        assert run.store.time_out("owner", "run", 9000.0) == 0
        assert run.store.flagged("owner") == [(Claim("run", "a", 1), "abort")]

    def test_what_has_ended_is_not_timed_out(self, run: Driver) -> None:
        run.plan(create=[Create("a", "task")], launch=[Launch("a", 1, until=5000.0)])
        run.claim()
        run.end("a")
        assert run.store.wake("owner", "run", 10.0) is None
        assert run.store.time_out("owner", "run", 9000.0) == 0

    def test_attempts_are_timed_out_in_the_families_of_an_owner_or_in_one(
        self, run: Driver
    ) -> None:
        other = Driver(run.store, "other")
        other.begin(owner="me")
        for driver in (run, other):
            driver.plan(create=[Create("a", "task")], launch=[Launch("a", 1, until=50.0)])
        assert run.store.time_out("me", None, 60.0) == 1
        assert run.store.time_out("me", "unknown", 60.0) == 0
        assert run.store.time_out("me", "run", 60.0) == 1


class Parallelism:
    """An execution has so many attempts under way at once as it may."""

    @pytest.fixture
    def two(self, store: Store) -> Driver:
        """An execution that may have two attempts under way."""
        driver = Driver(store)
        driver.begin(max_parallelism=2)
        return driver

    def ready(self, driver: Driver) -> list[str]:
        """Let time pass; the paths of what can be taken then, and is."""
        driver.store.wake("owner", None, driver.now())
        return [claim.path for claim in driver.claim()]

    def test_attempts_become_ready_as_far_as_there_is_room(self, two: Driver) -> None:
        two.launch("a", "b", "c")
        assert two.claim() == []
        assert self.ready(two) == ["a", "b"]
        assert self.ready(two) == []
        two.started("a")
        assert self.ready(two) == []

    def test_the_functions_of_eager_tasks_leave_the_room_to_what_they_call(
        self, two: Driver
    ) -> None:
        outer = two.open("outer", kind="eager")
        two.launch(BODY, path=outer)
        inner = two.open("inner", path=outer, kind="eager")
        two.launch(BODY, path=inner)
        two.launch("a", "b", "c", path=inner)
        taken = self.ready(two) + self.ready(two)
        assert taken == [join(outer, BODY), *(join(inner, id) for id in (BODY, "a", "b"))]
        assert self.ready(two) == []

    def test_an_end_makes_room(self, two: Driver) -> None:
        two.launch("a", "b", "c", "d")
        self.ready(two)
        two.end("b")
        assert self.ready(two) == ["c"]
        two.end("c", phase=AttemptPhase.FAILED, failure=FAILURE)
        two.end("a", phase=AttemptPhase.LOST, failure=FAILURE)
        assert self.ready(two) == ["d"]
        two.end("d")
        assert self.ready(two) == []

    def test_attempts_in_the_outbox_take_up_room_until_they_are_aborted(self, two: Driver) -> None:
        two.launch("a", "b", "c")
        two.store.wake("owner", "run", two.now())
        two.stop("a")
        assert self.ready(two) == ["b", "c"]

    def test_attempts_in_the_outbox_take_up_room_until_they_have_timed_out(
        self, two: Driver
    ) -> None:
        create = [Create(id, "task") for id in "abc"]
        launch = [Launch("a", 1, deadline=3000.0), Launch("b", 1), Launch("c", 1)]
        two.plan(create=create, launch=launch)
        two.store.wake("owner", "run", two.now())
        two.store.time_out("owner", "run", 3000.0)
        assert self.ready(two) == ["b", "c"]

    def test_higher_priority_comes_first_then_age(self, two: Driver) -> None:
        two.launch("a", "b")
        two.plan(create=[Create("c", "task")], launch=[Launch("c", 1, priority=1)])
        assert self.ready(two) == ["c", "a"]

    def test_what_is_not_due_takes_up_no_room(self, two: Driver) -> None:
        times = {"a": 5000.0, "b": 0.0, "c": 0.0}
        create = [Create(id, "task") for id in times]
        two.plan(create=create, launch=[Launch(id, 1, due=due) for id, due in times.items()])
        assert self.ready(two) == ["b", "c"]
        two.end("b")
        assert two.store.wake("owner", "run", two.now()) == 5000.0
        assert two.store.wake("owner", "run", 5000.0) is None
        assert [claim.path for claim in two.claim()] == ["a"]

    def test_without_room_no_time_is_waited_for(self, two: Driver) -> None:
        two.launch("a", "b", "c")
        assert two.store.wake("owner", "run", two.now()) is None

    def test_child_executions_have_room_of_their_own(self, two: Driver) -> None:
        child = two.start("lp")
        two.launch("a", "b", "c")
        two.launch("x", execution=child)
        assert two.claim() == [Claim(child, "x", 1)]
        assert self.ready(two) == ["a", "b"]
