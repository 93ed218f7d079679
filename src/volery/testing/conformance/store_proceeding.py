"""What every store must do: ends of attempts carried in together with what follows from them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from volery.engine.model import AttemptPhase, CacheEntry, Create, Launch, Move, Phase
from volery.ids import ROOT
from volery.store.base import Claim, Commit, NewScope, Store
from volery.store.moves import IllegalMove
from volery.testing.conformance.store_driver import FAILURE, OUTPUTS, Driver, everything, rooms

A_ENDS = (Move("a", Phase.SUCCEEDED),)
B_BEGINS = (Create("b", "task"),)
B = (Launch("b", 1),)
FINISHED: dict[str, Any] = {"finish_phase": Phase.SUCCEEDED, "finish_outputs": OUTPUTS}


def _timeless(store: Store, run: str) -> list[object]:
    """What is recorded of an execution, but for its name and the time."""
    row = store.load(run, ROOT, -1)
    children = sorted(row.children, key=lambda child: child.id)
    attempts = [
        structs.replace(each, created=0, taken=None, ended=None) for each in store.attempts(run)
    ]
    lines = [(each.path, each.attempt, each.event) for each in store.journal(run, 0, 99)]
    return [structs.replace(row, execution="", children=children), attempts, lines]


def go_on(run: Driver, room: int = 9) -> list[Claim] | None:
    """`a` has ended, and `b` follows."""
    return run.proceed("a", room=room, create=B_BEGINS, move=A_ENDS, launch=B)


def taken(store: Store) -> dict[str, str]:
    """Open attempts that somebody owns, and who."""
    return {claim.path: owner for claim, owner in store.held("owner", "run")}


class Proceeding:
    """Who knows what follows from an end reports both at once, and goes on."""

    @pytest.fixture
    def held(self, run: Driver) -> Driver:
        """A run whose only open task, ``a``, is under way, and that has no news."""
        run.launch("a")
        assert run.claim() == [Claim("run", "a", 1)]
        return run

    def test_an_end_what_follows_and_its_taker_are_recorded_at_once(self, held: Driver) -> None:
        before = held.store.load("run", ROOT, -1)
        assert go_on(held) == [Claim("run", "b", 1)]
        assert held.phases() == {"a": Phase.SUCCEEDED, "b": Phase.RUNNING}
        assert held.store.outputs("run", ["a"]) == {"a": OUTPUTS}
        assert taken(held.store) == {"b": "owner"}
        assert [each.event for each in held.lines()] == [
            "RUNNING",
            "RUNNING",
            "SUCCEEDED",
            "SUCCEEDED",
            "RUNNING",
        ]
        after = held.store.load("run", ROOT, -1)
        assert after.version == before.version + 1
        assert after.planned_seq == after.wake_seq == before.wake_seq + 1
        assert held.dirty() == set()

    def test_it_is_the_same_as_recording_committing_and_claiming(self, held: Driver) -> None:
        plain = Driver(held.store, "plain")
        plain.begin()
        plain.launch("a")
        plain.claim()
        plain.end("a")
        plain.plan(create=B_BEGINS, move=A_ENDS, launch=B)
        plain.claim()
        go_on(held)
        assert _timeless(held.store, "run") == _timeless(held.store, "plain")

    def test_what_it_took_ends_like_any_other(self, held: Driver) -> None:
        go_on(held)
        assert held.claim() == []
        assert held.end("b") == 1
        assert set(held.children(since=held.store.load("run", ROOT, -1).planned_seq)) == {"b"}

    def test_it_ends_a_scope_and_wakes_the_one_above(self, run: Driver) -> None:
        sub = run.open("sub")
        run.plan()
        run.launch("a", path=sub)
        run.claim()
        assert run.proceed("sub/a", move=A_ENDS, **FINISHED) == []
        assert run.phases() == {"sub": Phase.SUCCEEDED, "sub/a": Phase.SUCCEEDED}
        assert run.dirty() == {("run", ROOT)}

    def test_it_ends_an_execution(self, held: Driver) -> None:
        assert held.proceed("a", move=A_ENDS, **FINISHED) == []
        record = held.store.execution("run")
        assert record is not None
        assert record.phase is Phase.SUCCEEDED
        assert held.dirty() == set()

    def test_a_scope_that_begins_is_dirty(self, held: Driver) -> None:
        create, scopes = [Create("sub", "workflow")], [NewScope("sub", OUTPUTS)]
        assert held.proceed("a", move=A_ENDS, create=create, scopes=scopes) == []
        assert held.dirty() == {("run", "sub")}

    def test_another_attempt_follows_one_that_failed(self, held: Driver) -> None:
        failed = {"phase": AttemptPhase.FAILED, "failure": FAILURE}
        launch = [Launch("a", 2, user_failures=1)]
        assert held.proceed("a", fact=failed, launch=launch) == [Claim("run", "a", 2)]
        assert [each.phase for each in held.store.attempts("run")] == ["FAILED", "LAUNCHING"]

    def test_entries_of_the_cache_are_kept(self, held: Driver) -> None:
        entry = CacheEntry("key", "task", (), OUTPUTS, "run", "a")
        assert held.proceed("a", fact={"cache": (entry,)}, move=A_ENDS) == []
        assert held.store.cached(["key"], held.now())["key"].entry == entry

    def test_several_scopes_go_on_together_the_more_urgent_first(self, held: Driver) -> None:
        sub = held.open("sub")
        held.launch("a", path=sub)
        held.plan()
        held.claim()
        facts = [held.ended("a"), held.ended("sub/a")]
        commits = [held.ahead(create=B_BEGINS, move=A_ENDS, launch=B)]
        urgent = [Launch("b", 1, priority=1)]
        commits += [held.ahead(sub, create=B_BEGINS, move=A_ENDS, launch=urgent)]
        claims = held.store.proceed(facts, commits, "owner", rooms(2), held.now())
        assert claims == [Claim("run", "sub/b", 1), Claim("run", "b", 1)]

    # -- what is not taken ----------------------------------------------------------------

    def test_without_room_nothing_is_taken(self, held: Driver) -> None:
        assert go_on(held, room=0) == []
        assert taken(held.store) == {}
        assert held.claim("you") == [Claim("run", "b", 1)]

    def test_what_waits_in_the_outbox_comes_first(self, held: Driver) -> None:
        waiting = Driver(held.store, "waiting")
        waiting.begin(owner="me")
        waiting.launch("z")
        assert go_on(held) == []
        assert held.store.claim("owner", None, rooms(9), held.now()) == [
            Claim("waiting", "z", 1),
            Claim("run", "b", 1),
        ]

    def test_what_others_may_take_alone_keeps_nobody_waiting(self, held: Driver) -> None:
        held.store.enlist("stranger", "elsewhere", 1e12)
        waiting = Driver(held.store, "waiting")
        waiting.begin(owner="stranger")
        waiting.launch("z")
        assert go_on(held) == [Claim("run", "b", 1)]

    def test_what_is_put_off_is_not_taken(self, held: Driver) -> None:
        later = [Launch("b", 1, due=1e9)]
        assert held.proceed("a", create=B_BEGINS, move=A_ENDS, launch=later) == []
        assert taken(held.store) == {}
        assert held.store.wake("owner", "run", held.now()) == 1e9

    def test_what_waits_for_a_slot_is_not_taken(self, run: Driver) -> None:
        narrow = Driver(run.store, "narrow")
        narrow.begin(max_parallelism=1)
        narrow.launch("a")
        run.store.wake("owner", None, run.now())
        assert narrow.claim() == [Claim("narrow", "a", 1)]
        assert go_on(narrow) == []
        assert narrow.claim() == []
        run.store.wake("owner", None, run.now())
        assert narrow.claim() == [Claim("narrow", "b", 1)]

    # -- what is refused ------------------------------------------------------------------

    def test_a_late_end_changes_nothing(self, held: Driver) -> None:
        commit = held.ahead(create=B_BEGINS, move=A_ENDS, launch=B)
        held.end("a")
        self._refused(held, commit)

    def test_an_end_of_another_owners_attempt_changes_nothing(self, held: Driver) -> None:
        commit = held.ahead(create=B_BEGINS, move=A_ENDS, launch=B)
        self._refused(held, commit, "you")

    def test_an_end_by_who_is_gone_changes_nothing(self, held: Driver) -> None:
        commit = held.ahead(create=B_BEGINS, move=A_ENDS, launch=B)
        held.store.retire("owner")
        self._refused(held, commit)

    def test_who_does_not_drive_an_execution_cannot_plan_it_so(self, held: Driver) -> None:
        commit = held.ahead(create=B_BEGINS, move=A_ENDS, launch=B)
        assert held.store.take("run", "owner", "me")
        self._refused(held, commit)

    def test_a_scope_with_other_news_is_left_alone(self, held: Driver) -> None:
        commit = held.ahead(create=B_BEGINS, move=A_ENDS, launch=B)
        held.store.abort("run", "enough", held.now())
        self._refused(held, commit)

    def test_a_plan_for_an_old_version_is_not_carried_in(self, held: Driver, other: Store) -> None:
        commit = held.ahead(create=B_BEGINS, move=A_ENDS, launch=B)
        held.store.abort("run", "enough", held.now())
        assert Driver(other).plan()
        self._refused(held, structs.replace(commit, planned_seq=commit.planned_seq + 1))

    def test_of_several_plans_all_are_carried_in_or_none(self, held: Driver) -> None:
        sub = held.open("sub")
        held.launch("a", path=sub)
        held.plan()
        held.claim()
        commits = [held.ahead(path, move=A_ENDS) for path in (ROOT, sub)]
        held.plan(sub)
        before = everything(held.store, ["run"])
        facts = [held.ended("a"), held.ended("sub/a")]
        assert held.store.proceed(facts, commits, "owner", rooms(9), held.now()) is None
        assert everything(held.store, ["run"]) == before

    def test_what_somebody_else_is_making_is_not_begun(self, held: Driver) -> None:
        rival = Driver(held.store, "rival")
        rival.begin()
        rival.plan(create=B_BEGINS, launch=[Launch("b", 1, reserve="key")])
        commit = held.ahead(create=B_BEGINS, move=A_ENDS, launch=[Launch("b", 1, reserve="key")])
        self._refused(held, commit)

    def test_an_unknown_scope_is_not_planned(self, held: Driver) -> None:
        self._refused(held, Commit("run", "sub", 0, 2))
        self._refused(held, Commit("unknown", ROOT, 0, 2))

    def test_what_breaks_a_rule_leaves_nothing_of_the_end_either(self, held: Driver) -> None:
        before = everything(held.store, ["run"])
        with pytest.raises(IllegalMove):
            held.proceed("a", move=A_ENDS, create=[Create("a", "task")])
        with pytest.raises(IllegalMove, match="attempt 3"):
            held.proceed("a", fact={"phase": AttemptPhase.LOST}, launch=[Launch("a", 3)])
        with pytest.raises(IllegalMove, match="outputs"):
            held.proceed("a", fact={"outputs": None}, move=A_ENDS)
        assert everything(held.store, ["run"]) == before

    def _refused(self, run: Driver, commit: Commit, owner: str = "owner") -> None:
        before = everything(run.store, ["run"])
        facts = [run.ended("a", owner=owner)]
        assert run.store.proceed(facts, [commit], owner, rooms(9), run.now()) is None
        assert everything(run.store, ["run"]) == before
