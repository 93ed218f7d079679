"""What every store must do: owners, their leases, and the families that they drive."""

from __future__ import annotations

import pytest

from volery.engine.model import (
    AttemptPhase,
)
from volery.ids import ROOT
from volery.store.base import (
    Claim,
    OwnerRecord,
    Store,
)
from volery.store.moves import IllegalMove
from volery.testing.conformance.store_driver import FAILURE, OWNERS, Driver, rooms


class Owners:
    """An owner lives as long as its lease, and until somebody says that it does not."""

    def test_an_owner_lives_from_when_it_is_enlisted(self, store: Store) -> None:
        store.enlist("b", "pool", 10.0)
        store.enlist("a", "other", 20.0)
        assert store.owners() == [
            OwnerRecord("a", "other", 20.0, gone=False),
            OwnerRecord("b", "pool", 10.0, gone=False),
        ]
        assert store.owner("a") == store.owners()[0]
        assert store.owner("unknown") is None

    def test_an_id_is_used_once(self, store: Store) -> None:
        store.enlist("a", "pool", 10.0)
        store.retire("a")
        with pytest.raises(IllegalMove):
            store.enlist("a", "pool", 20.0)

    def test_a_lease_is_prolonged(self, store: Store) -> None:
        store.enlist("a", "pool", 10.0)
        assert store.renew("a", 20.0)
        assert store.bury(19.0) == []
        assert store.bury(20.0) == ["a"]

    def test_a_lease_that_ran_out_is_prolonged_until_somebody_draws_the_consequence(
        self, store: Store
    ) -> None:
        store.enlist("a", "pool", 10.0)
        store.enlist("b", "pool", 10.0)
        assert store.renew("a", 100.0)
        assert store.bury(50.0) == ["b"]
        assert not store.renew("b", 100.0)
        assert store.bury(50.0) == []
        assert [each.id for each in store.owners()] == ["a"]
        assert store.owner("b") == OwnerRecord("b", "pool", 10.0, gone=True)

    def test_an_owner_that_retires_is_gone(self, store: Store) -> None:
        store.enlist("a", "pool", 10.0)
        for _ in range(2):
            store.retire("a")
        store.retire("unknown")
        assert store.owners() == []
        assert not store.renew("a", 20.0)
        assert not store.renew("unknown", 20.0)

    def test_an_owner_that_is_gone_and_has_nothing_lives_again(self, run: Driver) -> None:
        run.store.enlist("idle", "pool", 10.0)
        assert run.store.bury(20.0) == ["idle"]
        assert run.store.revive("idle", 30.0)
        assert run.store.owner("idle") == OwnerRecord("idle", "pool", 30.0, gone=False)
        run.launch("a")
        assert run.claim("idle") == [Claim("run", "a", 1)]
        assert run.end("a", owner="idle") == 1

    def test_who_lives_or_was_never_there_cannot_be_revived(self, store: Store) -> None:
        store.enlist("a", "pool", 10.0)
        assert not store.revive("a", 20.0)
        assert not store.revive("unknown", 20.0)
        assert store.owners() == [OwnerRecord("a", "pool", 10.0, gone=False)]

    def test_an_owner_that_is_gone_stays_so_while_anything_is_its_own(self, run: Driver) -> None:
        run.launch("a")
        run.claim("me")
        for owner in ("owner", "me"):
            run.store.retire(owner)
            assert not run.store.revive(owner, 1e12)
            assert not run.store.renew(owner, 1e12)
        run.end("a", owner="me", phase=AttemptPhase.LOST, failure=FAILURE)
        assert run.store.revive("me", 1e12)
        assert not run.store.revive("owner", 1e12)
        assert run.store.adopt("me", 9) == ["run"]
        assert run.store.revive("owner", 1e12)

    def test_what_was_taken_from_an_owner_is_not_its_own_when_it_lives_again(
        self, run: Driver
    ) -> None:
        run.launch("a", "b")
        lost, inherited = run.claim("me")
        run.store.retire("me")
        run.end(lost.path, owner="me", phase=AttemptPhase.LOST, failure=FAILURE)
        assert run.store.inherit([(inherited, "me")], "you", run.now()) == [inherited]
        assert run.store.revive("me", 1e12)
        assert run.end(lost.path, owner="me") == run.end(inherited.path, owner="me") == 0
        assert [run.events(each.path)[-1] for each in (lost, inherited)] == [
            (1, "STALE", "SUCCEEDED")
        ] * 2
        assert run.end(inherited.path, owner="you") == 1

    def test_who_has_driven_what_is_over_lives_again(self, run: Driver) -> None:
        run.launch("a")
        run.claim("owner")
        run.end("a")
        run.finish()
        run.store.retire("owner")
        assert run.store.revive("owner", 1e12)

    def test_an_owner_that_is_gone_gets_nothing(self, run: Driver) -> None:
        run.launch("a")
        run.store.retire("me")
        assert run.claim("me") == []
        assert run.store.claim("me", None, rooms(9), run.now()) == []
        assert run.store.claim("unknown", "run", rooms(9), run.now()) == []
        assert run.claim("you") == [Claim("run", "a", 1)]

    def test_what_an_owner_that_is_gone_reports_is_stale(self, run: Driver) -> None:
        run.launch("a")
        run.claim("me")
        run.store.retire("me")
        before = run.store.load("run", ROOT, -1)
        assert run.end("a", owner="me") == 0
        assert run.store.load("run", ROOT, -1) == before
        assert run.store.outputs("run", ["a"]) == {}
        assert run.events("a")[1:] == [(1, "STALE", "SUCCEEDED")]

    def test_that_an_attempt_is_lost_is_said_in_the_name_of_an_owner_that_is_gone(
        self, run: Driver
    ) -> None:
        run.launch("a")
        run.claim("me")
        run.store.retire("me")
        assert run.end("a", owner="me", phase=AttemptPhase.LOST, failure=FAILURE) == 1
        assert run.children()["a"].attempt_phase is AttemptPhase.LOST

    def test_lost_are_the_open_attempts_of_owners_that_are_gone(self, run: Driver) -> None:
        other = Driver(run.store, "other")
        other.begin(owner="you")
        other.launch("x")
        other.claim("me")
        run.launch("a", "b", "c")
        run.claim("me", limit=1)
        run.claim("you", limit=1)
        lost = run.store.lost
        assert lost("owner", None, 9) == []
        run.store.retire("me")
        expected = [(Claim("run", "a", 1), "me")]
        assert (
            lost("owner", None, 9) == lost("owner", "run", 9) == lost("you", "run", 9) == expected
        )
        assert lost("you", None, 9) == [(Claim("other", "x", 1), "me")]
        assert lost("owner", "unknown", 9) == []
        assert lost("owner", None, 0) == []
        run.end("a", owner="me", phase=AttemptPhase.LOST, failure=FAILURE)
        assert lost("owner", None, 9) == []


class Families:
    """A family is driven by one owner at a time."""

    def test_whoever_names_the_owner_rightly_takes_the_family(self, run: Driver) -> None:
        child = run.start("lp")
        assert run.store.take("run", "owner", "me")
        assert not run.store.take("run", "owner", "you")
        assert not run.store.take(child, "you", None)
        assert [_owner(run.store, each) for each in ("run", child)] == ["me", "me"]
        assert run.store.take(child, "me", "you")
        assert [_owner(run.store, each) for each in ("run", child)] == ["you", "you"]
        assert run.store.take("run", "you", None)
        assert [_owner(run.store, each) for each in ("run", child)] == [None, None]

    def test_an_unknown_execution_cannot_be_taken(self, store: Store) -> None:
        assert not store.take("run", None, "me")

    def test_a_family_has_one_owner_whoever_starts_a_child(self, run: Driver) -> None:
        assert run.store.take("run", "owner", "me")
        assert _owner(run.store, run.start("lp", owner="you")) == "me"

    def test_what_concerns_an_owner_follows_the_family(self, run: Driver) -> None:
        sub = run.open("sub")
        run.launch("a", "b")
        run.plan(sub, wake_at=1e6)
        run.claim("me", limit=1)
        run.store.abort("run", "so", run.now())
        assert run.store.take("run", "owner", "you")
        assert run.store.dirty("owner", None, 9) == run.store.held("owner", None) == []
        assert run.store.wake("owner", None, run.now()) is None
        assert run.dirty() == {("run", ROOT)}
        assert [each.path for each in run.store.dirty("you", None, 9)] == [ROOT]
        assert run.store.held("you", None) == [(Claim("run", "a", 1), "me")]
        assert run.store.wake("you", None, run.now()) == 1e6
        assert run.open("later") == "later"
        assert {each.path for each in run.store.dirty("you", None, 9)} == {"later"}

    def test_families_that_nobody_drives_concern_nobody(self, run: Driver) -> None:
        run.launch("a")
        run.store.take("run", "owner", None)
        for owner in OWNERS:
            assert run.store.dirty(owner, None, 9) == []
            assert run.store.claim(owner, None, rooms(9), run.now()) == []
        assert run.claim("me") == [Claim("run", "a", 1)]
        assert run.store.held("me", "run") == [(Claim("run", "a", 1), "me")]

    def test_orphans_are_adopted_by_their_pool(self, run: Driver) -> None:
        run.store.enlist("stranger", "elsewhere", 1e12)
        child = run.start("lp")
        run.launch("a")
        for name in ("done", "more"):
            Driver(run.store, name).begin()
        Driver(run.store, "done").finish()
        assert run.store.adopt("me", 9) == []
        run.store.retire("owner")
        assert run.store.adopt("stranger", 9) == []
        assert run.store.adopt("owner", 9) == []
        assert run.store.adopt("me", 0) == []
        assert {*run.store.adopt("me", 1), *run.store.adopt("me", 9)} == {"run", "more"}
        assert run.store.adopt("you", 9) == []
        owners = [_owner(run.store, each) for each in ("run", child, "more", "done")]
        assert owners == ["me", "me", "me", "owner"]
        assert (child, ROOT) in _tickets(run.store, "me")
        assert run.store.claim("you", None, rooms(9), run.now()) == [Claim("run", "a", 1)]

    def test_owners_of_one_pool_carry_out_each_others_attempts(self, run: Driver) -> None:
        run.store.enlist("stranger", "elsewhere", 1e12)
        run.launch("a")
        assert run.store.claim("stranger", None, rooms(9), run.now()) == []
        assert run.store.claim("me", None, rooms(9), run.now()) == [Claim("run", "a", 1)]


def _owner(store: Store, execution: str) -> str | None:
    record = store.execution(execution)
    assert record is not None
    return record.owner


def _tickets(store: Store, owner: str) -> list[tuple[str, str]]:
    return [(each.execution, each.path) for each in store.dirty(owner, None, 99)]
