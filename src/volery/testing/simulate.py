"""The simulator: replicas of the engine over one store, in random order, with all that can happen.

They die, are stopped and taken for dead, or get errors at any verb of a port; executions are
aborted, gates are signalled, and time passes. Everything is real but the time, the executor and
the mishaps: the planner, the services and a store. A run is a function of its seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any, cast

import msgspec

from volery.engine.model import Phase
from volery.errors import LeaseLost, StoreError
from volery.executors.base import Executor
from volery.ids import ROOT
from volery.ir.nodes import GateTarget
from volery.ir.ref import Ref
from volery.ir.values import EMPTY, pack
from volery.sdk.fingerprint import fingerprinted
from volery.sdk.program import Program
from volery.sdk.task import Task
from volery.services.context import Contexts
from volery.services.lease import LEASE
from volery.services.orchestrator import Orchestrator, Particulars
from volery.store.base import Claim, ExecutionRecord, Store
from volery.store.memory import MemoryStore
from volery.testing import pictures
from volery.testing.crashes import Mishap, Point, Watched
from volery.testing.lasting import Cluster, LastingExecutor
from volery.testing.shuffled import ShuffledExecutor

MOST_STEPS = 50_000
"""A run that takes longer is stuck."""
IDLE_STEPS = 60
"""After so many steps in which nothing happened, time passes."""
POOL = "simulated"
_TELLING = frozenset({"record", "commit", "proceed", "claim", "poll", "bury", "adopt", "time_out"})
"""Verbs whose answer tells whether anything happens."""


class Death(BaseException):
    """A replica ends here. Not an Exception, so that nothing on the way handles it."""


class Chances(msgspec.Struct, frozen=True):
    """How likely each mishap is, at each occasion.

    Attributes:
        death: a replica dies at a verb, before or after it took effect.
        doubt: a replica that lives is taken for dead by all others, and does not know.
        error: a verb raises, before or after it took effect; the replica is closed, or goes on.
        stop: a replica is stopped at a verb, until others have taken it for dead.
        crash: a work ends in a SYSTEM failure without having run.
        abort: somebody asks for an abort, at each step.
        signal: somebody looks at the gates and signals one that waits, at each step.
        interrupt: another replica takes a step, at each verb.
    """

    death: float = 0.01
    doubt: float = 0.004
    error: float = 0.0
    stop: float = 0.0
    crash: float = 0.02
    abort: float = 0.0
    signal: float = 0.2
    interrupt: float = 0.1


CALM = Chances(death=0.0, doubt=0.0, crash=0.0, interrupt=0.0)
"""Nothing happens by chance."""


class Planned(msgspec.Struct, frozen=True):
    """A mishap that happens for certain: when a point is reached for the `nth` time, from 1."""

    point: Point
    mishap: Mishap
    nth: int = 1


class SteppedClock:
    """Moves a little at each look; now and then, by the seed, it shows a time that is past."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)  # noqa: S311 - a simulation, repeatable by its seed
        self._now = 1_000_000.0

    def now(self) -> float:
        self._now += 0.001
        return self._now - (3.0 if self._random.random() < 0.05 else 0.0)

    def skip(self, to: float) -> None:
        self._now = max(self._now, to)


class Replica:
    """One process of the engine: its services, which may be stepped in any order."""

    def __init__(self, world: World, name: str) -> None:
        self.name = name

        def befall(point: Point, answer: Any) -> None:
            world.befall(name, point, answer)

        self.executor = world.executor()
        self.store = cast("Store", Watched(world.store, "store", befall))
        self._watched = cast("Executor", Watched(self.executor, "executor", befall))
        self.orchestrator = Orchestrator(
            self.store,
            self._watched,
            clock=world.clock,
            owner=name,
            alive=world.living.__contains__,
            on_print=_unheard,
            pool=POOL,
        )

    def close(self) -> None:
        """End by itself, as an engine does."""
        self._watched.close()
        self.orchestrator.close()
        self.store.close()


class World:
    """A store, the replicas on it, and what befalls them."""

    def __init__(
        self,
        program: Program,
        seed: int,
        *,
        chances: Chances,
        replicas: int = 2,
        planned: Planned | None = None,
        store: Store | None = None,
        signals: Mapping[str, Any] | None = None,
        lasting: bool = False,
    ) -> None:
        """What is `planned` happens besides. `signals`: for gates, by name, what they are given.

        `lasting`: attempts run in a cluster, and go on when the replica dies that has begun them.
        """
        self.name = "simulated"
        self.program = fingerprinted(program)
        self.random = Random(seed)  # noqa: S311 - a simulation, repeatable by its seed
        self.chances = chances
        self.store = store or MemoryStore()
        self.clock = SteppedClock(seed)
        self.tasks: dict[str, Task[..., Any]] = dict(program.tasks)
        self.reached: Counter[Point] = Counter()
        """How often each point was reached, before everything had ended."""
        self.living: set[str] = set()
        self.mishaps: Counter[Mishap] = Counter()
        self.roots: list[str] = []
        self._signals = signals or {}
        self._cluster = Cluster(self._shuffled()) if lasting else None
        self._planned = planned
        self._at_risk = 0
        self._contexts = Contexts(self.store)
        self._names = 0
        self._idle = 0
        self._busy: set[str] = set()
        self._settling = False
        self._replicas: list[Replica] = []
        self._replicas += [self._replica() for _ in range(replicas)]

    def executor(self) -> ShuffledExecutor | LastingExecutor:
        """One for a replica."""
        return LastingExecutor(self._cluster) if self._cluster else self._shuffled()

    def _shuffled(self) -> ShuffledExecutor:
        return ShuffledExecutor(self.tasks, self.random, self.clock, self.chances.crash)

    def run(self, entity: Ref, inputs: bytes = EMPTY) -> ExecutionRecord:
        """Submit, and let things happen until the execution has ended."""
        self.submit(self.name, entity, inputs)
        self.finish()
        return self.record()

    def submit(self, name: str, entity: Ref, inputs: bytes = EMPTY, **particulars: Any) -> None:
        """Have an execution of this name accepted, however often that takes."""
        given = cast("Particulars", {**particulars, "name": name})
        while self.store.execution(name) is None:
            submit = self._replicas[0].orchestrator.submit
            self._risk(0, partial(submit, self.program.bundle, entity, inputs, **given))
        self.roots.append(name)

    def ask(self, position: int, act: Callable[[Replica], object]) -> None:
        """Somebody wants a replica to do something; if it does not survive that, the next one."""
        done: list[object] = []
        while not done:
            self._risk(position, lambda: done.append(act(self._replicas[position])))

    def finish(self) -> None:
        """Let things happen until all executions have ended."""
        for _ in range(MOST_STEPS):
            if not (open_ := self.open_roots()):
                self._settle()
                return
            if self.random.random() < self.chances.abort:
                self.store.abort(self.random.choice(open_), "simulated", self.clock.now())
            if self.random.random() < self.chances.signal:
                self.signal_one(self.random.choice(open_))
            self._step(open_)
        stuck = [pictures.picture(self.store, root) for root in self.open_roots()]
        raise AssertionError(f"stuck: {stuck}")

    def open_roots(self) -> list[str]:
        """The executions that have not ended."""
        return [root for root in self.roots if not self.record(root).phase.terminal]

    def record(self, name: str = "") -> ExecutionRecord:
        """An execution as the store has it now; by default the one that was run."""
        record = self.store.execution(name or self.name)
        if record is None:
            raise AssertionError("an accepted execution is gone")
        return record

    def outputs(self, name: str = "") -> bytes:
        """The output record of an execution, which SUCCEEDED."""
        return self.store.outputs(name or self.name, [ROOT])[ROOT]

    # -- mishaps --------------------------------------------------------------------------

    def befall(self, caller: str, point: Point, answer: Any) -> None:
        """Something may happen to `caller` at this point."""
        if point.verb in _TELLING and _tells(answer):
            self._idle = 0
        if self._settling:
            return
        if point.when == "before":
            self._interrupt(caller)
        self.reached[point] += 1
        mishap = self._mishap(point)
        if mishap is None:
            return
        self.mishaps[mishap] += 1
        match mishap:
            case "kill":
                raise Death
            case "doubt":
                self.living.discard(caller)
            case "error":
                raise StoreError(f"simulated: {point}")
            case "stop":
                self._stop(caller)

    def befall_inside(self, point: Point, answer: Any) -> None:
        """The same inside of a verb, for a `WatchedDatabase`; not to who only looks on."""
        if self._at_risk:
            self.befall("", point, answer)

    def _mishap(self, point: Point) -> Mishap | None:
        luck = self.random.random()
        planned = self._planned
        if planned is not None and planned.point == point and planned.nth == self.reached[point]:
            return planned.mishap
        chances: dict[Mishap, float] = {
            "kill": self.chances.death,
            "doubt": self.chances.doubt,
            "error": self.chances.error,
            "stop": self.chances.stop,
        }
        for mishap, chance in chances.items():
            luck -= chance / 2  # there are two points to each verb
            if luck < 0:
                return mishap
        return None

    def _interrupt(self, caller: str) -> None:
        """Perhaps let another replica take a step while `caller` is between two verbs."""
        if self.random.random() < self.chances.interrupt and caller not in self._busy:
            self._while_waiting(caller, 1)

    def _stop(self, caller: str) -> None:
        """Let others go on until they have taken `caller` for dead, and for a while after that."""
        if caller in self._busy:
            return
        for _ in range(4):
            self.clock.skip(self.clock.now() + LEASE / 3)
            self._while_waiting(caller, 3, "lease")
        self._while_waiting(caller, 1, "reap")
        self._while_waiting(caller, self.random.randrange(60))

    def _while_waiting(self, caller: str, steps: int, service: str = "") -> None:
        """Let other replicas take steps while `caller` takes none."""
        self._busy.add(caller)
        for _ in range(steps):
            others = [
                position
                for position, replica in enumerate(self._replicas)
                if replica.name not in self._busy
            ]
            if not others:
                break
            self.step(self.random.choice(others), self.open_roots(), service)
        self._busy.discard(caller)

    # -- steps ----------------------------------------------------------------------------

    def _step(self, roots: Sequence[str]) -> None:
        self._idle += 1
        if self._idle > IDLE_STEPS:
            self._idle = 0
            self.pass_time(roots)
        self.step(self.random.randrange(len(self._replicas)), roots)

    def step(self, position: int, roots: Sequence[str], service: str = "") -> None:
        replica = self._replicas[position]
        root = self.random.choice([None, *roots])
        steps = replica.orchestrator.steps(root)
        self._risk(position, steps[service or self.random.choice(list(steps))])

    def _risk(self, position: int, action: Callable[[], object]) -> None:
        """A replica does something, and may not survive it."""
        self._at_risk += 1
        try:
            action()
        except (Death, LeaseLost, StoreError):
            self.bury(position)
        finally:
            self._at_risk -= 1

    def pass_time(self, roots: Sequence[str]) -> None:
        """Nothing happens any more by itself: go to where something does."""
        now = self.clock.now()
        times = [self.store.wake("", root, now) for root in roots]
        times += [replica.executor.due for replica in self._replicas]
        later = [time for time in times if time is not None]
        if later:
            self.clock.skip(min(later))

    def signal_one(self, root: str) -> None:
        waiting = [
            (execution, node.path)
            for execution in pictures.family(self.store, root)
            for node in self.store.nodes(execution)
            if node.kind == "gate" and node.phase is Phase.RUNNING
        ]
        if not waiting:
            return
        execution, path = self.random.choice(waiting)
        node = self._contexts.child_at(execution, path).node
        if node is None or not isinstance(node.target, GateTarget):
            raise AssertionError(f"{path} is no gate")
        value = self._signals.get(node.target.name)
        if value is not None:
            self.store.signal(execution, path, pack(value), self.clock.now())
            self._idle = 0

    def bury(self, position: int) -> None:
        """A dead replica's caches are gone with it; another takes its place."""
        dead = self._replicas[position].name
        self.living.discard(dead)
        self._busy.add(dead)  # for ever
        self._replicas[position] = self._replica()

    def doubt(self, position: int) -> str:
        """A replica that lives is taken for dead by all others, and does not know; its name."""
        name = self._replicas[position].name
        self.living.discard(name)
        return name

    def _settle(self) -> None:
        """Let everybody look once more: an ended execution must not move."""
        self._settling = True
        for replica in self._replicas:
            for step in replica.orchestrator.steps(None).values():
                try:
                    step()
                except LeaseLost:
                    break

    def _replica(self) -> Replica:
        """One that has come up; something may have happened to others on the way."""
        for _ in range(MOST_STEPS):
            self._names += 1
            name = f"replica{self._names}"
            self.living.add(name)
            try:
                return Replica(self, name)
            except (Death, StoreError):
                self.living.discard(name)
        raise AssertionError("no replica comes up any more")


def _tells(answer: Any) -> bool:
    """Whether the answer of a verb says that something happened."""
    return any(cast("list[Any]", answer)) if isinstance(answer, list) else bool(answer)


def _unheard(_claim: Claim, _records: object) -> None:
    """Nobody listens to what simulated tasks print."""
