"""Any sequence of verbs leaves the same in both stores."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import structs

from volery.engine.model import (
    BODY,
    Abort,
    AttemptPhase,
    CacheEntry,
    Called,
    Create,
    Fact,
    Launch,
    Move,
    NodeKind,
    Phase,
    Reuse,
    ScopeState,
)
from volery.ids import ROOT, join, split
from volery.ir.ref import Ref
from volery.store.base import Claim, Commit, NewScope, Queue
from volery.store.journal import fold
from volery.store.memory import MemoryStore
from volery.store.moves import IllegalMove
from volery.store.sqlite import open_sqlite
from volery.testing.conformance.store_driver import (
    FAILURE,
    OUTPUTS,
    OWNERS,
    Driver,
    everything,
    rooms,
)

OWNER = st.sampled_from(OWNERS)
ENDS = [phase for phase in AttemptPhase if phase.terminal]
TERMINAL = [phase for phase in Phase if phase.terminal]
ELEMENTS = ["[0:9]", "[0]", "[9]", "[10:30]"]
IDS = [*(f"n{number}" for number in range(8)), *ELEMENTS, BODY]
SCOPE_KINDS = frozenset({"workflow", "map", "dynamic", "eager"})
KEYS = ["k1", "k2"]
TIMES = st.none() | st.integers(900, 1300).map(float)
"""Around the time that it is, as a driver counts it; None: none is set."""

LAUNCHES = st.builds(
    Launch,
    id=st.sampled_from(IDS),
    attempt=st.just(1),
    due=TIMES.map(lambda due: due or 0.0),
    deadline=TIMES,
    until=TIMES,
    priority=st.none() | st.integers(-1, 1),
    reserve=st.none() | st.sampled_from(KEYS),
)
QUEUES = st.none() | st.builds(
    Queue,
    name=st.just("queue"),
    most=st.integers(1, 2),
    when_full=st.sampled_from(["queue", "skip", "replace"]),
)


class SideBySide(RuleBasedStateMachine):
    """Each step is taken on both stores; what it gives back has to be the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        sqlite = open_sqlite(Path(self.folder.name) / "volery.db")
        self.drivers = (Driver(MemoryStore()), Driver(sqlite))

    def teardown(self) -> None:
        self.drivers[1].store.close()
        self.folder.cleanup()

    def both(self, step: Callable[[Driver], Any]) -> Any:
        def outcome(driver: Driver) -> Any:
            try:
                return step(driver)
            except IllegalMove:
                return IllegalMove

        memory, sqlite = map(outcome, self.drivers)
        assert memory == sqlite
        return memory

    def plan(self, scope: str, **changes: Any) -> Any:
        return self.both(lambda driver: driver.plan(scope, **changes))

    @property
    def nodes(self) -> dict[str, tuple[NodeKind, int]]:
        return {node.path: (node.kind, node.attempt) for node in self.drivers[0].store.nodes("run")}

    def scopes(self, *kinds: NodeKind) -> list[str]:
        wanted = kinds or SCOPE_KINDS
        inner = [path for path, (kind, _) in self.nodes.items() if kind in wanted]
        return inner if kinds else [ROOT, *inner]

    def tasks(self) -> list[str]:
        return [path for path, (kind, _) in self.nodes.items() if kind == "task"]

    def inside(self, scope: str) -> list[str]:
        return [split(path)[1] for path in self.nodes if split(path)[0] == scope]

    @initialize(most=st.none() | st.integers(1, 3), queue=QUEUES)
    def begin(self, most: int | None, queue: Queue | None) -> None:
        self.both(lambda driver: driver.begin(max_parallelism=most, queue=queue))

    # -- owners ---------------------------------------------------------------------------

    @rule(owner=OWNER, expires=st.integers(900, 1300).map(float))
    def renew(self, owner: str, expires: float) -> None:
        self.both(lambda driver: driver.store.renew(owner, expires))

    @rule(owner=OWNER, expires=st.integers(900, 1300).map(float))
    def revive(self, owner: str, expires: float) -> None:
        self.both(lambda driver: driver.store.revive(owner, expires))

    @rule()
    def bury(self) -> None:
        self.both(lambda driver: sorted(driver.store.bury(driver.now())))

    @rule(owner=OWNER)
    def adopt(self, owner: str) -> None:
        self.both(lambda driver: driver.store.adopt(owner, 9))

    @rule(old=st.none() | OWNER, new=st.none() | OWNER)
    def take(self, old: str | None, new: str | None) -> None:
        self.both(lambda driver: driver.store.take("run", old, new))

    # -- plans ----------------------------------------------------------------------------

    @rule(
        data=st.data(),
        launches=st.lists(LAUNCHES, min_size=1, max_size=4, unique_by=lambda each: each.id),
        until=TIMES,
    )
    def launch(self, data: st.DataObject, launches: Sequence[Launch], until: float | None) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        create = [Create(each.id, "task", until=until) for each in launches]
        self.plan(scope, create=create, launch=launches)

    @rule(data=st.data(), id=st.sampled_from(["s1", "s2", "[5]"]), wake_at=TIMES)
    def open(self, data: st.DataObject, id: str, wake_at: float | None) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        kind = data.draw(st.sampled_from(sorted(SCOPE_KINDS)))
        create, opened = [Create(id, kind)], [NewScope(id, OUTPUTS)]
        self.plan(scope, create=create, scopes=opened, wake_at=wake_at)

    @rule(data=st.data(), id=st.sampled_from(["lp1", "lp2"]), queue=QUEUES)
    def start(self, data: st.DataObject, id: str, queue: Queue | None) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))

        def started(driver: Driver) -> bool:
            waits = ScopeState(begun=queue is None)
            new = structs.replace(driver.child(id, scope), queue=queue, state=waits)
            return driver.plan(scope, create=[Create(id, "launch_plan")], executions=[new])

        self.both(started)

    @rule(data=st.data(), id=st.sampled_from(["c1", "c2"]))
    def give(self, data: st.DataObject, id: str) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        reuse = data.draw(st.sampled_from([None, Reuse("cached", "run", "n1")]))
        create = [Create(id, "task", Phase.SUCCEEDED)]
        self.plan(scope, create=create, give=[(id, OUTPUTS, reuse)])

    @precondition(tasks)
    @rule(data=st.data())
    def relaunch(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(self.tasks()))
        scope, id = split(path)
        attempt = self.nodes[path][1] + 1
        self.both(lambda driver: driver.relaunch(id, attempt, scope))

    @precondition(tasks)
    @rule(data=st.data(), phase=st.sampled_from(TERMINAL))
    def move(self, data: st.DataObject, phase: Phase) -> None:
        scope, id = split(data.draw(st.sampled_from(self.tasks())))
        self.both(lambda driver: driver.move(id, phase, scope))

    @rule(data=st.data())
    def plan_what_ended(self, data: st.DataObject) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        over = [
            child.id
            for child in self.drivers[0].children(path=scope).values()
            if child.phase is Phase.RUNNING and child.attempt_phase is AttemptPhase.SUCCEEDED
        ]
        moves = [Move(id, Phase.SUCCEEDED) for id in sorted(over)]
        self.plan(scope, move=moves, release=sorted(over))

    @rule(data=st.data(), keys=st.sets(st.sampled_from(KEYS)))
    def wait(self, data: st.DataObject, keys: set[str]) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        release = data.draw(st.sets(st.sampled_from(self.inside(scope) or ["none"])))
        there = sorted(release - {"none"})
        self.plan(scope, wait=sorted(keys), release=there)

    @precondition(lambda self: self.nodes)
    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        inside = self.inside(scope)
        self.both(lambda driver: driver.stop(*inside, path=scope))

    @rule(data=st.data(), phase=st.sampled_from([Phase.SUCCEEDED, Phase.FAILED]))
    def finish(self, data: st.DataObject, phase: Phase) -> None:
        scope = data.draw(st.sampled_from(self.scopes()[1:] or [ROOT]))
        self.both(lambda driver: driver.finish(phase, scope))

    @precondition(lambda self: self.children())
    @rule(data=st.data(), phase=st.sampled_from([Phase.SUCCEEDED, Phase.ABORTED]))
    def finish_child(self, data: st.DataObject, phase: Phase) -> None:
        child = data.draw(st.sampled_from(self.children()))
        self.both(lambda driver: driver.finish(phase, execution=child))

    @rule(data=st.data(), id=st.sampled_from(IDS))
    def plan_several(self, data: st.DataObject, id: str) -> None:
        free = [scope for scope in self.scopes() if join(scope, id) not in self.nodes]
        scopes = data.draw(st.lists(st.sampled_from(free), max_size=3)) if free else []
        create, launch = [Create(id, "task")], [Launch(id, 1, reserve="k1")]

        def planned(driver: Driver) -> list[bool]:
            commits: list[Commit] = [
                driver.prepare(scope, create=create, launch=launch) for scope in scopes
            ]
            return driver.store.commit(commits, driver.now())

        self.both(planned)

    @rule(reason=st.sampled_from(["enough", "too long\nby far"]))
    def abort(self, reason: str) -> None:
        self.both(lambda driver: driver.store.abort("run", reason, driver.now()))

    @precondition(lambda self: self.children())
    @rule(data=st.data())
    def abort_from_above(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from([each for each in self.nodes if "lp" in each]))
        scope, id = split(path)
        self.plan(scope, abort=[Abort(id, "from above")])

    # -- attempts -------------------------------------------------------------------------

    @rule(owner=OWNER, root=st.sampled_from([None, "run"]), limit=st.integers(1, 5))
    def claim(self, owner: str, root: str | None, limit: int) -> None:
        self.both(lambda driver: driver.store.claim(owner, root, rooms(limit), driver.now()))

    @rule(owner=OWNER, root=st.sampled_from([None, "run"]))
    def wake(self, owner: str, root: str | None) -> None:
        self.both(lambda driver: driver.store.wake(owner, root, driver.now()))

    @rule(owner=OWNER, root=st.sampled_from([None, "run"]))
    def time_out(self, owner: str, root: str | None) -> None:
        self.both(lambda driver: driver.store.time_out(owner, root, driver.now()))

    @precondition(tasks)
    @rule(data=st.data(), offset=st.sampled_from([0, 0, 0, 1]))
    def begin_attempt(self, data: st.DataObject, offset: int) -> None:
        path = data.draw(st.sampled_from(self.tasks()))
        attempt = self.nodes[path][1] - offset
        self.both(lambda driver: driver.started(path, attempt))

    @precondition(tasks)
    @rule(data=st.data(), phase=st.sampled_from(ENDS))
    def end_attempts(self, data: st.DataObject, phase: AttemptPhase) -> None:
        paths = data.draw(st.lists(st.sampled_from(self.tasks()), min_size=1, max_size=5))
        owners = data.draw(st.lists(OWNER, min_size=len(paths), max_size=len(paths)))
        emits = data.draw(st.booleans()) and phase is AttemptPhase.SUCCEEDED
        given = {"outputs": None, "graph": b"graph"} if emits else {}
        failure = None if phase is AttemptPhase.SUCCEEDED else FAILURE
        newest = {path: attempt for path, (_, attempt) in self.nodes.items()}

        def report(driver: Driver) -> int:
            cache = (CacheEntry("key", "task", (), OUTPUTS, "run", paths[0]),)
            facts = [
                driver.ended(
                    path, newest[path], phase, owner, failure=failure, cache=cache, **given
                )
                for path, owner in zip(paths, owners, strict=True)
            ]
            return driver.store.record(facts, driver.now())

        self.both(report)

    def held(self) -> dict[str, str]:
        """Open attempts that somebody owns, and who, as their family's driver sees it."""
        store = self.drivers[0].store
        held = [each for owner in OWNERS for each in store.held(owner, None)]
        return {claim.path: owner for claim, owner in held if claim.execution == "run"}

    @precondition(held)
    @rule(data=st.data(), phase=st.sampled_from(ENDS), room=st.integers(0, 2))
    def proceed(self, data: st.DataObject, phase: AttemptPhase, room: int) -> None:
        held = self.held()
        scope, owner = data.draw(st.sampled_from([(split(at)[0], of) for at, of in held.items()]))
        inside = [
            path for path, holder in held.items() if (split(path)[0], holder) == (scope, owner)
        ]
        paths = data.draw(st.lists(st.sampled_from(inside), min_size=1, unique=True))
        follower = data.draw(st.none() | st.sampled_from(IDS))
        begun = [] if follower is None else [follower]
        create, launch = [Create(id, "task") for id in begun], [Launch(id, 1) for id in begun]
        numbers = {path: self.nodes[path][1] for path in paths}
        failure = None if phase is AttemptPhase.SUCCEEDED else FAILURE
        moves = [Move(split(path)[1], Phase.SUCCEEDED) for path in paths]
        if failure is not None:
            launch += [Launch(split(path)[1], number + 1) for path, number in numbers.items()]
            moves = []

        def carried(driver: Driver) -> list[Claim] | None:
            facts = [
                driver.ended(path, number, phase, owner, failure=failure)
                for path, number in numbers.items()
            ]
            commit = driver.ahead(scope, create=create, move=moves, launch=launch)
            return driver.store.proceed(facts, [commit], owner, rooms(room), driver.now())

        self.both(carried)

    @precondition(lambda self: self.scopes("eager"))
    @rule(data=st.data(), owner=OWNER, calls=st.lists(st.sampled_from(["x1", "x2"])))
    def call(self, data: st.DataObject, owner: str, calls: list[str]) -> None:
        path = data.draw(st.sampled_from(self.scopes("eager")))
        task = Ref("task", "t")
        facts: list[Fact] = [
            Called("run", path, 1, owner, call, "task", task, "bundle", OUTPUTS) for call in calls
        ]
        self.both(lambda driver: driver.store.record(facts, driver.now()))
        for call in calls:
            self.both(lambda driver, call=call: driver.store.call("run", join(path, call)))

    @rule(data=st.data(), id=st.sampled_from(["g1", "g2"]))
    def signal(self, data: st.DataObject, id: str) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        if data.draw(st.booleans()):
            self.plan(scope, create=[Create(id, "gate")])
        path = join(scope, id)
        self.both(lambda driver: driver.store.signal("run", path, OUTPUTS, driver.now()))

    # -- what has to be the same ------------------------------------------------------------

    def children(self) -> list[str]:
        return [each.child for each in self.drivers[0].store.nodes("run") if each.child]

    @invariant()
    def both_tell_the_same(self) -> None:
        executions = ["run", *self.children()]
        told = [everything(driver.store, executions) for driver in self.drivers]
        assert told[0] == told[1]
        reserved = [driver.store.reserved(KEYS) for driver in self.drivers]
        assert reserved[0] == reserved[1]

    @invariant()
    def the_journal_folds_to_the_tables(self) -> None:
        driver = self.drivers[1]
        folded = fold(driver.lines())
        for execution in ("run", *self.children()):
            record = driver.store.execution(execution)
            if record is not None:
                assert folded[execution, ROOT] is record.phase
            for node in driver.store.nodes(execution):
                assert folded[execution, node.path] is node.phase


SideBySide.TestCase.settings = settings(max_examples=40, stateful_step_count=25)
TestSideBySide = SideBySide.TestCase


def test_a_path_leads_back_to_its_scope() -> None:
    for scope, id in [(ROOT, "a"), ("a", "b"), ("a", "[3]"), ("a[3]", "b"), ("a[0:2]", "[1]")]:
        assert split(join(scope, id)) == (scope, id)
