"""What every store must do: attempts are taken for the executors that carry them out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from volery.engine.model import Create, Launch, Move, Phase
from volery.store.base import Claim, Options, Room, Store
from volery.testing.conformance.store_driver import Driver, rooms

HERE = Room("process", 9, default=True)
THERE = Room("cluster", 9)


def launch(run: Driver, **executors: str | None) -> None:
    """Launch tasks, by id with what they name as their executor."""
    create = [Create(id, "task") for id in executors]
    launch = [Launch(id, 1, executor=executor) for id, executor in executors.items()]
    assert run.plan(create=create, launch=launch)


def claim(run: Driver, *rooms: Room, owner: str = "owner") -> list[Claim]:
    """Take attempts of all families for these rooms."""
    return run.store.claim(owner, None, rooms, run.now())


class Placing:
    """An attempt is taken by who has room for it on its executor."""

    def test_an_attempt_is_taken_for_the_executor_that_it_names(self, run: Driver) -> None:
        launch(run, a="cluster", b="process", c=None, d="elsewhere")
        assert claim(run, THERE) == [Claim("run", "a", 1, "cluster")]
        assert claim(run, HERE) == [
            Claim("run", "b", 1, "process"),
            Claim("run", "c", 1, "process"),
        ]
        assert claim(run, HERE, THERE) == []

    def test_what_names_no_executor_has_that_of_its_execution(self, run: Driver) -> None:
        placed = Driver(run.store, "placed")
        placed.begin(options=Options(executor="cluster"))
        launch(placed, a=None, b="process", c="")
        assert claim(run, THERE) == [Claim("placed", "a", 1, "cluster")]
        assert [each.path for each in claim(run, HERE)] == ["b", "c"]

    def test_what_names_no_executor_is_taken_for_one_and_stays_there(self, run: Driver) -> None:
        run.launch("a")
        assert [each.executor for each in run.store.attempts("run")] == [""]
        assert claim(run, THERE) == []
        taken = Claim("run", "a", 1, "cluster")
        assert claim(run, Room("cluster", 1, default=True), owner="me") == [taken]
        assert [each.executor for each in run.store.attempts("run")] == ["cluster"]
        assert run.store.held("owner", None) == [(taken, "me")]
        run.stop("a")
        assert run.store.flagged("me") == [(taken, "abort")]
        run.store.retire("me")
        assert run.store.lost("owner", None, 9) == [(taken, "me")]

    def test_an_executor_without_room_keeps_no_other_waiting(self, run: Driver) -> None:
        launch(run, a="cluster", b="cluster", c="process", d="process", e="cluster")
        full = Room("cluster", 0)
        assert [each.path for each in claim(run, full, Room("process", 1))] == ["c"]
        assert [each.path for each in claim(run, Room("cluster", 2), HERE)] == ["a", "b", "d"]
        assert claim(run, full, Room("process", 0)) == claim(run) == []

    def test_those_that_name_an_executor_and_those_that_name_none_take_turns(
        self, run: Driver
    ) -> None:
        launch(run, a="process", b=None, c="process", d=None)
        taken = [claim(run, Room("process", 1, default=True))[0].path for _ in range(4)]
        assert taken == ["a", "b", "c", "d"]

    def test_higher_priority_comes_first_whatever_the_executor(self, run: Driver) -> None:
        named = {"a": ("cluster", 0), "b": ("process", 1), "c": ("cluster", 2), "d": (None, 3)}
        run.plan(
            create=[Create(id, "task") for id in named],
            launch=[
                Launch(id, 1, priority=priority, executor=executor)
                for id, (executor, priority) in named.items()
            ],
        )
        assert [each.path for each in claim(run, HERE, THERE)] == ["d", "c", "b", "a"]

    def test_attempts_of_one_family_are_taken_for_their_executors(self, run: Driver) -> None:
        launch(run, a="cluster", b="process")
        store, now = run.store, run.now()
        assert store.claim("me", "run", [THERE], now) == [Claim("run", "a", 1, "cluster")]
        assert store.claim("me", "run", [THERE], now) == []
        assert store.claim("me", "unknown", [HERE, THERE], now) == []


class ProceedingThere:
    """Who goes on at once does so where there is room on the executor that comes next."""

    def test_it_takes_what_there_is_room_for(self, run: Driver) -> None:
        _begin(run)
        follow = {"b": "cluster", "c": None, "d": "process", "e": "elsewhere"}
        claims = _go_on(run, follow, [HERE, THERE])
        assert claims == [
            Claim("run", "b", 1, "cluster"),
            Claim("run", "c", 1, "process"),
            Claim("run", "d", 1, "process"),
        ]
        left = {each.path: each.executor for each in run.store.attempts("run") if not each.owner}
        assert left == {"e": "elsewhere"}

    def test_an_executor_that_is_full_holds_no_other_up(self, run: Driver) -> None:
        _begin(run)
        follow = {"b": "cluster", "c": "cluster", "d": None}
        claims = _go_on(run, follow, [HERE, Room("cluster", 1)])
        assert claims == [Claim("run", "d", 1, "process")]
        assert [each.path for each in claim(run, THERE)] == ["b", "c"]

    @pytest.mark.parametrize("waiting", [None, "process"])
    def test_what_waits_for_the_same_room_comes_first(
        self, run: Driver, waiting: str | None
    ) -> None:
        _begin(run)
        other = Driver(run.store, "waiting")
        other.begin()
        launch(other, z=waiting)
        assert _go_on(run, {"b": "process", "c": "cluster"}, [HERE, THERE]) == [
            Claim("run", "c", 1, "cluster")
        ]
        assert [each.path for each in claim(run, HERE)] == ["z", "b"]

    def test_what_waits_for_another_executor_keeps_nobody_waiting(self, run: Driver) -> None:
        _begin(run)
        other = Driver(run.store, "waiting")
        other.begin()
        launch(other, z="cluster")
        assert _go_on(run, {"b": None}, [HERE, THERE]) == [Claim("run", "b", 1, "process")]


class Inheriting:
    """Attempts that outlast their owner go on under another one."""

    def test_an_attempt_of_who_is_gone_is_taken_over_as_it_is(self, run: Driver) -> None:
        run.plan(
            create=[Create("a", "task")], launch=[Launch("a", 1, until=5e6, executor="cluster")]
        )
        (claimed,) = claim(run, THERE, owner="me")
        run.started("a")
        run.stop("a")
        (before,) = run.store.attempts("run")
        run.store.retire("me")
        lost = run.store.lost("owner", None, 9)
        assert run.store.inherit(lost, "you", run.now()) == [claimed]
        (after,) = run.store.attempts("run")
        assert (after.owner, after.phase, after.started) == ("you", "RUNNING", before.started)
        assert (after.until, after.executor) == (5e6, "cluster")
        assert run.store.flagged("you") == [(claimed, "abort")]
        assert run.store.lost("owner", None, 9) == []
        assert run.events("a")[-1] == (1, "TAKEN", "you")

    def test_who_has_taken_it_over_reports_its_end_and_who_had_it_does_not(
        self, run: Driver
    ) -> None:
        _leave(run, "a")
        _inherit(run, "you")
        assert run.end("a", owner="me") == 0
        assert run.end("a", owner="you") == 1
        assert [each.event for each in run.lines("a")[-2:]] == ["STALE", "SUCCEEDED"]

    def test_a_time_limit_holds_for_what_was_taken_over(self, run: Driver) -> None:
        run.plan(create=[Create("a", "task")], launch=[Launch("a", 1, deadline=5000.0)])
        (claimed,) = run.claim("me")
        run.store.retire("me")
        _inherit(run, "you")
        assert run.store.time_out("owner", None, 5000.0) == 1
        assert run.store.flagged("you") == [(claimed, "timeout")]

    def test_it_is_taken_over_by_one(self, run: Driver, other: Store) -> None:
        _leave(run, "a", "b")
        lost = run.store.lost("owner", None, 9)
        mine = run.store.inherit(lost[:1], "you", run.now())
        yours = other.inherit(lost, "another", run.now())
        assert mine == [Claim("run", "a", 1)]
        assert yours == [Claim("run", "b", 1)]
        assert run.store.inherit([], "you", run.now()) == []

    def test_nobody_takes_from_who_lives_nor_what_is_over(self, run: Driver) -> None:
        run.launch("a", "b", "c")
        claims = run.claim("me")
        before = run.lines()
        assert run.store.inherit([(each, "me") for each in claims], "you", run.now()) == []
        assert run.lines() == before
        run.end("a", owner="me")
        run.store.retire("me")
        lost = [(each, "me") for each in claims]
        wrong = [(each, "another") for each in claims]
        unknown = [(Claim("run", "nowhere", 1), "me"), (Claim("run", "b", 2), "me")]
        assert run.store.inherit([*wrong, *unknown], "you", run.now()) == []
        assert run.store.inherit(lost, "unknown", run.now()) == []
        assert run.store.inherit(lost, "you", run.now()) == claims[1:]

    def test_who_is_gone_takes_nothing_over(self, run: Driver) -> None:
        _leave(run, "a")
        lost = run.store.lost("owner", None, 9)
        run.store.retire("you")
        assert run.store.inherit(lost, "you", run.now()) == []
        assert run.store.inherit(lost, "me", run.now()) == []
        assert run.store.lost("owner", None, 9) == lost


def _begin(run: Driver) -> None:
    """A run whose only open task, ``a``, is under way, and that has no news."""
    run.launch("a")
    assert run.claim() == [Claim("run", "a", 1)]


def _go_on(run: Driver, follow: dict[str, str | None], rooms: Sequence[Room]) -> list[Claim] | None:
    """`a` has ended, and these follow, by id with what they name as their executor."""
    commit = run.ahead(
        create=[Create(id, "task") for id in follow],
        move=[Move("a", Phase.SUCCEEDED)],
        launch=[Launch(id, 1, executor=executor) for id, executor in follow.items()],
    )
    return run.store.proceed([run.ended("a")], [commit], "owner", rooms, run.now())


def _leave(run: Driver, *ids: str) -> None:
    """Attempts whose owner is gone."""
    run.launch(*ids)
    run.store.claim("me", None, rooms(), run.now())
    run.store.retire("me")


def _inherit(run: Driver, owner: str) -> None:
    lost = run.store.lost("owner", None, 9)
    assert len(run.store.inherit(lost, owner, run.now())) == len(lost) > 0
